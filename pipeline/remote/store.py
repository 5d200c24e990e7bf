"""An object store opened by its address: S3, Google Cloud Storage, Azure; and what goes wrong there in one sentence."""

from __future__ import annotations

import errno
import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, EbbError, EventError
from pipeline.sections.remote import STORES, WHERE, scheme_of

# Extra: fsspec's name of the store, and the modules and packages that it takes: one for us, one for DVC.
LIBRARIES = {
    "s3": ("s3", ("s3fs", "dvc_s3"), "s3fs dvc-s3"),
    "gs": ("gs", ("gcsfs", "dvc_gs"), "gcsfs dvc-gs"),
    "azure": ("abfs", ("adlfs", "dvc_azure"), "adlfs dvc-azure"),
}
# Nobody waits minutes for a store that does not answer.
S3_PATIENCE = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 3}}
LOCAL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)  # this machine's disk, not the store
LONGEST = 200


@dataclass(frozen=True)
class Store:
    """A folder, or one object, of an object store: its address without a last slash, and the client that reads it."""

    url: str
    setting: str
    fs: Any

    @property
    def root(self) -> str:
        """The address as the client has it: bucket/name."""
        return self.url.split("://", maxsplit=1)[1]

    def path(self, name: str) -> str:
        """An object below the folder; the folder itself where the name is empty."""
        return f"{self.root}/{name}" if name else self.root

    def get(self, path: str, target: Path) -> None:
        """Read an object, by bucket/name, into a file."""
        self.fs.get_file(path, str(target))


def open_store(url: str, setting: str) -> Store:
    """The store of an address that `setting` names. Nothing is asked of it yet.

    Raises ConfigError if its libraries are not installed, or credentials are incomplete.
    """
    extra = STORES[scheme_of(url)]
    protocol, modules, packages = LIBRARIES[extra]
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            raise ConfigError(
                f"{setting} {url} needs the extra {extra}, which is not installed: "
                f".venv/bin/python -m pip install {packages}."
            ) from None
    import fsspec  # noqa: PLC0415  who names no store does not wait for it

    with explained(url, setting):
        fs = fsspec.filesystem(protocol, use_listings_cache=False, **_options(extra))
    return Store(url.rstrip("/"), setting, fs)


def _options(extra: str) -> dict[str, Any]:
    if extra == "s3":
        return {"config_kwargs": S3_PATIENCE}
    if extra == "azure":  # the names that Azure's own tools and DVC know; the client has others
        names = {"account_name": "AZURE_STORAGE_ACCOUNT", "account_key": "AZURE_STORAGE_KEY"}
        return {option: os.environ[name] for option, name in names.items() if os.environ.get(name)}
    return {}


@contextmanager
def explained(url: str, setting: str, doing: str = "read") -> Iterator[None]:
    """Turn what a store's client raises into one sentence: ConfigError for rights and credentials, EventError else.

    Each client has errors of its own, so that kinds are told by their names where Python has none for them.
    """
    try:
        yield
    except EbbError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and (error.errno in LOCAL or error.filename):
            raise  # a failing disk of this machine is told as one
        raise _sentence(error, url, setting, doing) from None


def _sentence(error: Exception, url: str, setting: str, doing: str) -> EbbError:
    kind, place = type(error).__name__, f"{setting} {url}"
    if isinstance(error, FileNotFoundError):
        return EventError(f"{place} does not exist: check the bucket and the name.")
    if "Credential" in kind or "Authentication" in kind or "account_name" in str(error):
        return ConfigError(f"{place} cannot be {doing} without credentials, and none were found: {WHERE}.")
    if isinstance(error, PermissionError) or "Forbidden" in kind or getattr(error, "code", None) in (401, 403):
        return ConfigError(f"{place} may not be {doing} with these credentials ({_words(error)}): ask for the right.")
    return EventError(
        f"{place} cannot be {doing} ({kind}: {_words(error)}): see that the store answers, and run again."
    )


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:LONGEST].rstrip(".") or type(error).__name__
