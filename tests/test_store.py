"""Reading only what is new gives, byte for byte, what reading everything gives: ten weeks, and every rule of ingest."""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from workspace import outputs, run_stage, source_bytes, write_file, write_params

COLUMNS = ("customer_id", "event_time", "event_type", "amount", "invoice", "event_key", "store")
FIRST = date(2023, 12, 4)
RULES: dict[str, dict[str, Any]] = {
    "plain": {"events.duplicates": "keep"},
    "copies": {"events.duplicates": "drop"},
    "lines": {"events.duplicates": "drop", "events.collapse": "invoice"},
    "ids": {"events.duplicates": "keep", "events.event_id": "event_key"},
    "last of an id": {"events.duplicates": "drop", "events.event_id": "event_key", "events.same_id": "last"},
    "everything": {
        "events.duplicates": "drop",
        "events.collapse": "invoice",
        "events.event_id": "event_key",
        "events.keep": ["store"],
        "events.timezone": "Europe/London",
    },
    "cancellation": {
        "events.roles": {"activity": ["purchase"], "cancel": ["return"]},
        "events.money": ["purchase"],
        "churn.definition": "cancellation",
    },
    "lapse": {"churn.definition": "lapse", "churn.term": {"days": 30}, "events.collapse": "invoice"},
}


def week(number: int, draw: random.Random, events: int = 40) -> list[tuple[Any, ...]]:
    """A week's events: some come late, some twice, some are lines of an invoice of before, some no events at all."""
    start, rows = FIRST + timedelta(days=7 * number), []
    for _ in range(events):
        late = draw.choice([0] * 8 + [draw.randrange(7 * number + 1)])
        day = start + timedelta(days=draw.randrange(7) - late)
        rows.append(
            (
                draw.choice([f"c{draw.randrange(30)}"] * 9 + ["", " c1", "NaN"]),
                f"{day} {draw.randrange(24):02}:00:00",
                draw.choice(["purchase", "purchase", "visit", "return"]),
                draw.choice([1, 2.5, 3, "", "x"]),
                draw.choice(["", f"i{draw.randrange(40 * number + 40)}"]),
                draw.choice(["", f"k{draw.randrange(60 * number + 60)}"]),
                draw.choice(["York", "Bath", ""]),
            )
        )
    return rows + draw.sample(rows, 3)


def history(seed: int, weeks: int) -> list[list[tuple[Any, ...]]]:
    """Files of weeks; some rows come again in a later file."""
    draw = random.Random(seed)
    files = [[row for number in range(16) for row in week(number, draw, 20)]]
    for number in range(16, 16 + weeks):
        again = draw.sample([row for rows in files for row in rows], 5)
        files.append(week(number, draw) + again)
    return files


def settings_of(changes: dict[str, Any]) -> dict[str, Any]:
    """Of a shop with a folder of files, in which much is wrong."""
    return {"events.source": "data/raw", "churn.active_within_days": 28, **changes}


def put(folder: Path, rows: list[tuple[Any, ...]], name: str, kind: str) -> None:
    write_file(folder, source_bytes(kind, rows, COLUMNS), f"{name}{kind}")


def anew(folder: Path, apart: Path) -> dict[str, bytes]:
    """What reading everything leaves, in a folder that knows nothing of before."""
    if apart.exists():
        shutil.rmtree(apart)
    apart.mkdir()
    shutil.copytree(folder / "data/raw", apart / "data/raw")
    shutil.copyfile(folder / "params.yaml", apart / "params.yaml")
    run_stage(apart)
    return outputs(apart)


def differences(folder: Path, apart: Path) -> list[str]:
    """Outputs that are not what reading everything leaves."""
    here, there = outputs(folder), anew(folder, apart)
    return [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)]


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Run ingest, and how it read its source."""
    capsys.readouterr()
    run_stage(folder)
    return next(line for line in capsys.readouterr().out.splitlines() if line.split()[:1] == ["read"])


@pytest.mark.parametrize("kind", [".parquet", ".csv"])
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES.keys())
def test_ten_weeks_one_by_one_are_ten_weeks_at_once(
    tmp_path: Path, rules: dict[str, Any], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With late events, copies of old rows, lines of old invoices, ids of old events."""
    shop, apart = tmp_path / "shop", tmp_path / "apart"
    shop.mkdir()
    write_params(shop, settings_of(rules))
    files = [[tuple(None if cell == "" else str(cell) for cell in row) for row in rows] for rows in history(7, 10)]
    for number, rows in enumerate(files):
        put(shop, rows, f"week{number:02}", kind)
        how = said(shop, capsys)
        assert ("1 new files" in how) == (number > 0), how
        if number % 3 == 1:
            assert differences(shop, apart) == []
    assert differences(shop, apart) == []
