"""A kill at every single file operation of what must never be half done; and a few kills of whole stages.

`python tests/kills.py 200` kills whole stages two hundred times.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from kills import STAGES, Tally, kill_once, set_scene
from samples import sample
from workspace import ingest, params, run_ingest

from pipeline import stale, tables
from pipeline.challenger import challenger_manifest, challenger_version
from pipeline.champions import champion, point_to, store
from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, verify, write_manifest
from pipeline.published import LATEST, dated_folders, publish_folder, refresh_latest
from pipeline.settings import parse_settings
from pipeline.stale import mark_stale
from pipeline.tables import (
    CALIBRATION,
    CHAMPION,
    LISTS,
    MODEL,
    VALUE,
    alive,
    read_table,
    write_json,
    write_table,
    write_text,
)

MONDAY, NEXT = date(2024, 6, 3), date(2024, 6, 10)
SETTINGS = parse_settings(params())
OPERATIONS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.copyfile")


class KilledError(BaseException):
    """Stands for a kill: from it on, no file operation of this process succeeds, not even those that tidy up."""


class Killer:
    """Refuses every file operation below a folder from the n-th on, while it is armed."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.root = ""
        sys.addaudithook(self.hook)

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """Called by Python before every operation."""
        if self.left is None or event not in OPERATIONS or not isinstance(arguments[0], (str, bytes, os.PathLike)):
            return
        if not os.fsdecode(os.path.join(os.getcwd(), arguments[0])).startswith(self.root):
            return
        if self.left == 0:
            raise KilledError
        self.left -= 1

    @contextlib.contextmanager
    def at(self, operation: int) -> Iterator[None]:
        """Inside, the process is dead from this operation on."""
        self.left, self.root = operation, str(Path.cwd())
        try:
            yield
        finally:
            self.left = None


KILLER = Killer()


def killed_everywhere(tmp_path: Path, setting: Callable[[], None], act: Callable[[], None], whole: Callable[[], None]):  # type: ignore[no-untyped-def]
    """Kill `act` at its first file operation, at its second, ... until it comes through; return how many there are.

    Each time `whole` must hold of what is left, and `act` again must leave what it leaves undisturbed, and no more.
    """
    with _place(tmp_path / "undisturbed", setting):
        act()
        expected = content()
    for operation in range(1000):
        with _place(tmp_path / str(operation), setting):
            try:
                with KILLER.at(operation):
                    act()
            except KilledError:
                whole()
                act()
                assert content() == expected, f"after a kill at operation {operation}"
            else:
                return operation
    raise AssertionError("a thousand file operations and no end")


@contextlib.contextmanager
def _place(folder: Path, setting: Callable[[], None]) -> Iterator[None]:
    folder.mkdir()
    with contextlib.chdir(folder):
        setting()
        yield


def content() -> dict[str, bytes]:
    """Every file of the working directory."""
    return {str(path): path.read_bytes() for path in sorted(Path().rglob("*")) if path.is_file()}


def says(text: str) -> Callable[[Path], None]:
    """A writer of two files, as a list is written."""

    def write(folder: Path) -> None:
        write_text(text, folder / "a.csv")
        write_text(text, folder / "b.csv")

    return write


def first_list() -> None:
    publish_folder(MONDAY, says("one"), {"as_of": "2024-06-03"})
    refresh_latest()


def next_list() -> None:
    publish_folder(NEXT, says("two"), {"as_of": "2024-06-10"})
    refresh_latest()


def lists_are_whole() -> None:
    """Every dated list verifies, the old one is there, and each file of `latest` is one of theirs, whole."""
    folders = {folder.name: folder for *_, folder in dated_folders()}
    assert set(folders) in ({"2024-06-03"}, {"2024-06-03", "2024-06-10"})
    for folder in folders.values():
        verify(folder)
    known = {(folder / name).read_bytes() for folder in folders.values() for name in ("a.csv", "b.csv", MANIFEST)}
    assert {(LATEST / name).read_bytes() for name in ("a.csv", "b.csv", MANIFEST)} <= known


def render(folder: Path, table: pa.Table, told: dict[str, Any], _: object) -> None:
    """Rows and figures of a list, and a file beside them; in earnest there are a dozen, written in the same way."""
    write_table([table], table.schema, folder / "risk_list.parquet")
    write_json(told, folder / "briefing.json")
    write_text("stale" if told["stale"] else "good", folder / ("a_STALE.csv" if told["stale"] else "a.csv"))


def rendered(day: date, customers: int) -> None:
    """A good list as publish leaves it."""
    table, told = sample(customers)
    content = {"as_of": str(day), "valid_until": "2024-06-10"}
    publish_folder(day, lambda aside: render(aside, table, told, SETTINGS), content)
    refresh_latest()


def good_list() -> None:
    rendered(MONDAY, 3)


def good_list_gone_stale() -> None:
    good_list()
    fail()


def fail() -> None:
    """What publish does where a list does not pass its gate."""
    mark_stale(SETTINGS, "2024-06-10", [{"name": "freshness"}])


def good_again() -> None:
    rendered(NEXT, 4)


def marked_or_not() -> None:
    """The dated list is whole; `latest` is whole rows and figures, and where its check passes nothing lies beside."""
    verify(LISTS / "2024-06-03")
    assert read_table(LATEST / "risk_list.parquet").num_rows in (3, 4)
    assert json.loads((LATEST / "briefing.json").read_text())["customers"] in (3, 4)
    try:
        manifest = verify(LATEST)
    except ArtifactError:
        return  # of two lists: readers see it, and the next run mends it
    assert {path.name for path in LATEST.iterdir() if "part" not in path.name} == {*manifest["files"], MANIFEST}
    assert ("a_STALE.csv" in manifest["files"]) == ("stale" in manifest)


def challenger(text: str) -> None:
    """What train and calibrate leave."""
    for folder, kind in ((MODEL, ".txt"), (MODEL, "_members.json"), (CALIBRATION, "_calibration.json")):
        for name in ("judged", "shipped"):
            write_text(text, folder / f"{name}{kind}")
        write_manifest(folder, {"features": ["a"]} if folder == MODEL else {})
    for name in ("value.json", "value.txt"):
        write_text(text, VALUE / name)
    write_manifest(VALUE, {})


def crown() -> None:
    """As promote does."""
    version = challenger_version()
    store(version, challenger_manifest(), {"log_loss": 0.4})
    now = champion()
    if now is None or now.version != version:
        point_to(version, "promoted", held=[])


def two_champions() -> None:
    challenger("one")
    crown()
    challenger("two")


def damaged_champion() -> None:
    """The pointer names a champion whose folder is damaged, and the challenger is the same model."""
    challenger("one")
    crown()
    next(CHAMPION.glob("*/shipped.txt")).write_text("evil")


def champion_is_whole() -> None:
    now = champion()
    assert now is not None
    assert (now.folder / "shipped.txt").read_text() in ("one", "two")


N = pa.table({"n": [1, 2, 3]})


def table_then(rows: int) -> Callable[[], None]:
    """A table and a report of so many rows, one after the other."""

    def write() -> None:
        write_table([N.slice(0, rows)], N.schema, Path("data/t.parquet"))
        write_json({"rows": rows}, Path("data/t.json"))

    return write


def each_is_whole() -> None:
    assert read_table(Path("data/t.parquet")).num_rows in (1, 3)
    assert Path("data/t.json").read_text() in ('{\n  "rows": 1\n}\n', '{\n  "rows": 3\n}\n')


STORIES: dict[str, tuple[Callable[[], None], Callable[[], None], Callable[[], None], int]] = {
    "a list": (first_list, next_list, lists_are_whole, 20),
    "the first list": (lambda: None, first_list, lambda: None, 15),
    "a list goes stale": (good_list, fail, marked_or_not, 20),
    "a stale list": (good_list_gone_stale, good_again, marked_or_not, 20),
    "a champion": (two_champions, crown, champion_is_whole, 15),
    "a damaged champion": (damaged_champion, crown, lambda: None, 15),
    "a table": (table_then(1), table_then(3), each_is_whole, 6),
}


@pytest.mark.parametrize(("setting", "act", "whole", "fewest"), STORIES.values(), ids=STORIES.keys())
def test_killed_at_every_file_operation(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: Callable[[], None],
    act: Callable[[], None],
    whole: Callable[[], None],
    fewest: int,
) -> None:
    """What was whole stays whole, and the next run leaves every byte that an undisturbed one leaves."""
    monkeypatch.setattr(tables, "alive", lambda _: False)  # in earnest the killed process is gone
    monkeypatch.setattr(stale, "render", render)
    assert killed_everywhere(tmp_path, setting, act, whole) >= fewest


ROWS = [
    ("anna", "2024-01-01", "purchase", 1),
    ("anna", "2024-02-30", "purchase", 1),
    ("bert", "2024-03-01", "purchase", 1),
]


@pytest.mark.slow
def test_ingest_killed_at_every_file_operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events, rejected rows and the report are each old or new, and the next run mends the mixture."""
    monkeypatch.setattr(tables, "alive", lambda _: False)
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    expected = ingest(undisturbed, [*ROWS, ("bert", "2024-02-31", "purchase", 1)])
    folder = tmp_path / "shop"
    folder.mkdir()
    for operation in range(0, 200):
        before = ingest(folder, ROWS)
        assert len(before.rejected) == 1
        (folder / "data/raw/events.csv").write_bytes((undisturbed / "data/raw/events.csv").read_bytes())
        try:
            with contextlib.chdir(folder), KILLER.at(operation):
                run_ingest(folder)
        except KilledError:
            rejected = read_table(folder / "data/rejected/rejected.parquet").to_pylist()
            assert rejected in (before.rejected, expected.rejected)
            after = run_ingest(folder)
            assert (after.rejected, after.events) == (expected.rejected, expected.events)
            assert not list((folder / "data").rglob("*.part"))
        else:
            break
    assert operation > 15


def test_only_a_dead_processes_part_is_cleared(tmp_path: Path) -> None:
    """Another process may be writing the same file at this moment."""
    other = tmp_path / f".t.txt.{os.getppid()}.part"
    dead = tmp_path / ".t.txt.999999999.part"
    nobodys = tmp_path / ".t.txt.old.part"
    for path in (other, dead, nobodys):
        path.write_text("half")
    write_text("whole", tmp_path / "t.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "t.txt"]
    assert alive(os.getpid())


@pytest.mark.slow
@pytest.mark.pipeline
def test_whole_stages_are_killed(tmp_path: Path) -> None:
    """Six kills at drawn moments, under DVC, one of them followed to the next list; two hundred are a script's work."""
    draw, tally = random.Random(11), Tally()
    chosen = ("ingest", "train", "evaluate", "promote", "score", "publish")
    assert set(chosen) < set(STAGES)
    scene = set_scene(tmp_path, chosen)
    for number, stage in enumerate(chosen):
        kind = "stage alone killed" if number == 2 else "group killed"
        kill_once(scene, stage, kind, draw.uniform(0.2, 0.9), tally, to_the_end=stage == "promote")
    assert tally.faults == []
    assert sum(tally.moments.values()) == len(chosen)
