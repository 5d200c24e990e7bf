"""From decisions to rows and figures, by hand: six customers, and shops without amounts, holdout or past dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from samples import briefing as sample_briefing
from samples import sample
from workspace import params

from models.promise import Spread, promise
from pipeline.champions import Champion
from pipeline.listing.assemble import Told, assemble, placed, rows_to_explain, weeks_between
from pipeline.listing.briefing import briefing
from pipeline.listing.decide import decide
from pipeline.listing.figures import Listed, power, promises, reasons
from pipeline.listing.inputs import Inputs, past_of, rows_of
from pipeline.listing.list_gate import sum_check
from pipeline.listing.margin import in_margin
from pipeline.listing.movements import Today, compare
from pipeline.listing.previous import Previous
from pipeline.listing.schema import ACTIVITY, COLUMNS, WEEKS
from pipeline.settings import Settings, parse_settings
from pipeline.tables import EVENTS_OPEN, write_table

MONDAY = date(2024, 6, 3)
# (id, probability, expected value, frequency, stage)
SIX = [
    ("whale", 0.9, 5000.0, 40.0, "active"),
    ("regular", 0.8, 100.0, 9.0, "active"),
    ("small", 0.75, 20.0, 2.0, "active"),
    ("medium", 0.5, 80.0, 5.0, "reactivated"),
    ("newcomer", 0.3, 60.0, 1.0, "new"),
    ("safe", 0.1, 50.0, 20.0, "active"),
]
FOR_LISTS = {
    "baseline": "bgnbd", "rule_days": 45, "customers": 2813, "leavers": 1149,
    "test": {"as_of": "2024-02-19", "customers": 2813, "promised": 0.417, "promised_low": 0.36, "promised_high": 0.46,
             "realised": 0.408, "low": 0.39, "high": 0.426},
    "past_dates": {"rule_days": 91, "capacity": 300, "origins": 12, "model": 212.0, "rule": 185.0,
                   "more": {"value": 27.0, "low": 18.0, "high": 34.0}},
}  # fmt: skip
FIGURES = {
    "calibration_error": 0.025, "calibration_noise_floor": 0.033, "lift_quality": 0.56, "log_loss_difference": -0.03,
    "log_loss_difference_low": -0.04, "log_loss_difference_high": -0.02,
}  # fmt: skip
GRADE = {"letter": "A", "sentence": "...", "reasons": [], "next_step": "...", "next_key": "use_all", "figures": FIGURES}


def settings(**changes: Any) -> Settings:
    """A shop that contacts high and medium, nobody held back; two underscores stand for the dot."""
    own = {
        "churn.horizon_days": 91,
        "churn.active_within_days": 182,
        "holdout.share": 0.0,
        "money_unit.currency": "GBP",
    }
    return parse_settings(params({**own, **{name.replace("__", "."): value for name, value in changes.items()}}))


def inputs(money: bool = True, metrics: dict[str, Any] | None = None, previous: Previous | None = None) -> Inputs:
    """What publish reads of the six."""
    n = len(SIX)
    columns = [pa.array([row[at] for row in SIX]) for at in range(5)]
    names = ("customer_id", "churn_probability", "expected_value", "frequency", "lifecycle_stage")
    scores = pa.table(dict(zip(names, columns, strict=True)))
    extra = {
        "as_of": [MONDAY] * n,
        "days_since_last_activity": pa.array([30.0] * n, pa.float32()),
        "usual_gap_days": pa.array([7.26, None, *[9.0] * (n - 2)], pa.float32()),
        "model_version": ["0123456789ab"] * n,
    }
    for name, values in extra.items():
        scores = scores.append_column(name, pa.array(values) if isinstance(values, list) else values)
    if not money:
        scores = scores.set_column(2, "expected_value", pa.nulls(n, pa.float64()))
    facts = {
        "customer_id": columns[0], "last_activity": pa.array([date(2024, 5, 4)] * n),
        "activities_12m": pa.array(range(n)),
        "spend_12m": pa.array([1.0] * n), "usual_store": pa.array(["north"] * n),
        "preferred_channel": pa.nulls(n, pa.string()), ACTIVITY: pa.array([[0] * WEEKS] * n, pa.list_(pa.int16())),
    }  # fmt: skip
    manifest = {"metrics": {"grade": GRADE, "for_lists": FOR_LISTS} if metrics is None else metrics}
    ingest = dict.fromkeys(("source_rows", "kept_events", "rejected", "duplicates", "left_out_by_query"), 7)
    ingest |= {"collapsed_away": 0, "forgotten": 1}
    no_model: Any = None
    return Inputs(
        scores=scores,
        current=scores.select(["customer_id"]),
        facts=pa.table(facts),
        scoring={"as_of": str(MONDAY), "spread": {"log_odds": 0.1, "origins": 5.0}, "blend": "trees",
                 "value": {"known": money, "why_not_known": None if money else "no_amounts"}},
        about={"lapsed": 12, "objected": 3, "data_start": "2022-06-01", "newest_event_day": "2024-06-02"},
        ingest={**ingest, "findings": [{"severity": "warning"}, {"severity": "info"}]},
        no_contact=np.zeros(n, bool),
        champion=Champion("0123456789ab", Path("x"), manifest, {"how": "promoted", "rolled_back_from": None}),
        model=no_model,
        previous=previous,
    )  # fmt: skip


def made(given: Inputs, chosen: Settings, told: Told | None = None) -> tuple[pa.Table, dict[str, Any]]:
    """Rows and figures."""
    n = len(given.scores)
    nothing = Told(np.arange(n), ([None] * n,) * 3, [None] * n, [None] * n)
    decisions = decide(rows_of(given), past_of(given, chosen), chosen)
    probability = given.scores.column("churn_probability").to_numpy()
    movements = compare(Today(given.ids, probability, decisions.risk_band), given.previous, None)
    unsure = pa.array([None] * (n - 1) + ["Known for 3 days only"], pa.string())
    table = assemble(given, decisions, movements, told or nothing, unsure, chosen)
    return table, briefing(given, table, decisions, movements, told or nothing, [], chosen)


def test_the_rows_are_in_the_order_of_the_list() -> None:
    """Whom to contact first, by what is at stake; columns of the schema, then what is shown, last the activity."""
    table, _ = made(inputs(), settings())
    assert table.column("customer_id").to_pylist() == ["whale", "regular", "medium", "small", "newcomer", "safe"]
    assert table.column("value_at_risk").to_pylist() == [4500, 80, 40, 15, 18, 5]
    assert table.column("contact_this_week").to_pylist() == ["yes"] * 4 + ["no"] * 2
    assert table.column("usual_gap_days").to_pylist()[:2] == [7.3, None]
    assert table.column("uncertain").to_pylist()[-1] == "Known for 3 days only"
    names = [column.name for column in COLUMNS]
    assert table.column_names == [*names, "last_activity", "activities_12m", "spend_12m", ACTIVITY]
    assert {str(day) for day in table.column("horizon_end").to_pylist()} == {"2024-09-02"}
    assert {str(day) for day in table.column("valid_until").to_pylist()} == {"2024-06-10"}


def test_the_figures_are_those_of_the_rows() -> None:
    table, told = made(inputs(), settings())
    assert sum_check(table, told).passed
    assert told["bands"]["high"] == {"customers": 3, "contact": 3, "value_at_risk": 4595.0}
    assert told["contact"]["why_not"] == {
        "low": 2, "over_capacity": 0, "holdout": 0, "objected": 0, "cool_down": 0, "value_below_cost": 0,
    }  # fmt: skip
    assert told["contact"]["by_action"]["reminder"] == {
        "customers": 1, "act_by": "2024-06-10", "value_at_risk": 40.0, "expected_leavers": 0.5,
    }  # fmt: skip
    assert told["money"] == {
        "known": True, "why_not_known": None, "currency": "GBP", "margin": None, "expected_value": 5310.0,
        "value_at_risk": 4658.0, "one_point_of_retention": 53.1,
    }  # fmt: skip
    assert told["data"]["warnings"] == 1
    assert (told["already_lapsed"], told["object_to_profiling"], told["uncertain"]) == (12, 3, 1)
    assert told["promise"]["high"]["expected_leavers"] == pytest.approx(0.9 + 0.8 + 0.75, abs=0.051)
    assert told["grade"]["next_step"] == "use_all"
    assert told["last_promise"]["kind"] == "test"
    assert told["movements"] is None


def test_with_a_margin_every_amount_is_margin() -> None:
    """Expected value, value at risk, and a point of retention as a hundredth of what all would bring: each x 0.4."""
    whole = inputs()
    part = replace(whole, scores=in_margin(whole.scores, 0.4))
    _, spent = made(whole, settings())
    table, told = made(part, settings(money_unit__margin=0.4))
    assert told["money"]["expected_value"] == pytest.approx(0.4 * spent["money"]["expected_value"], abs=0.05)
    assert told["money"]["value_at_risk"] == pytest.approx(0.4 * spent["money"]["value_at_risk"], abs=0.05)
    assert told["money"]["one_point_of_retention"] == pytest.approx(0.01 * told["money"]["expected_value"], abs=0.01)
    assert sum(table.column("value_at_risk").to_pylist()) == pytest.approx(told["money"]["value_at_risk"], abs=0.01)
    assert in_margin(whole.scores, None) is whole.scores


def test_amounts_are_withheld() -> None:
    """No amount anywhere; frequency makes the tiers and the order, and the reason why is told."""
    table, told = made(inputs(money=False), settings())
    assert sum_check(table, told).passed
    assert (told["money"]["known"], told["money"]["why_not_known"]) == (False, "no_amounts")
    amounts = [told["money"]["value_at_risk"], told["bands"]["low"]["value_at_risk"], told["contact"]["value_at_risk"]]
    assert amounts == [None] * 3
    assert table.column("value_at_risk").null_count == len(SIX)
    assert told["cut"]["break_even"] is None


def test_the_shape_is_that_of_the_sample() -> None:
    """Whoever codes against tests/samples.py finds every key here, and in every part."""
    _, told = made(inputs(), settings())
    contract = sample_briefing(sample(60)[0])
    assert set(contract) == set(told)
    for name, part in contract.items():
        if isinstance(part, dict) and isinstance(told[name], dict) and name not in ("contact", "movements"):
            assert set(part) <= set(told[name]), name
    assert set(contract["contact"]) == set(told["contact"])


def test_an_earlier_versions_champion() -> None:
    """It kept no past dates, no promise and not what it was judged against: they are unknown, and nothing fails."""
    _, told = made(inputs(metrics={"grade": GRADE}), settings())
    assert (told["against_rule"], told["last_promise"], told["grade"]) == (None, None, None)


def test_a_comparison_that_says_nothing() -> None:
    """With one outcome only there is no difference in log loss: neither better, nor level, nor worse."""
    figures = {**FIGURES, "log_loss_difference_low": None, "log_loss_difference_high": None}
    _, told = made(inputs(metrics={"grade": {**GRADE, "figures": figures}, "for_lists": FOR_LISTS}), settings())
    assert [told["grade"][name] for name in ("beats", "level", "worse")] == [False] * 3


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(-0.04, -0.01, "beats"), (-0.01, 0.01, "level"), (0.0, 0.01, "level"), (0.01, 0.02, "worse")],
)
def test_the_verdict_is_the_intervals(low: float, high: float, verdict: str) -> None:
    figures = {**FIGURES, "log_loss_difference_low": low, "log_loss_difference_high": high}
    _, told = made(inputs(metrics={"grade": {**GRADE, "figures": figures}, "for_lists": FOR_LISTS}), settings())
    assert [name for name in ("beats", "level", "worse") if told["grade"][name]] == [verdict]


def test_warnings_are_keys() -> None:
    """Few customers, a rule for a model, a champion brought back by hand, no opt-outs given, a cut that gave way."""
    few = {"grade": GRADE, "for_lists": {**FOR_LISTS, "customers": 120, "leavers": 30}}
    given = inputs(money=False, metrics=few)
    given.scoring["blend"] = "rule"
    given = replace(given, champion=replace(given.champion, pointer={"how": "rolled back", "rolled_back_from": "x"}))
    _, told = made(given, settings(risk__cut="cost"))
    assert [item["key"] for item in told["warnings"]] == [
        "warning-rule", "warning-few-customers", "warning-rolled-back", "warning-no-opt-outs",
        "warning-cost-without-amounts",
    ]  # fmt: skip
    assert told["warnings"][1]["values"] == {"customers": 120, "leavers": 30}
    for column in ("consent", "objection", "no_contact"):
        _, told = made(inputs(), settings(customers__source="people.csv", customers__columns={column: "out"}))
        assert told["warnings"] == []


def test_the_lowest_grade_is_a_warning() -> None:
    given = inputs(metrics={"grade": {**GRADE, "letter": "D"}, "for_lists": FOR_LISTS})
    people = settings(customers__source="people.csv", customers__columns={"consent": "agreed"})
    assert [item["key"] for item in made(given, people)[1]["warnings"]] == ["warning-grade-d"]


def test_reasons_in_total() -> None:
    """Of high customers with a reason: two thirds are silent, who have most of the value; medium ones do not count."""
    told = Told(np.array([0, 1, 2, 3]), (["a"] * 4,) * 3, [None] * 4, ["silence", "spend", "silence", "spend"])
    band = np.array(["high", "high", "high", "medium", "high", "low"], object)
    at_risk = np.array([4500.0, 80.0, 15.0, 40.0, 18.0, 5.0])
    names = ("family", "customers", "share_of_high", "value_at_risk", "share_of_value")
    found = [tuple(item[name] for name in names) for item in reasons(told, band, at_risk)]
    assert found == [("silence", 2, 0.666667, 4515.0, 0.982590), ("spend", 1, 0.333333, 80.0, 0.017410)]
    assert [item["share_of_value"] for item in reasons(told, band, None)] == [None, None]
    nothing = Told(np.array([0]), ([None],) * 3, [None], [None])
    assert reasons(nothing, band, at_risk) == []


def test_promises_are_of_the_bands_as_they_are_published() -> None:
    """Bands that are left late differ from those of the probability alone; a probability of 0 or 1 is no obstacle."""
    table, _ = sample(50)
    p = [0.0, 1.0, 0.68, *[0.5] * 47]
    table = table.set_column(table.column_names.index("churn_probability"), "churn_probability", pa.array(p))
    bands = ["low", "high", "high", *["medium"] * 47]
    table = table.set_column(table.column_names.index("risk_band"), "risk_band", pa.array(bands))
    found = promises(Listed.of(table), Spread(0.1, 5.0))
    assert [found[name]["customers"] for name in ("all", "high", "medium", "low")] == [50, 2, 47, 1]
    assert found["high"]["expected_leavers"] == 1.7
    assert found["low"] == {"customers": 1, "expected_leavers": 0.0, "low": 0.0, "high": 1.0}
    assert found["medium"] == promise(np.zeros(47), Spread(0.1, 5.0)).to_json()


def test_newcomers_of_a_draw() -> None:
    """On the first list nobody knows how many will come: a group renews itself in half a year, not in a week."""
    listed = Listed.of(sample(3000)[0])
    fresh = replace(listed, last_chosen=np.full(3000, "NaT", "datetime64[D]"))
    began = np.datetime64("2024-05-01")
    first, later = (power(fresh, began, first, 182) for first in (True, False))
    assert first["new_contact"] == round(first["contact"] / 26)
    assert later["new_contact"] == later["contact"]
    assert (first["weeks_for_half"] > 20, 1 < later["weeks_for_half"] < 6) == (True, True)
    known = replace(listed, last_chosen=np.full(3000, "2024-05-20", "datetime64[D]"))
    again = power(known, began, False, 182)
    assert (again["new_contact"], again["weeks_for_half"]) == (0, None)
    assert power(known, np.datetime64("2024-05-27"), False, 182)["new_contact"] == later["contact"]


def test_nobody_held_back_shows_nothing() -> None:
    _, told = made(inputs(), settings())
    assert (told["power"]["smallest_effect"], told["power"]["weeks_for_half"]) == (None, None)


def test_who_gets_reasons() -> None:
    """To be contacted, held back, and the top of the list; who is over capacity far below gets none."""
    given, chosen = inputs(), settings(campaign__cool_down_days=0)
    decisions = decide(rows_of(given), None, chosen)
    assert rows_to_explain(decisions, 0).tolist() == [0, 1, 2, 3]
    assert rows_to_explain(decisions, 5).tolist() == [0, 1, 2, 3, 4]
    held = decide(rows_of(given), None, settings(holdout__share=0.999999))
    assert not held.contact.any()
    assert rows_to_explain(held, 0).tolist() == [0, 1, 2, 3]


def test_texts_are_placed_at_their_rows() -> None:
    assert placed(["b", None, "d"], np.array([1, 2, 3]), 5).to_pylist() == [None, "b", None, "d", None]
    assert placed([], np.zeros(0, np.int64), 2).to_pylist() == [None, None]


def test_weeks_on_the_list() -> None:
    """The week that a customer came counts; who is in low has none."""
    since = pa.chunked_array([pa.array([MONDAY, date(2024, 5, 27), date(2024, 5, 21), None])])
    assert weeks_between(since, MONDAY).to_pylist() == [1, 2, 2, None]


def test_columns_to_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of lists.show, then the rest of customers.display; a taken name gets a prefix, none comes twice."""
    monkeypatch.chdir(tmp_path)
    ids = ["safe", "whale"]
    shown = pa.table({"customer_id": ids, "city": ["Oslo", "Rome"], "channel": ["web", "shop"]})
    write_table([shown], shown.schema, EVENTS_OPEN / "display.parquet")
    chosen = settings(
        customers__columns={"customer_id": "id"},
        customers__display=["city", "channel"],
        events__keep=["store"],
        lists__show=["last_contact", "weeks_on_list", "store", "channel", "last_activity"],
    )
    table, _ = made(inputs(), chosen)
    extra = table.column_names[len(COLUMNS) :]
    assert extra == ["weeks_on_list", "usual_store", "customer_channel", "last_activity", "city", ACTIVITY]
    assert dict(zip(*(table.column(name).to_pylist() for name in ("customer_id", "city")), strict=True)) == {
        "whale": "Rome", "safe": "Oslo", "regular": None, "small": None, "medium": None, "newcomer": None,
    }  # fmt: skip
