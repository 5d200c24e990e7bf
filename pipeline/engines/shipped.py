"""Our programs as one archive for the executors, and the libraries that must be the same there as here."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import zipfile
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.folders import sha256

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("features", "models", "pipeline")
LIBRARIES = ("numpy", "pyarrow", "duckdb", "lightgbm", "scipy", "scikit-learn")  # on which numbers depend
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def ship(context: Any) -> None:
    """Put the packages on every executor of a Spark context, once."""
    file = archive()
    if not any(name.endswith(file.name) for name in context.listFiles):
        context.addPyFile(str(file))


@cache
def archive() -> Path:
    """A zip file of all of our programs, named by its content; executors may ask for it while the process lives."""
    folder = tempfile.mkdtemp(prefix="ebb-ship-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    aside = Path(folder, "programs.zip")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py")):
            packed.writestr(zipfile.ZipInfo(path.relative_to(ROOT).as_posix(), LONG_AGO), path.read_bytes())
    return aside.rename(aside.with_name(f"ebb-{sha256(aside)[:12]}.zip"))


def versions() -> dict[str, str]:
    """The version of each library, "none" where it is not installed."""
    return {name: _version(name) for name in LIBRARIES}


def refuse_other_versions(wanted: dict[str, str]) -> None:
    """Raise ConfigError where an executor has another library than the driver: the last bits of numbers may differ."""
    found = versions()
    other = [f"{name} {found[name]} (here {wanted[name]})" for name in wanted if found[name] != wanted[name]]
    if other:
        raise ConfigError(
            f"executors have other libraries than the driver: {', '.join(other)}. Install requirements.lock on every "
            "node, or ship it as an environment (docs/spark.md). Nothing was changed."
        )


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
