"""Reading only what is new gives, byte for byte, what reading everything gives: ten weeks, and every rule of ingest."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workspace import event_paths, outputs, run_stage, source_bytes, write_file, write_params

from pipeline import ingest
from pipeline.errors import EbbError

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
    return [[tuple(None if cell == "" else str(cell) for cell in row) for row in rows] for rows in files]


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


FAST = ("everything", "plain")  # the others run in make test-slow


@pytest.mark.parametrize(
    "name", [name if name in FAST else pytest.param(name, marks=pytest.mark.slow) for name in RULES]
)
def test_ten_weeks_one_by_one_are_ten_weeks_at_once(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With late events, copies of old rows, lines of old invoices, ids of old events."""
    shop, apart, kind = tmp_path / "shop", tmp_path / "apart", ".csv" if name == "everything" else ".parquet"
    shop.mkdir()
    write_params(shop, settings_of(RULES[name]))
    for number, rows in enumerate(history(7, 10)):
        put(shop, rows, f"week{number:02}", kind)
        how = said(shop, capsys)
        assert ("1 new files" in how) == (number > 0), how
        if number % 4 == 1:
            assert differences(shop, apart) == []
    assert differences(shop, apart) == []


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.sampled_from(sorted(RULES)), st.permutations(range(4)))
def test_files_in_any_order_of_names_and_of_coming(tmp_path: Path, seed: int, name: str, order: list[int]) -> None:
    """A file that comes late may stand before others by its name, and then its row is the first of two copies."""
    shop, apart = tmp_path / "shop", tmp_path / "apart"
    shutil.rmtree(shop, ignore_errors=True)
    shop.mkdir()
    write_params(shop, settings_of(RULES[name]))
    for number, rows in zip([9, *order], history(seed, 4), strict=True):
        put(shop, rows, f"part{number}", ".parquet")
        run_stage(shop)
    assert differences(shop, apart) == []


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Three files, read one after the other."""
    folder = tmp_path / "shop"
    folder.mkdir()
    write_params(folder, settings_of(RULES["everything"]))
    for number, rows in enumerate(history(3, 2)):
        put(folder, rows, f"week{number}", ".parquet")
        run_stage(folder)
    assert "0 new files, 3 as the last run left them" in said(folder, capsys)
    return folder


def changed_file(folder: Path) -> None:
    put(folder, history(3, 2)[1][1:], "week1", ".parquet")


def file_gone(folder: Path) -> None:
    (folder / "data/raw/week1.parquet").unlink()


def other_settings(folder: Path) -> None:
    write_params(folder, settings_of({**RULES["everything"], "events.timezone": "UTC"}))


def block_edited(folder: Path) -> None:
    path = event_paths(folder, "closed")[0]
    pq.write_table(pq.ParquetFile(path).read().slice(1), path)


def block_gone(folder: Path) -> None:
    event_paths(folder, "closed")[0].unlink()


def block_added(folder: Path) -> None:
    path = event_paths(folder, "closed")[0]
    shutil.copyfile(path, path.with_name("events-2020-01-01.parquet"))


def keys_gone(folder: Path) -> None:
    next((folder / "data/store/keys").iterdir()).unlink()


def figures_edited(folder: Path) -> None:
    path = folder / "data/store/event_days.parquet"
    pq.write_table(pq.ParquetFile(path).read().slice(1), path)


def cut_off(folder: Path) -> None:
    (folder / "data/store/state.json").unlink()


WHY = {
    changed_file: "week1.parquet has changed",
    file_gone: "week1.parquet is gone",
    other_settings: "settings, the program or the list of forgotten people changed",
    block_edited: "is not as the last run left it",
    block_gone: "the events are not those of the last run",
    block_added: "the events are not those of the last run",
    keys_gone: "keys of rows are missing in the store",
    figures_edited: "is not as the last run left it",
    cut_off: "nothing was read before, or the last run was cut off",
}


@pytest.mark.parametrize("happens", WHY, ids=lambda happens: happens.__name__)
def test_what_cannot_be_trusted_is_read_anew(
    shop: Path, tmp_path: Path, happens: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """And says why; the result is that of a folder that knows nothing of before."""
    happens(shop)
    capsys.readouterr()
    run_stage(shop)
    printed = " ".join(capsys.readouterr().out.split())
    assert WHY[happens] in printed
    assert differences(shop, tmp_path / "apart") == []


@pytest.mark.parametrize("as_of", ["2024-02-20", "2024-04-01"])
def test_the_boundary_of_closed_labels_moves_either_way(shop: Path, tmp_path: Path, as_of: str) -> None:
    """Blocks change folders, and no row is lost on the way."""
    changes = settings_of({**RULES["everything"], "snapshots.as_of": as_of})
    write_params(shop, changes)
    run_stage(shop)
    assert differences(shop, tmp_path / "apart") == []


def test_a_killed_run_leaves_no_state_and_the_next_one_is_right(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off after some blocks were put in place: the state is gone, so nothing is counted twice."""
    put(shop, history(9, 1)[1], "week3", ".parquet")
    monkeypatch.setattr(ingest, "write_people", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_stage(shop)
    monkeypatch.undo()
    assert not (shop / "data/store/state.json").exists()
    run_stage(shop)
    assert differences(shop, tmp_path / "apart") == []


def test_a_new_file_that_is_refused_changes_nothing(shop: Path) -> None:
    """Told of the whole source, as it would be without a store."""
    write_params(shop, settings_of({**RULES["everything"], "events.max_rejected_share": 0.6}))
    run_stage(shop)
    before = outputs(shop)
    rows = [(f"c{n}", "soon", "purchase", "1", None, None, None) for n in range(2_000)]
    put(shop, rows, "week3", ".parquet")
    with pytest.raises(EbbError, match=r"of 2,\d+ rows .* are rejected"):
        run_stage(shop)
    assert outputs(shop) == before
