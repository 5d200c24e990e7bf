"""Cancellation and lapse end to end, on subscription logs whose truth is known: labels, probabilities and promises."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from simulators import recovered
from stages import STAGES
from subscriptions import GRACE, PLANS, Subscribers, cancellations, lapses
from workspace import write_params

from models.table import Floats
from pipeline.tables import read_json, read_table

pytestmark = pytest.mark.slow

START = date(2024, 1, 1)
CUSTOMERS = 3000
ROLES = {"activity": ["payment"], "engagement": ["visit"]}
BOTH: dict[str, Any] = {
    "events.money": [],
    "churn.horizon_days": 28,
    "churn.active_within_days": 91,
    "snapshots": {"every_days": 14, "train": 16},
    "features.lookback_days": [7, 28, 91],
    "model.num_rounds": 120,
    "evaluation": {"bootstrap": 100, "capacity": 100},
    "risk": {"medium": 0.08, "high": 0.2},
    "mlflow.tracking_uri": "http://127.0.0.1:9",
}
CHANGES: dict[str, dict[str, Any]] = {
    "cancellation": {**BOTH, "churn.definition": "cancellation", "events.roles": {**ROLES, "cancel": ["cancel"]}},
    "lapse": {
        **BOTH,
        "churn.definition": "lapse",
        "churn.grace_days": GRACE,
        "churn.term": {"plan_column": "plan", "days_by_plan": PLANS},
        "events.roles": ROLES,
    },
}
WORLDS: dict[str, Callable[[int, int], Subscribers]] = {"cancellation": cancellations, "lapse": lapses}


@dataclass(frozen=True)
class Run:
    """A world, and what the stages made of what was known of it on the day of the list."""

    name: str
    world: Subscribers
    folder: Path

    def table(self, path: str) -> pa.Table:
        """A table below data/."""
        with contextlib.chdir(self.folder):
            return read_table(Path("data") / path)

    def report(self, name: str) -> Any:
        """A report by name."""
        with contextlib.chdir(self.folder):
            return read_json(Path("data/reports") / f"{name}.json")

    def scores(self) -> Floats:
        """The list's probability per customer of the world; NaN for who is not on it."""
        made, found = self.table("lists/latest/risk_list.parquet"), np.full(len(self.world.spells), np.nan)
        who = [int(name.removeprefix("c")) for name in made.column("customer_id").to_pylist()]
        found[who] = made.column("churn_probability").to_numpy()
        return found


def day_of(number: int) -> str:
    return str(START + timedelta(days=number))


@pytest.fixture(scope="module", params=list(WORLDS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Each world once, from its events to the list."""
    return all_stages(str(request.param), tmp_path_factory.mktemp("world"))


def all_stages(name: str, folder: Path, customers: int = CUSTOMERS) -> Run:
    """A world's events up to the day of the list, and everything that is made of them."""
    world = WORLDS[name](customers, 20)
    write_params(folder, CHANGES[name])
    (folder / "data/raw").mkdir(parents=True)
    with (folder / "data/raw/events.csv").open("w", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["customer_id", "event_time", "event_type", "plan"])
        for who, day, kind, plan in world.events(world.snapshot, cancels=name == "cancellation"):
            writer.writerow([f"c{who:05}", day_of(day), kind, plan])
    with contextlib.chdir(folder):
        for stage in STAGES:
            stage.main()
    return Run(name, world, folder)


@pytest.mark.parametrize("draw", WORLDS.values(), ids=WORLDS)
def test_the_truth_is_kept_by_the_world(draw: Callable[[int, int], Subscribers]) -> None:
    """In tenths of p*, as many leave as it says, and it is known for those who are there, no one else."""
    world = draw(12_000, 5)
    truth, left = world.truth, np.array(world.leaves(world.snapshot))
    known = ~np.isnan(truth)
    assert known.tolist() == world.open_at(world.snapshot)
    truth, left = truth[known], left[known]
    assert not left[truth == 0].any()
    for part in np.array_split(np.argsort(truth, kind="stable"), 10):
        sigma = np.sqrt((truth[part] * (1 - truth[part])).sum())
        assert abs(left[part].sum() - truth[part].sum()) <= 3.5 * sigma + 1e-9


def test_nothing_is_lost_on_the_way(run: Run) -> None:
    report = run.report("ingest")
    events = run.world.events(run.world.snapshot, cancels=run.name == "cancellation")
    assert report["source_rows"] == report["kept_events"] == len(events)
    assert report["as_of"] == day_of(run.world.snapshot)


def test_labels_and_who_is_asked_about_are_the_worlds(run: Run) -> None:
    table = run.table("features/training.parquet")
    found = {
        (int(who.removeprefix("c")), str(day)): left
        for who, day, left in zip(
            *(table.column(name).to_pylist() for name in ("customer_id", "snapshot", "churned")), strict=True
        )
    }
    days = sorted({day for _, day in found})
    assert len(days) == 16
    expected = {}
    for day in days:
        at = (date.fromisoformat(day) - START).days
        there, leaves = run.world.open_at(at), run.world.leaves(at)
        expected |= {(who, day): leaves[who] for who in range(CUSTOMERS) if there[who]}
    assert found == expected


def test_the_list_holds_everybody_who_is_there(run: Run) -> None:
    scores, scoring = run.scores(), run.report("scoring")
    assert (~np.isnan(scores)).tolist() == run.world.open_at(run.world.snapshot)
    known = sum(own[0].paid[0] < run.world.snapshot for own in run.world.spells if own)
    assert scoring["lapsed"] == known - scoring["eligible"]


def test_the_model_knows_most_of_what_can_be_known(run: Run) -> None:
    """Of what visits, payments and cancels tell beyond the mean: cancellation 0.94, lapse 0.93."""
    assert recovered(run.world.truth, run.scores()) > 0.85


def test_what_is_promised_comes_true(run: Run) -> None:
    """Leavers of each band within the promised interval, and those of the truth; the future was never in the data."""
    scores, left = run.scores(), np.array(run.world.leaves(run.world.snapshot))
    bands = run.table("lists/latest/risk_list.parquet")
    promised = run.report("scoring")["raw_bands"]
    who = np.array([int(name.removeprefix("c")) for name in bands.column("customer_id").to_pylist()])
    of = np.array(bands.column("risk_band").to_pylist())
    for name, item in promised.items():
        mine = who[of == name]
        assert item["low"] <= left[mine].sum() <= item["high"]
        assert item["low"] <= run.world.truth[mine].sum() <= item["high"]
    assert np.nansum(scores) == pytest.approx(np.nansum(run.world.truth), rel=0.2)


def test_no_model_of_silence_is_asked(run: Run) -> None:
    """BG/NBD, Pareto/NBD and the season speak of activity: no blend, no baseline and no sentence uses them."""
    evaluation, calibration = run.report("evaluation"), run.report("calibration")
    assert "bgnbd" not in evaluation["baselines"]
    assert set(evaluation["baselines"]) == {"base_rate", "recency_rule", "rfm_logistic"}
    assert calibration["shipped"]["blend"] in ("trees", "trees+logistic")
    members = json.loads((run.folder / "data/model/shipped_members.json").read_text())["customer_base"]
    assert members["timed"] is None
    assert members["season"]["strength"] == 0
    assert set(run.table("features/training_lapsed.parquet").column("snapshot").to_pylist()) != set()


def test_sentences_fit_the_definition(run: Run) -> None:
    card = (run.folder / "data/reports/model_card.md").read_text(encoding="utf-8")
    past = " ".join(run.report("evaluation")["past_dates"]["sentences"])
    says = {
        "cancellation": (
            "whose relation is open a probability of leaving: cancel in the 28 days after",
            "no activity for 28",
        ),
        "lapse": (
            "until the grace\n(10 days after the term) is over, where that falls into the 28 days after",
            "no renewal for 28",
        ),
    }[run.name]
    assert says[0] in card
    assert says[1] in past
    assert "active in the last" not in card
    assert "whichever is likelier" not in card
    made = run.table("lists/latest/risk_list.parquet")
    places = ("reason_1", "reason_2", "reason_3", "reason_lowers")
    reasons = {str(reason) for place in places for reason in made.column(place).to_pylist()}
    shown = {"cancellation": "A customer without a break for", "lapse": "Runs out in"}[run.name]
    assert any(reason.startswith(shown) for reason in reasons), sorted(reasons)[:40]


@pytest.mark.parametrize("name", WORLDS)
def test_few_subscribers_get_a_rule(tmp_path: Path, name: str) -> None:
    """Under 100 to ask about, days without a payment decide, in two rates that were counted."""
    made = all_stages(name, tmp_path, customers=130)
    assert made.report("calibration")["shipped"]["blend"] == "rule"
    scores = made.scores()
    assert 0 < len(np.unique(scores[~np.isnan(scores)])) <= 2
    assert (~np.isnan(scores)).tolist() == made.world.open_at(made.world.snapshot)
