"""Bad inputs: disks, rights, kills, damaged files, other machines. A helper of test_bad_inputs.py."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
from bad_cases import Case, Seen, accepted, accepts, error, stops
from workspace import BOOKENDS, event_bytes, ingest, outputs, run_ingest

from pipeline import ingest as ingest_stage
from pipeline import score, train
from pipeline.challenger import challenger_manifest, challenger_version
from pipeline.champions import champion, point_to, store
from pipeline.errors import EbbError, run_stage
from pipeline.folders import verify, write_manifest
from pipeline.published import LATEST, publish_folder, refresh_latest
from pipeline.spreadsheets.csv_files import DIALECTS, write_csv
from pipeline.tables import CALIBRATION, CHAMPION, CURRENT_SUMMARY, MODEL, VALUE, write_json, write_text

MONDAY = date(2024, 6, 3)
MORE = [*BOOKENDS, ("anna", "2024-02-20", "purchase", 1)]


def stage(main: Callable[[], None]) -> Seen:
    """Run a stage as its command does: what it writes to stderr, if it ends with exit code 1."""
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        try:
            run_stage(main)
        except SystemExit as ended:
            code = ended.code
        else:
            return accepted("it ran")
    assert (code, told.getvalue()[:6]) == (1, "\nebb: ")
    said = re.sub(r"\.\d+\.part", ".part", told.getvalue())  # the number of the process
    return error(said.strip().removeprefix("ebb: "))


def failing_disk(number: int) -> Callable[[Path], Seen]:
    """Ingest a longer source over good outputs while every file that is to replace another fails so."""

    def run(folder: Path) -> Seen:
        ingest(folder, BOOKENDS)
        before = outputs(folder)
        ingest_source(folder)
        with patch(
            "os.fsync", side_effect=OSError(number, os.strerror(number), "data/events/open/events-2024-01-01.parquet")
        ):
            seen = stage(ingest_stage.main)
        after = outputs(folder)
        assert set(before) - set(after) <= {"data/store/state.json"}, "an output is gone"
        assert all(before[name] == content for name, content in after.items()), "an output changed"
        return seen

    return run


def ingest_source(folder: Path) -> None:
    """A week more of events in the source."""
    source = folder / "data/raw/events.csv"
    source.write_text(source.read_text() + "anna,2024-02-20,purchase,1\n")


def killed_at_each_step(folder: Path) -> Seen:
    """Stop ingest at the first, second, ... file that it puts in place; then let it run undisturbed."""
    for name in ("undisturbed", "stopped"):
        (folder / name).mkdir()
        ingest(folder / name, BOOKENDS)
        ingest_source(folder / name)
    run_ingest(folder / "undisturbed")
    steps = 0
    while True:
        steps += 1
        with patch("os.replace", side_effect=dying(steps)):
            try:
                run_ingest(folder / "stopped")
            except KeyboardInterrupt:
                left = [path for path in outputs(folder / "stopped") if path.endswith(".part")]
                assert left == [], "a part was left"
                continue
        break
    assert outputs(folder / "stopped") == outputs(folder / "undisturbed")
    return accepted("stopped at each file; the next run gives the same bytes")


def dying(at: int) -> Callable[[Path, Path], None]:
    """`os.replace`, but for the call of this number."""
    calls = iter(range(1, 1_000))
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if next(calls) == at:
            raise KeyboardInterrupt
        real(source, target)

    return replace


def crowned() -> str:
    """A champion of small files; its version."""
    for place, kind in ((MODEL, ".txt"), (MODEL, "_members.json"), (CALIBRATION, "_calibration.json")):
        for name in ("judged", "shipped"):
            write_text("{}", place / f"{name}{kind}")
        write_manifest(place, {"features": ["a"]} if place == MODEL else {})
    for name in ("value.json", "value.txt"):
        write_text("{}", VALUE / name)
    write_manifest(VALUE, {})
    version = challenger_version()
    store(version, challenger_manifest(), {})
    point_to(version, "promoted", held=[])
    return version


def damaged_champion(name: str, content: bytes) -> Callable[[Path], Seen]:
    """Read a champion, one file of which is damaged."""

    def run(folder: Path) -> Seen:
        (CHAMPION / crowned() / name).write_bytes(content)
        return refused(champion)

    return run


def refused(action: Callable[[], object]) -> Seen:
    """What an action says."""
    try:
        return accepted(str(action()))
    except EbbError as stopped:
        return error(stopped)


def says(text: str) -> Callable[[Path], None]:
    """A writer of a list that says the text."""
    return lambda folder: write_text(text, folder / "risk_list.csv")


def published(change: Callable[[Path], object]) -> Callable[[Path], Seen]:
    """Publish a list, change what lies in its dated folder, publish the same again."""

    def run(folder: Path) -> Seen:
        first, _ = publish_folder(MONDAY, says("one"), {"as_of": str(MONDAY)})
        change(first / "risk_list.csv")
        seen = refused(lambda: verify(first))
        again, new = publish_folder(MONDAY, says("one"), {"as_of": str(MONDAY)})
        refresh_latest()
        verify(LATEST)
        assert (again.name, new) == ("2024-06-03.r2", True)
        assert (LATEST / "risk_list.csv").read_text() == "one"
        return seen

    return run


def moved(folder: Path) -> Seen:
    """Ingest, move the whole folder, ingest again."""
    (folder / "here").mkdir()
    ingest(folder / "here", MORE)
    before = outputs(folder / "here")
    shutil.move(folder / "here", folder / "there")
    run_ingest(folder / "there")
    assert outputs(folder / "there") == before
    return accepted("the same bytes")


@contextlib.contextmanager
def machine_zone(name: str) -> Iterator[None]:
    """The machine in another time zone."""
    with patch.dict(os.environ, {"TZ": name}):
        time.tzset()
        try:
            yield
        finally:
            os.environ.pop("TZ")
            time.tzset()
    time.tzset()


def other_zone(folder: Path) -> Seen:
    """Ingest on machines in three time zones."""
    found = set()
    for name in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
        with machine_zone(name):
            ingest(folder, [("anna", "2024-02-20 23:30:00", "purchase", 1), *BOOKENDS])
        found.add(tuple(event_bytes(folder).values()))
    assert len(found) == 1
    return accepted("the same bytes in three time zones")


def in_place(name: str, folder: bool = False) -> Callable[[Path], Seen]:
    """Ingest where a file lies in the place of a folder of outputs, or a folder in the place of a file."""

    def run(root: Path) -> Seen:
        ingest(root, BOOKENDS)
        path = root / name
        if folder:
            path.unlink()
            (path / "x").mkdir(parents=True)
        else:
            shutil.rmtree(path)
            path.write_text("in the way")
        return stage(ingest_stage.main)

    return run


def without(main: Callable[[], None]) -> Callable[[Path], Seen]:
    """Run a stage before those that it needs."""

    def run(folder: Path) -> Seen:
        ingest(folder, BOOKENDS)
        return stage(main)

    return run


def no_champion(folder: Path) -> Seen:
    """Score with no champion."""
    ingest(folder, BOOKENDS)
    write_json({"as_of": "2024-03-02"}, CURRENT_SUMMARY)
    return stage(score.main)


def out_of_memory(folder: Path) -> Seen:
    """Ingest with hardly any memory."""
    rows = [(f"c{n}", f"2024-01-{n % 28 + 1:02}", "purchase", n) for n in range(60_000)]
    return refused(lambda: ingest(folder, [*rows, *BOOKENDS], {"engine.memory_limit": "1MB"}))


def shown_formula(folder: Path) -> Seen:
    """The list as CSV, for a customer whose id a spreadsheet would compute."""
    table = pa.table({"=2+2": ["=1+1", "+49", "-2", "@x", "007"]})
    write_csv({"=2+2": table.column(0)}, folder / "list.csv", DIALECTS["en"])
    cells = [cell.strip('"') for cell in (folder / "list.csv").read_text(encoding="utf-8-sig").split()]
    assert cells == ["'=2+2", "'=1+1", "'+49", "'-2", "'@x", "007"]
    return accepted(f"in the list's CSV: {' '.join(cells)}")


CASES: tuple[Case, ...] = (
    accepts("28a", "ids and column names that a spreadsheet would compute, in the list", shown_formula, "'=1\\+1"),
    stops("55", "a full disk", failing_disk(errno.ENOSPC), "(?i)space"),
    accepts("56", "a stop at any file that ingest writes", killed_at_each_step, "the same bytes"),
    stops(
        "58", "a read-only file system", failing_disk(errno.EROFS), "(?i)data/events.*read-only|read-only.*data/events"
    ),
    stops("58a", "no right to write", failing_disk(errno.EACCES), "(?i)data/events.*right|permi"),
    stops("58b", "a file where a folder of outputs belongs", in_place("data/events"), "data/events"),
    stops(
        "58c",
        "a folder where an output file belongs",
        in_place("data/reports/ingest.json", folder=True),
        "data/reports.*folder",
    ),
    stops("59", "no champion to score with", no_champion, "no champion to score with. Run `make repro`"),
    stops("59a", "a stage before those that it needs", without(train.main), "is missing: run `make repro`"),
    stops(
        "61", "a damaged model file", damaged_champion("shipped.txt", b"\x00" * 64), r"shipped\.txt is not what.*sha256"
    ),
    stops("61a", "an empty model file", damaged_champion("shipped.txt", b""), r"shipped\.txt is not what.*sha256"),
    stops("61b", "a damaged manifest", damaged_champion("manifest.json", b"{"), r"manifest\.json is not readable JSON"),
    accepts("62", "a checkout that was moved", moved, "the same bytes"),
    accepts("63", "a machine in another time zone", other_zone, "the same bytes"),
    stops(
        "65",
        "a list edited in Excel and saved back",
        published(lambda path: path.write_text("edited")),
        r"risk_list\.csv is not what.*sha256",
    ),
    stops("65a", "a list that was deleted", published(lambda path: path.unlink()), r"risk_list\.csv is missing"),
    stops("148", "hardly any memory", out_of_memory, "engine.memory_limit"),
)
