"""Bad inputs: folders and names as desks and copying tools leave them. A helper of test_bad_inputs.py."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from bad_cases import HEADER, Case, Seen, accepts, files, ingested, only, stops, text
from bad_files import ANNA, GOOD, PARQUET
from workspace import write_params

BERT = HEADER + "bert,2024-01-11,purchase,1\n"
IN_FOLDER = {"events.source": "data/raw"}


def folder(make: Callable[[Path], object], rows: int = 3, source: str = "data/raw") -> Callable[[Path], Seen]:
    """Ingest what `make` puts into data/raw."""

    def prepare(root: Path) -> int:
        (root / "data/raw").mkdir(parents=True)
        write_params(root, {"events.source": source})
        make(root / "data/raw")
        return rows

    return ingested(prepare, only("anna"))


def beside(*names: str) -> Callable[[Path], None]:
    """The good file in data/raw, and others that are no events."""

    def make(raw: Path) -> None:
        (raw / "a.csv").write_text(GOOD)
        for name in names:
            (raw / name).write_bytes(b"\x00\x05\x16\x07 not events")

    return make


def looped(raw: Path) -> None:
    """A folder that holds itself."""
    (raw / "a.csv").write_text(GOOD)
    os.symlink(raw, raw / "loop", target_is_directory=True)


def folder_named_csv(raw: Path) -> None:
    """A folder with the name of a file, and the file in it."""
    (raw / "x.csv").mkdir()
    (raw / "x.csv/part.csv").write_text(GOOD)


def nested(*parts: str) -> Callable[[Path], None]:
    """The good rows, spread over subfolders."""

    def make(raw: Path) -> None:
        header, *lines = GOOD.splitlines(keepends=True)
        for at, part in enumerate(parts):
            (raw / part).mkdir(parents=True)
            (raw / part / "a.csv").write_text("".join([header, *lines[at :: len(parts)]]))

    return make


def as_source(make: Callable[[Path], object]) -> Callable[[Path], Seen]:
    """Something else than a file under the name of the source."""
    return folder(lambda raw: make(raw / "events.csv"), 0, "data/raw/events.csv")


CASES: tuple[Case, ...] = (
    stops(
        "4",
        "a column renamed in one of many files",
        files({"a.csv": GOOD, "b.csv": BERT.replace("amount", "amnt")}, 4),
        r"data/raw/b\.csv lacks amount.*unlike data/raw/a\.csv: give every file the same columns",
    ),
    accepts(
        "5",
        "columns in another order in one file",
        files(
            {"a.csv": GOOD, "b.csv": "amount,event_type,event_time,customer_id\n7,purchase,2024-01-10,cleo\n"},
            4,
            check=lambda result: [event.amount for event in result.of("cleo")] == [7],
        ),
        "4 events",
    ),
    accepts(
        "73",
        "a folder in which desks have left .DS_Store, ~$lock.xlsx, README",
        folder(beside(".DS_Store", "~$lock.xlsx", "README", "Thumbs.db")),
    ),
    stops("73a", "a hidden file with a known ending beside events (._a.csv)", folder(beside("._a.csv")), r"\._a\.csv"),
    accepts("74", "nested folders", folder(nested("2024/01", "2024/02/x"))),
    accepts("74a", "folders named like Hive partitions", folder(nested("event_type=visit", "event_type=x"))),
    accepts("74b", "a folder that holds a link to itself", folder(looped)),
    accepts("74c", "a folder named x.csv, with a file in it", folder(folder_named_csv)),
    stops("75", "the source is a pipe", as_source(os.mkfifo), r"events\.csv"),
    stops(
        "75a", "the source is a link to nowhere", as_source(lambda path: path.symlink_to("gone.csv")), "does not exist"
    ),
    stops("75b", "the source is a folder without files", folder(lambda raw: None, 0), "holds no file"),
    stops(
        "75c",
        "the source does not exist",
        folder(lambda raw: None, 0, "data/raw/evnts.csv"),
        r"data/raw/evnts\.csv does not exist: put it there or name another",
    ),
    stops(
        "75d", "events.pattern fits no file", files({"a.csv": GOOD}, 0, {"events.pattern": "b*.csv"}), "events.pattern"
    ),
    accepts(
        "75e",
        "events.pattern chooses among kinds of exports",
        files({"a.csv": GOOD, "stock.csv": "sku\n1\n"}, 3, {"events.pattern": "a*.csv"}, check=ANNA),
    ),
    accepts(
        "76",
        "a file name with spaces, quotes and signs of a pattern",
        text(GOOD, IN_FOLDER, name='Ivo\'s "new" [1] ev*nts?.csv', check=ANNA),
    ),
    accepts("76a", "a file name with a line break", text(GOOD, IN_FOLDER, name="a\nb.csv", check=ANNA)),
    accepts("76b", "a file name in another alphabet", text(GOOD, name="события 🙂.csv", check=ANNA)),
    stops(
        "77", "two kinds of files", files({"a.csv": GOOD, "b.parquet": PARQUET}, 0), r"mixes \.csv and \.parquet files"
    ),
    accepts("78", "the same export twice, under two names", files({"a.csv": GOOD, "b.csv": GOOD}, 6), "3 duplicate"),
    accepts(
        "78a",
        "an export that contains last week's",
        files({"a.csv": GOOD, "b.csv": GOOD + "bert,2024-03-01,purchase,1\n"}, 7),
        "4 events .*3 duplicate",
    ),
)
