"""Of a training table that is too long a stable share of the customers is learnt from, and what they stand for."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import little_shop
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from stages import STAGES

from models.baselines import Baseline
from models.bgnbd import fit_bgnbd
from models.capacity import Listed, found_at_capacity
from models.census import Lapsed, population
from models.customer_base import histories
from models.gate import Limits, champion_checks
from models.holdout import in_holdout
from models.judge import judge
from models.table import Floats, TrainingTable
from pipeline import publish
from pipeline.sample import drawn, sample_of, share_for
from pipeline.settings import load_settings
from pipeline.tables import read_json
from pipeline.training_data import load_spend, load_training

IDS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=4), unique=True)


@pytest.mark.parametrize(
    ("rows", "most", "share"),
    [
        (1_000_000, 1_000_000, 1.0),
        (1_000_001, 1_000_000, 2**-0.25),  # the next step is the first that fits
        (1_189_000, 1_000_000, 2**-0.25),
        (2_000_000, 1_000_000, 0.5),
        (2_000_001, 1_000_000, 2**-1.25),
        (0, 1_000, 1.0),
        (16_000_000_000, 1_000_000, 2**-14),
    ],
)
def test_shares_fall_in_steps(rows: int, most: int, share: float) -> None:
    assert share_for(rows, most) == share


@examples(derandomize=True, deadline=None)
@given(rows=st.integers(1, 10**12), most=st.integers(1_000, 10**8))
def test_the_share_fits_and_is_not_much_too_small(rows: int, most: int) -> None:
    share = share_for(rows, most)
    assert rows * share <= most * (1 + 1e-9)
    assert share == 1 or rows * share > most * 2**-0.25 * (1 - 1e-9)


@examples(derandomize=True, deadline=None)
@given(ids=IDS, runs=st.lists(st.integers(1, 3), min_size=1), shares=st.tuples(*[st.floats(0.01, 1)] * 2))
def test_whole_customers_by_nothing_but_their_id(ids: list[str], runs: list[int], shares: tuple[float, float]) -> None:
    """Neighbours, numbers of rows and other shares do not matter; a smaller share is a part of a larger one."""
    small, large = sorted(shares)
    times = [runs[at % len(runs)] for at in range(len(ids))]
    rows = pa.array([name for name, count in zip(ids, times, strict=True) for _ in range(count)], pa.string())
    alone = {name: bool(drawn(pa.array([name]), small)[0]) for name in ids}
    assert drawn(rows, small).tolist() == [alone[name] for name in rows.to_pylist()]
    assert not (drawn(rows, small) & ~drawn(rows, large)).any()


def test_the_draw_is_fair_and_not_the_holdouts() -> None:
    """Three tenths of 40,000, one in three of which would be in a holdout of a third; no stretch of ids is favoured."""
    ids = [f"C{number:06}" for number in range(40_000)]
    inside = drawn(pa.array(ids), 0.3)
    assert inside.mean() == pytest.approx(0.3, abs=0.01)
    assert inside.reshape(20, 2000).mean(axis=1) == pytest.approx(np.full(20, 0.3), abs=0.05)
    held = in_holdout(ids, 1 / 3, "spring")
    assert (inside & held).mean() == pytest.approx(0.1, abs=0.01)


def test_the_draw_never_changes() -> None:
    """Typed out: another draw would be other customers in every shop, and every model a new one."""
    ids = ["anna", "ben", "carla", "dan", "eve", "finn", "gus", "hana"]
    assert [name for name in ids if drawn(pa.array([name]), 0.5)[0]] == ["ben", "dan", "finn", "gus", "hana"]


def test_a_table_is_read_as_if_the_others_were_not_in_it(tmp_path: Path) -> None:
    """Row groups cut customers in two; nulls stay unknown; spend goes with its rows; codes count customers."""
    little_shop.settings(tmp_path, model__max_rows=1000)
    random, names, counts = np.random.default_rng(2), [f"c{n:03}" for n in range(300)], np.arange(300) % 7 + 2
    ids = np.repeat(names, counts)
    day = np.concatenate([date(2024, 1, 1).toordinal() - 719_163 + 28 * np.arange(count) for count in counts])
    recency = np.where(random.random(len(ids)) < 0.2, np.nan, random.integers(0, 90, len(ids)))
    table = pa.table(
        {
            "customer_id": pa.array(ids.tolist()),
            "snapshot": pa.array(day.astype(np.int32)).cast(pa.date32()),
            "churned": pa.array(random.random(len(ids)) < 0.4),
            "days_since_last_activity": pa.array(recency.astype(np.float32), from_pandas=True),
            "tenure_days": pa.array(random.integers(0, 900, len(ids)).astype(np.float32)),
        }
    )
    amounts = pa.table(
        {**{name: table[name] for name in ("customer_id", "snapshot")}, "spend": random.random(len(ids))}
    )
    amounts = amounts.append_column("spend_before", pa.array(random.random(len(ids))))
    (tmp_path / "data/features").mkdir(parents=True)
    pq.write_table(table, tmp_path / "data/features/training.parquet", row_group_size=17)
    pq.write_table(amounts, tmp_path / "data/features/training_value.parquet", row_group_size=100)
    with contextlib.chdir(tmp_path):
        settings = load_settings()
        found = load_training(settings)
        spend = load_spend(settings, len(found))
        labels = load_training(settings, with_features=False)
    assert (len(ids), found.share) == (1497, 2**-0.75)
    kept = drawn(pa.array(ids.tolist()), found.share)
    assert 0 < kept.sum() == len(found) < len(ids)
    expected = np.unique(ids[kept], return_inverse=True)[1]
    assert found.customer.tolist() == expected.tolist() == labels.customer.tolist()
    assert found.snapshot.tolist() == day[kept].tolist()
    assert found.churned.tolist() == table["churned"].to_numpy()[kept].tolist() == labels.churned.tolist()
    assert np.array_equal(found.column("days_since_last_activity"), recency[kept], equal_nan=True)
    assert found.column("tenure_days").tolist() == table["tenure_days"].to_numpy()[kept].tolist()
    assert spend is not None
    assert spend.before.tolist() == amounts["spend_before"].to_numpy()[kept].tolist()


def slice_of(customers: int, share: float = 1.0) -> tuple[TrainingTable, Lapsed]:
    """Customers of one snapshot who came back or not, and who has lapsed; the first of each hundred are drawn."""
    random = np.random.default_rng(3)
    rate, tenure = random.gamma(1.2, 0.02, customers), random.integers(50, 700, customers).astype(np.float64)
    gone = random.exponential(400, customers)
    active = 1 + random.poisson(rate * np.minimum(tenure, gone))
    recency = np.where(active == 1, tenure, tenure - np.minimum(tenure, gone) * random.random(customers) ** 0.2)
    alive = recency < 120
    names = ("days_since_last_activity", "tenure_days", "active_days_lifetime")
    values = np.column_stack([recency.round(), tenure, active]).astype(np.float32)[alive]
    some = np.arange(len(values)) % 100 < 100 * share
    table = TrainingTable(
        np.arange(len(values)), np.zeros(len(values), np.int64), recency[alive] > 60, values, names, 28
    )
    history = np.column_stack([active, recency.round(), tenure]).astype(np.int64)[~alive]
    zero = np.zeros(len(history), np.int64)
    lapsed = Lapsed(zero, history[:, 0], history[:, 1], history[:, 2], zero + 1)
    return replace(table.take(some), share=share), lapsed


def test_a_draw_weighs_as_many_as_it_stands_for() -> None:
    """The lapsed are counted whole: beside a tenth of the others they would make nearly everybody look gone."""
    everybody, lapsed = slice_of(30_000)
    tenth, _ = slice_of(30_000, 0.1)
    known = population(tenth, lapsed, 0)
    assert known.weight.sum() == pytest.approx(len(everybody) + len(lapsed.snapshot), rel=0.01)
    whole = fit_bgnbd(population(everybody, lapsed, 0)).churn_probability(histories(everybody), 28).mean()
    drawn_tenth = fit_bgnbd(known).churn_probability(histories(everybody), 28).mean()
    forgotten = fit_bgnbd(population(replace(tenth, share=1.0), lapsed, 0)).churn_probability(histories(everybody), 28)
    assert drawn_tenth == pytest.approx(whole, abs=0.01)
    assert forgotten.mean() > whole + 0.03


def quadrupled(table: TrainingTable) -> TrainingTable:
    """Every customer four times, under new codes."""
    found = table.take(np.repeat(np.arange(len(table)), 4))
    return replace(found, customer=np.arange(len(found)))


def test_what_a_quarter_finds_is_what_all_find() -> None:
    """Of four alike one is drawn: the same figures, counted for all; capacity is a number of all customers."""
    random = np.random.default_rng(1)
    probability = np.sort(random.random(500))
    one = TrainingTable(
        np.arange(500),
        np.zeros(500, np.int64),
        random.random(500) < probability,
        np.zeros((500, 0), np.float32),
        (),
        28,
    )
    quarter, all_of_them = replace(one, share=0.25), quadrupled(one)

    def found(table: TrainingTable, said: Floats) -> tuple[int, float, float, float]:
        base = [Baseline("base_rate", "typed", np.full(len(said), 0.5), np.full(len(said), 0.5))]
        judged = judge(table, said, base, capacity=200, draws=100, seed=1)
        model = judged.metrics["model"]["log_loss"].value
        return judged.capacity, judged.found["model"].value, judged.found_difference["base_rate"].value, model

    assert found(quarter, probability) == pytest.approx(found(all_of_them, np.repeat(probability, 4)))
    assert found(quarter, probability)[0] == 200
    assert judge(quarter, probability, [], 10_000, 100, 1).capacity == 2000  # of all, there are no more

    def at_past(table: TrainingTable, said: Floats, capacity: int) -> float:
        rows = Listed(table.snapshot, table.customer, table.churned, np.zeros(len(table)), table.share)
        return found_at_capacity(rows, {"model": (said, said)}, "model", capacity, 100, 1)[0]["model"].leavers.value

    for capacity in (200, 2000, 9000):
        all_found = at_past(all_of_them, np.repeat(probability, 4), capacity)
        assert at_past(quarter, probability, capacity) == pytest.approx(all_found)

    def lift(table: TrainingTable, said: Floats) -> float:
        limits = Limits(1, 1, 0.1, 1, high=0.7, capacity=200)
        checks = champion_checks(table, said, np.full(len(said), 0.5), limits)
        return next(check.value for check in checks if check.name == "lift_at_capacity")

    assert lift(quarter, probability) == pytest.approx(lift(all_of_them, np.repeat(probability, 4)))


@pytest.mark.pipeline
def test_the_stages_learn_from_the_draw_and_score_everybody(tmp_path: Path) -> None:
    little_shop.settings(tmp_path, model__max_rows=1000)
    little_shop.bring(tmp_path, little_shop.shop(700))
    little_shop.run(tmp_path, [stage for stage in STAGES if stage is not publish])
    with contextlib.chdir(tmp_path):
        settings = load_settings()
        training = pq.read_table("data/features/training.parquet")
        found, manifest = load_training(settings), read_json(Path("data/model/manifest.json"))
        evaluation = read_json(Path("data/reports/evaluation.json"))
        card = Path("data/reports/model_card.md").read_text(encoding="utf-8")
        tested = pq.read_table("data/reports/test_predictions.parquet")
        origins = pq.read_table("data/backtest/predictions.parquet")
        scores, current = (pq.read_table(f"data/{name}.parquet") for name in ("scores/scores", "features/current"))
        sample = sample_of(Path("data/features/training.parquet"), 1000)
    inside = drawn(training["customer_id"].combine_chunks(), sample.share)
    assert len(training) > 1000
    assert 0 < inside.sum() == len(found) == manifest["rows"] <= 1100
    assert manifest["share_of_customers"] == evaluation["share_of_customers"] == sample.share < 1
    newest = training["snapshot"].to_numpy() == training["snapshot"].to_numpy().max()
    assert len(tested) == evaluation["model"]["n"] == (inside & newest).sum()
    assert len(origins) < len(training)
    assert any(f"{sample.share:.1%} of all customers" in sentence for sentence in evaluation["sentences"])
    assert f"They are {100 * sample.share:.1f}% of all customers" in card
    assert scores["customer_id"].equals(current["customer_id"])
    assert evaluation["capacity"]["customers"] == 20
