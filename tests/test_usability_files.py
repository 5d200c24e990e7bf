"""Findings that only a folder of files can give: a file that stops, events that come late."""

from __future__ import annotations

from pathlib import Path

from busy_shop import DAYS, PLAIN, Found, clean, day, only, shop
from workspace import Row, run_ingest, source_bytes, write_file, write_params


def in_files(folder: Path, files: dict[str, list[Row]]) -> Found:
    """The findings over a folder of files."""
    folder.mkdir(exist_ok=True)
    write_params(folder, {"events.duplicates": "keep", **PLAIN, "events.source": "data/raw"})
    for name, rows in files.items():
        write_file(folder, source_bytes(".csv", rows), name)
    found: Found = run_ingest(folder).report["findings"]
    return found


def test_a_file_that_stops_while_the_others_go_on(tmp_path: Path) -> None:
    name, severity, what = only(in_files(tmp_path, {"north.csv": clean(), "south.csv": shop(days=range(100))}))
    assert (name, severity) == ("file stops", "warning")
    assert what.startswith("1 of 2 files cover half of the time or more")
    assert what.endswith("the first on 2024-04-09")


def test_events_in_a_later_file_than_their_time_are_late(tmp_path: Path) -> None:
    months = [range(35), range(35, 70), range(70, 105), range(105, DAYS)]
    files = {f"{n}.csv": shop(days=days) + shop(days=days, kind="visit") for n, days in enumerate(months)}
    assert in_files(tmp_path / "in time", files) == []
    late = [(who, day(64), kind, amount) for who, _, kind, amount in shop(days=range(66, 67))]
    name, severity, what = only(in_files(tmp_path / "late", {**files, "2.csv": files["2.csv"] + late}))
    assert (name, severity) == ("late events", "warning")
    assert what.startswith("30 events (0.5%) came in a later file than their time")
