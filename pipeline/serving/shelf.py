"""The lists as they are handed out: nothing that a manifest does not vouch for, the newest kept in memory."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, verify
from pipeline.published import LATEST, STALE, dated_folders

NEWEST = LATEST.name
ROWS = re.compile(r"risk_list(_STALE_[\d.r-]+)?\.parquet")  # a stale list of an earlier version says so in the name
PAGES = ("report.html", "summary.html")


@dataclass(frozen=True)
class Published:
    """One list, from bytes with the sha256 that its manifest says; `version` is the sha256 of the manifest itself.

    `stale` is what the gate wrote into the manifest of `latest/` when it held a newer list back; None: it did not.
    """

    version: str
    manifest: dict[str, Any]
    stale: dict[str, Any] | None
    table: pa.Table
    pages: dict[str, bytes]


class Shelf:
    """data/lists, read-only. Kept in memory: the newest list, and the older one that was asked for last."""

    def __init__(self) -> None:
        self._kept: dict[Path, Published] = {}
        self._bad: dict[Path, tuple[object, str]] = {}
        self._loading = Lock()

    def names(self) -> list[tuple[date, int]]:
        """(as_of, revision) of every list, newest first."""
        return [(day, revision) for day, revision, _ in reversed(dated_folders())]

    def folder(self, name: str) -> Path | None:
        """The folder of `latest`, of a date's newest revision, or of `<date>.r<revision>`; None if there is none.

        A name is compared with what is there, and never becomes part of a path.
        """
        if name == NEWEST:
            return LATEST
        day, _, revision = name.partition(".r")
        same = [(str(number), folder) for as_of, number, folder in dated_folders() if str(as_of) == day]
        if not revision:
            return same[-1][1] if same else None
        return dict(same).get(revision)

    def version(self, folder: Path) -> str:
        """The sha256 of a folder's manifest. Raises ArtifactError if it has none."""
        return hashlib.sha256(_read(folder / MANIFEST)).hexdigest()

    def published(self, folder: Path) -> Published:
        """The list of a folder, whole. Raises ArtifactError that says what is missing or damaged.

        While publish replaces the files of `latest/` one by one, they do not fit its manifest: then it is read once
        more, and after that the dated folder with the very same manifest answers.
        """
        self._drop_changed()
        try:
            return self._whole(folder)
        except ArtifactError as first:
            if folder != LATEST:
                raise
            try:
                return self._whole(folder)
            except ArtifactError:
                twin = self._twin()
                if twin is None:
                    raise first from None
                return self._whole(twin)

    def state(self, today: date) -> str:
        """One of `ok`, `stale`, `no list`; stale: the gate said so, or `valid_until` is over today."""
        try:
            newest = self.published(LATEST)
        except ArtifactError:
            return "no list"
        return "stale" if newest.stale or str(today) > newest.manifest.get("valid_until", "9999") else "ok"

    def _drop_changed(self) -> None:
        """Forget lists that are no longer published as they are in memory: a person in them may have been erased."""
        for folder, kept in list(self._kept.items()):
            try:
                same = self.version(folder) == kept.version
            except ArtifactError:
                same = False
            if not same:
                self._kept.pop(folder, None)

    def _twin(self) -> Path | None:
        wanted = _read(LATEST / MANIFEST)
        for _, _, folder in reversed(dated_folders()):
            path = folder / MANIFEST
            if path.is_file() and _read(path) == wanted:
                return folder
        return None

    def _whole(self, folder: Path) -> Published:
        version = self.version(folder)
        kept = self._same(version)
        if kept is not None:
            return kept
        with self._loading:  # one at a time: two of 500,000 customers are read one after the other
            kept = self._same(version)
            if kept is None:
                kept = self._checked(folder)
                if folder != LATEST:  # one older list at most
                    self._kept = {at: other for at, other in self._kept.items() if at == LATEST}
                self._kept[folder] = kept
            return kept

    def _same(self, version: str) -> Published | None:
        return next((kept for kept in list(self._kept.values()) if kept.version == version), None)

    def _checked(self, folder: Path) -> Published:
        """Read a folder, or say again what was wrong with it if no file has changed since."""
        look = _look(folder)
        known = self._bad.get(folder)
        if known and known[0] == look:
            raise ArtifactError(known[1])
        try:
            return read_published(folder)
        except ArtifactError as error:
            self._bad = {folder: (look, str(error))}
            raise


def read_published(folder: Path) -> Published:
    """Verify a folder and read what is handed out. Raises ArtifactError; also where it changed meanwhile."""
    raw = _read(folder / MANIFEST)
    try:
        manifest = verify(folder)
    except OSError as error:
        raise ArtifactError(f"{folder} changed or cannot be read ({error.strerror}).") from None
    files: dict[str, str] = manifest["files"]
    if json.loads(raw) != manifest:
        raise ArtifactError(f"{folder} was replaced while it was read: ask again.")
    rows = next((name for name in files if ROWS.fullmatch(name)), None)
    if rows is None:
        raise ArtifactError(f"{folder / MANIFEST} lists no risk_list.parquet, so there are no rows: run `make repro`.")
    found = {name: _vouched(folder / name, files[name]) for name in (rows, *PAGES) if name in files}
    return Published(
        hashlib.sha256(raw).hexdigest(),
        manifest,
        manifest.get(STALE),
        _table(found[rows], folder / rows),
        {name: found[name] for name in PAGES if name in found},
    )


def _vouched(path: Path, expected: str) -> bytes:
    """The bytes of a file, judged after they were read: what is handed out is what was judged."""
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != expected:
        raise ArtifactError(f"{path} was replaced while it was read: ask again.")
    return content


def _table(content: bytes, path: Path) -> pa.Table:
    """The rows without nested columns: these are drawings for the page, no cells."""
    try:
        with pq.ParquetFile(pa.BufferReader(content)) as file:
            names = [field.name for field in file.schema_arrow if not pa.types.is_nested(field.type)]
            return file.read(names)
    except pa.ArrowInvalid as error:
        raise ArtifactError(f"{path} cannot be read ({error}): run `make repro`.") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read ({error.strerror}): is there a list? Run `make repro`.") from None


def _look(folder: Path) -> object:
    """What changes when a file of the folder is replaced or written to."""
    try:
        found = [(path.name, path.stat()) for path in sorted(folder.iterdir())]
    except OSError:
        return None
    return [(name, about.st_ino, about.st_size, about.st_mtime_ns) for name, about in found]
