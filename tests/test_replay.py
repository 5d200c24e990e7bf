"""`make replay`: a past list made again, to the byte, after later lists; and what it says where that cannot be."""

from __future__ import annotations

import contextlib
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from workspace import outputs

from features.timeline import EventChunk
from pipeline import replay
from pipeline.errors import ArtifactError, ConfigError, EbbError
from pipeline.folders import MANIFEST, write_manifest
from pipeline.made_from import FROM_INGEST, KEY, SECTIONS, code_fingerprint, made_from, without
from pipeline.published import publish_folder
from pipeline.replay import ReplayError
from pipeline.replays.compare import differing_rows, why
from pipeline.seen import Seen
from pipeline.settings import load_settings
from pipeline.tables import FACTS, write_text

FIRST, SECOND = little_shop.day(285), little_shop.day(292)


def say(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Run the command in the folder."""
    monkeypatch.setattr(sys, "argv", ["replay", *arguments])
    with contextlib.chdir(folder):
        replay.main()


def untouched(folder: Path) -> dict[str, bytes]:
    """Every output but the replays."""
    return {name: content for name, content in outputs(folder).items() if not name.startswith("data/replay")}


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with two weekly lists."""
    folder = tmp_path_factory.mktemp("weeks")
    little_shop.settings(folder)
    little_shop.bring(folder, little_shop.until(little_shop.shop(), FIRST))
    little_shop.run(folder)
    little_shop.bring(folder, little_shop.until(little_shop.shop(), SECOND))
    little_shop.run(folder, little_shop.WEEKLY)
    return folder


@pytest.mark.slow
def test_the_life_of_a_replay(weeks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One story in order: the shop is changed from step to step."""
    both_lists_come_out_to_the_byte(weeks, monkeypatch, capsys)
    settings_of_now_do_not_matter(weeks, monkeypatch)
    people_who_were_taken_out_are_left_out(weeks, monkeypatch, capsys)
    late_events_are_named(weeks, monkeypatch)
    what_is_gone_is_named(weeks, monkeypatch)


def both_lists_come_out_to_the_byte(
    weeks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = untouched(weeks)
    for day in (little_shop.day(286), little_shop.day(293)):
        say(weeks, monkeypatch, day)
        assert "same bytes" in capsys.readouterr().out
        made = {path.name: path.read_bytes() for path in (weeks / "data/replay" / day).iterdir()}
        assert made == {path.name: path.read_bytes() for path in (weeks / "data/lists" / day).iterdir()}
        assert {"risk_list.csv", "risk_list.parquet", "risk_list.xlsx", "report.html", "briefing.json"} < set(made)
    assert untouched(weeks) == before
    assert not list((weeks / "data/replay").glob(".*"))


def settings_of_now_do_not_matter(weeks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bands, holdout, lookbacks, language, costs and the gate's limits are those of the manifest."""
    little_shop.settings(
        weeks,
        risk={"medium": 0.1, "high": 0.2},
        holdout={"share": 0.5},
        features__lookback_days=[7],
        report__language="pl",
        costs={"contact": 3.0},
        tiers={"vip_share": 0.5},
        lists={"show": [], "most_band_change": 0.001, "most_population_change": 0.001},
    )
    say(weeks, monkeypatch, little_shop.day(293))


def people_who_were_taken_out_are_left_out(
    weeks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An amended list is held against the replay less who left it; a row that was changed is still found."""
    folder = weeks / "data/lists" / little_shop.day(286)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    table, content = pq.ParquetFile(folder / "risk_list.parquet").read(), json.loads(kept[MANIFEST])
    content.pop("files")
    fewer = with_column(table.slice(2), "priority", pa.array(range(1, len(table) - 1), pa.int64()))
    pq.write_table(fewer, folder / "risk_list.parquet")
    write_manifest(folder, {**content, "amended": ["forgotten"]})
    say(weeks, monkeypatch, little_shop.day(286))
    assert "the same, less 2 customers who were taken out since" in capsys.readouterr().out
    moved = with_column(fewer, "value_tier", pa.array(["vip"] * len(fewer)))  # two less, and the edges of tiers move
    pq.write_table(moved, folder / "risk_list.parquet")
    write_manifest(folder, {**content, "amended": ["forgotten"]})
    say(weeks, monkeypatch, little_shop.day(286))
    other = with_column(fewer, "churn_probability", pc.multiply(fewer["churn_probability"], 0.5))
    pq.write_table(other, folder / "risk_list.parquet")
    write_manifest(folder, {**content, "amended": ["forgotten"]})
    with pytest.raises(ReplayError, match=r"rows differ in churn_probability"):
        say(weeks, monkeypatch, little_shop.day(286))
    for name, data in kept.items():
        (folder / name).write_bytes(data)


def with_column(table: pa.Table, name: str, values: Any) -> pa.Table:
    """The table with other values in a column."""
    return table.set_column(table.column_names.index(name), name, values)


def late_events_are_named(weeks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how many there were and are; the list stays, and the replay lies beside it."""
    little_shop.settings(weeks)
    rows = [*little_shop.until(little_shop.shop(), SECOND), *[(f"c{n:04}", FIRST, "purchase", 1) for n in range(40)]]
    little_shop.bring(weeks, rows)
    little_shop.run(weeks, little_shop.WEEKLY[:1])
    before = untouched(weeks)
    with pytest.raises(
        ReplayError, match=r"comes out differently: .*risk_list\.csv.*rows differ in.*late arr"
    ) as caught:
        say(weeks, monkeypatch, little_shop.day(286))
    was, now = (
        json.loads((weeks / "data" / place / little_shop.day(286) / MANIFEST).read_text())[KEY]["events"]["by_type"]
        for place in ("lists", "replay")
    )
    assert now["purchase"] == was["purchase"] + 40
    assert f"purchase: {was['purchase']:,} then, {now['purchase']:,} now" in str(caught.value)
    assert untouched(weeks) == before


def what_is_gone_is_named(weeks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[tuple[str, type[EbbError], str]] = [
        ("2024-02-30", ConfigError, r"no list of 2024-02-30.*newest lists are 2024-10-13, 2024-10-20"),
        ("", ConfigError, "no list of that date"),
        ("../../etc", ConfigError, "no list of"),
    ]
    for asked, kind, message in cases:
        with pytest.raises(kind, match=message):
            say(weeks, monkeypatch, asked)
    (weeks / "data/lists" / little_shop.day(286) / "risk_list.csv").write_text("edited")
    with pytest.raises(ArtifactError, match=r"2024-10-13 is needed .*sha256 differs"):
        say(weeks, monkeypatch, little_shop.day(293))
    with pytest.raises(ArtifactError, match="sha256 differs"):
        say(weeks, monkeypatch, little_shop.day(286))


def test_a_list_made_before_manifests_said_from_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be made again, and says so."""
    folder = tmp_path / "data/lists/2024-06-03"
    folder.mkdir(parents=True)
    (folder / "risk_list.csv").write_text("x")
    write_manifest(folder, {"as_of": "2024-06-03"})
    with pytest.raises(ArtifactError, match="made before manifests said from what"):
        say(tmp_path, monkeypatch, "2024-06-03")


def test_the_same_rows_from_other_events_are_the_same_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a list was made from makes no revision; the folder keeps what it was first made from."""
    monkeypatch.chdir(tmp_path)

    def write(folder: Path) -> None:
        (folder / "risk_list.csv").write_text("x")

    first, new = publish_folder(date(2024, 6, 3), write, {"as_of": "2024-06-03", KEY: {"code": "a"}})
    again, newer = publish_folder(date(2024, 6, 3), write, {"as_of": "2024-06-03", KEY: {"code": "b"}})
    assert (first, new, newer) == (again, True, False)
    assert json.loads((first / MANIFEST).read_text())[KEY] == {"code": "a"}
    assert without({"as_of": 1, KEY: 2}) == {"as_of": 1}


def chunk(*customers: list[tuple[int, str, int | None]]) -> tuple[pa.Array, EventChunk]:
    """Customers a, b, ... with (day, type, amount) each."""
    events = [event for events in customers for event in events]
    types = ("purchase", "return")
    return pa.array([chr(97 + n) for n in range(len(customers))]), EventChunk(
        starts=np.cumsum([0, *map(len, customers)]),
        day=np.array([event[0] for event in events], np.int32),
        kind=np.array([types.index(event[1]) if event[1] in types else -1 for event in events], np.int16),
        amount=np.array([event[2] or 0 for event in events], np.int64),
        has_amount=np.array([event[2] is not None for event in events], bool),
        types=types,
    )


ANN, BOB = [(1, "purchase", 5), (9, "visit", None)], [(2, "return", 7), (10, "purchase", 1)]


def seen(*chunks: tuple[pa.Array, EventChunk]) -> dict[str, Any]:
    """What was seen before day 10."""
    found = Seen(10)
    for part in chunks:
        found.add(*part)
    return found.to_json()


def test_what_was_seen_is_counted_before_the_day() -> None:
    assert seen(chunk(ANN, BOB))["by_type"] == {"purchase": 1, "return": 1, "without a role": 1}


def second_of(pair: tuple[pa.Array, EventChunk]) -> tuple[pa.Array, EventChunk]:
    """The same chunk, its first customer called b."""
    return pa.array(["b"]), pair[1]


ALIKE: dict[str, tuple[tuple[pa.Array, EventChunk], ...]] = {
    "in two chunks": (chunk(ANN), second_of(chunk(BOB))),
    "another event on the day itself": (chunk(ANN, [*BOB, (10, "purchase", 9)]),),
    "somebody who came on the day": (chunk(ANN, BOB, [(10, "purchase", 9)]),),
}
OTHER: dict[str, tuple[tuple[pa.Array, EventChunk], ...]] = {
    "another amount": (chunk([(1, "purchase", 6), ANN[1]], BOB),),
    "an amount of nothing for none": (chunk([ANN[0], (9, "visit", 0)], BOB),),
    "two amounts that change places": (chunk([(1, "purchase", 7), ANN[1]], [(2, "return", 5), BOB[1]]),),
    "another day": (chunk([(2, "purchase", 5), ANN[1]], BOB),),
    "another type": (chunk([(1, "return", 5), ANN[1]], BOB),),
    "another name": (second_of(chunk(ANN)), (pa.array(["c"]), chunk(BOB)[1])),
    "an event of the other's": (chunk(ANN[:1], [(9, "visit", None), *BOB]),),
    "one less": (chunk(ANN),),
}


@pytest.mark.parametrize("chunks", ALIKE.values(), ids=ALIKE.keys())
def test_what_does_not_change_what_was_seen(chunks: tuple[tuple[pa.Array, EventChunk], ...]) -> None:
    assert seen(*chunks) == seen(chunk(ANN, BOB))


@pytest.mark.parametrize("chunks", OTHER.values(), ids=OTHER.keys())
def test_what_changes_what_was_seen(chunks: tuple[tuple[pa.Array, EventChunk], ...]) -> None:
    assert seen(*chunks)["sha256"] != seen(chunk(ANN, BOB))["sha256"]


PAST: dict[str, Any] = {
    "calendar": {"as_of": "2024-06-03"},
    "events": {"by_type": {"purchase": 1000, "return": 5}, "sha256": "a"},
    "code": "b",
    "libraries": {"numpy": "2.1"},
}
REASONS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    (
        {"events": {"by_type": {"purchase": 1002}, "sha256": "x"}},
        ["before 2024-06-03 are not those of then (purchase: 1,000 then, 1,002 now, return: 5 then, 0 now)"],
    ),
    ({"events": {**PAST["events"], "sha256": "x"}}, ["as many as then, with other customers, days or amounts"]),
    ({"beside_events": {"objectors.parquet": "c"}}, ["the customers table has changed (objectors.parquet)"]),
    ({"facts": "c"}, ["the columns kept beside the events are not those of then"]),
    ({"code": "x", "libraries": {"numpy": "2.2"}}, ["the program has changed", "made with numpy 2.1"]),
]


@pytest.mark.parametrize(("changed", "says"), REASONS, ids=str)
def test_why(changed: dict[str, Any], says: list[str]) -> None:
    """Each reason in words, and none where nothing has changed."""
    found = why(PAST, {**PAST, **changed})
    assert len(found) == len(says)
    assert all(part in sentence for part, sentence in zip(says, found, strict=True))


def test_differing_rows() -> None:
    """Counted by customer, whatever the order; named by column."""
    was = pa.table({"customer_id": ["a", "b", "c"], "p": [0.1, 0.2, 0.3], "band": ["low", None, "high"]})
    now = pa.table({"customer_id": ["d", "c", "b"], "p": [0.5, 0.4, 0.2], "band": ["low", "low", None]})
    assert differing_rows(was, was.take([2, 0, 1])) == ""
    assert differing_rows(was, now) == "1 customers are missing and 1 are new; 1 of 2 rows differ in p, band"


def test_what_a_manifest_records(tmp_path: Path) -> None:
    """Enough settings to make the list again, no path and no clock; the code as a digest."""
    little_shop.settings(tmp_path)
    about = {"data_start": "2024-01-01", "newest_event_day": "2024-06-02", "as_of": "2024-06-03", "events": {}}
    ingest: dict[str, Any] = dict.fromkeys(FROM_INGEST, 3)
    ingest["findings"] = [{"severity": "warning", "what": "seen"}, {"severity": "info", "what": "told"}]
    with contextlib.chdir(tmp_path):
        write_text("facts", FACTS)
        found = made_from(load_settings(), about, ingest)
    assert found["settings"]["churn"]["horizon_days"] == 28
    assert found["settings"]["events"]["roles"]["activity"] == ["purchase"]
    assert set(found["settings"]) == set(SECTIONS)
    assert set(found["settings"]["lists"]) == {"show", "most_days_silent", "most_population_change", "most_band_change"}
    assert found["ingest"] == {**dict.fromkeys(FROM_INGEST, 3), "warnings": 1}
    assert str(tmp_path) not in json.dumps(found)
    assert len(code_fingerprint()) == 64
