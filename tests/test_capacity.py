"""Leavers and value found at capacity: by hand, against metrics, and how often the intervals hold the truth."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.capacity import Found, Listed, found_at_capacity, sentences, today_rule
from models.intervals import Estimate, bootstrap
from models.metrics import Groups, leavers_found
from models.table import Floats

Order = tuple[Floats, Floats]


def listed(origin: list[int], customer: list[int], churned: list[int], value: list[float] | None = None) -> Listed:
    """Rows typed by hand; without money all values are NaN."""
    spent = np.array(value, np.float64) if value else np.full(len(origin), np.nan)
    return Listed(np.array(origin), np.array(customer), np.array(churned, bool), spent)


def order(priority: list[float], rank: list[float] | None = None) -> Order:
    """Priorities typed by hand; without a rank they rank themselves."""
    return np.array(priority, np.float64), np.array(priority if rank is None else rank, np.float64)


# Two dates, three customers on the first and four on the second.
ROWS = listed([1, 1, 1, 2, 2, 2, 2], [1, 2, 3, 1, 2, 3, 4], [1, 0, 1, 0, 1, 1, 0], [10, 20, 40, 10, 200, 400, 80])
MODEL = order([0.9, 0.5, 0.7, 0.1, 0.8, 0.9, 0.2])
RULE = order([0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0], [3.0, 70.0, 60.0, 90.0, 80.0, 9.0, 4.0])
BOTH = {"model": MODEL, "rule": RULE}


def points(rows: Listed, orders: dict[str, Order], capacity: int) -> tuple[dict[str, float], dict[str, float]]:
    """Leavers found by each order, and their value."""
    found, _ = found_at_capacity(rows, orders, next(iter(orders)), capacity, 100, 7)
    return {name: item.leavers.value for name, item in found.items()}, {
        name: item.value.value for name, item in found.items()
    }


@pytest.mark.parametrize(
    ("capacity", "model", "rule"),
    [
        (1, (1.0, (10 + 400) / 2), (0.0, 0.0)),
        (2, (2.0, (50 + 600) / 2), (1.0, (40 + 200) / 2)),
        (3, (2.0, (50 + 600) / 2), (2.0, (50 + 600) / 2)),
        (99, (2.0, (50 + 600) / 2), (2.0, (50 + 600) / 2)),
    ],
)
def test_found_by_hand(capacity: int, model: tuple[float, float], rule: tuple[float, float]) -> None:
    """Summed on each date, averaged over the two; more places than customers find everybody."""
    leavers, value = points(ROWS, BOTH, capacity)
    assert (leavers["model"], value["model"]) == pytest.approx(model)
    assert (leavers["rule"], value["rule"]) == pytest.approx(rule)
    _, more = found_at_capacity(ROWS, BOTH, "model", capacity, 100, 7)
    assert list(more) == ["rule"]
    assert more["rule"].leavers.value == pytest.approx(model[0] - rule[0])
    assert more["rule"].value.value == pytest.approx(model[1] - rule[1])


def test_equal_customers_share_the_places() -> None:
    """Three tie for two places, two of them leavers with 30 and 60: two thirds of each; a rank ends the tie."""
    rows = listed([1] * 4, [1, 2, 3, 4], [1, 1, 0, 1], [30, 60, 90, 5])
    leavers, value = points(rows, {"tied": order([0.5, 0.5, 0.5, 0.1]), "ranked": order([5, 5, 5, 1], [1, 2, 3, 9])}, 2)
    assert leavers == pytest.approx({"tied": 4 / 3, "ranked": 1})
    assert value == pytest.approx({"tied": 60, "ranked": 60})


def test_equal_priorities_on_two_dates_are_no_tie() -> None:
    """Every date has its own list."""
    rows = listed([1, 1, 2, 2], [1, 2, 1, 2], [1, 0, 0, 1])
    assert points(rows, {"model": order([0.9, 0.5, 0.5, 0.4])}, 1)[0] == {"model": 0.5}


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2), st.booleans()), min_size=1, max_size=30
    ),
    st.integers(1, 12),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_points_agree_with_metrics(rows: list[tuple[int, int, int, bool]], capacity: int) -> None:
    """Date by date against models.metrics, which is tested on its own; ties of all kinds."""
    origin, priority, rank, churned = (np.array(column) for column in zip(*rows, strict=True))
    entries = Listed(origin, np.arange(len(rows)), churned, np.full(len(rows), np.nan))
    expected = []
    for day in np.unique(origin):
        at = origin == day
        groups = Groups.of(priority[at].astype(float), churned[at], rank[at].astype(float))
        expected.append(leavers_found(groups, np.ones(at.sum()), capacity))
    found = points(entries, {"model": (priority.astype(float), rank.astype(float))}, capacity)[0]
    assert found["model"] == pytest.approx(np.mean(expected), abs=1e-6)


def world(seed: int, origins: int, customers: int = 120) -> tuple[Listed, dict[str, Order]]:
    """Half of the customers leave with 60%, half with 20%, anew on each date; the model knows which, "blind" nothing.

    Among half of the customers the model finds 60%, "blind" 40%: a difference of a fifth of the places.
    """
    random = np.random.default_rng(seed)
    high = np.tile(np.arange(customers) % 2 == 0, origins)
    size = len(high)
    churned = random.random(size) < np.where(high, 0.6, 0.2)
    rows = Listed(
        np.repeat(np.arange(origins), customers), np.tile(np.arange(customers), origins), churned, np.full(size, 100.0)
    )
    noise = random.random(size)
    return rows, {"model": (high.astype(float), noise), "blind": (noise, noise), "same": (high * 0.5, noise)}


def test_a_draw_is_a_weight_per_customer() -> None:
    """On one date the interval is, draw by draw, what bootstrap and metrics make of the same list."""
    rows, orders = world(1, 1)
    found, _ = found_at_capacity(rows, orders, "model", 30, 150, 7)
    groups = Groups.of(orders["model"][0], rows.churned, orders["model"][1])
    expected = bootstrap(rows.customer, lambda weight: {"n": leavers_found(groups, weight, 30)}, 150, 7)["n"]
    assert found["model"].leavers.to_json() == expected.to_json()
    assert found["model"].value.low == pytest.approx(100 * expected.low)


@pytest.mark.parametrize("origins", [1, 4])
def test_the_truth_lies_inside_about_95_times_of_100(origins: int) -> None:
    """45 worlds, truth 12 of 60 places; drawing two ways at once promises too little rather than too much."""
    more = []
    for seed in range(45):
        rows, orders = world(seed, origins)
        two = {name: orders[name] for name in ("model", "blind")}
        more.append(found_at_capacity(rows, two, "model", 60, 100, 7)[1]["blind"].leavers)
    inside = np.mean([item.low <= 12 <= item.high for item in more])
    assert inside >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 60)
    assert np.mean([item.value for item in more]) == pytest.approx(12, abs=2)
    assert np.mean([item.high - item.low for item in more]) < (24 if origins == 1 else 18)
    assert np.mean([item.includes_zero for item in more]) < (0.5 if origins == 1 else 0.05)


def test_equal_lists_differ_by_exactly_nothing() -> None:
    """On every draw, in leavers and in value, whatever the scale of the priority: the draws are the same."""
    _, more = found_at_capacity(*world(2, 4), "model", 30, 100, 7)
    assert more["same"] == Found(Estimate(0, 0, 0), Estimate(0, 0, 0))


def test_lists_of_everybody_differ_by_nothing() -> None:
    """Who can call all finds the same by any order, on every draw, though sums in another order differ by a hair."""
    rows, orders = world(2, 4)
    random = np.random.default_rng(1)
    value, seen = random.gamma(1, 1000, len(rows.value)), random.random(len(rows.value)) < 0.5  # a draw may hold more
    entries = Listed(rows.origin[seen], rows.customer[seen], rows.churned[seen], value[seen])
    fullest = int(np.bincount(entries.origin).max())
    orders = {name: (first[seen], second[seen]) for name, (first, second) in orders.items()}
    _, more = found_at_capacity(entries, orders, "model", fullest, 100, 7)
    assert more["blind"] == Found(Estimate(0, 0, 0), Estimate(0, 0, 0))


def test_dates_are_drawn_too() -> None:
    """Nobody leaves on one date, everybody on the other: two draws of a date find 0, 5 or 10 of 10."""
    rows = listed([1] * 10 + [2] * 10, [*range(10)] * 2, [0] * 10 + [1] * 10)
    found = found_at_capacity(rows, {"model": order([0.5] * 20)}, "model", 10, 100, 7)[0]["model"].leavers
    assert (found.value, found.low, found.high) == (5, 0, 10)
    late = listed([2] * 10, [*range(10)], [1] * 10)
    found = found_at_capacity(late, {"model": order([0.5] * 10)}, "model", 10, 100, 7)[0]["model"].leavers
    assert (found.value, found.low, found.high) == (10, 10, 10)


def test_a_seed_draws_the_dates() -> None:
    """Everybody leaves, with a value that only the date decides: an interval of dates alone."""
    day = np.repeat(np.arange(9), 5)
    rows = Listed(day, np.tile(np.arange(5), 9), np.ones(45, bool), 3.0**day)
    here, again, other = (
        found_at_capacity(rows, {"model": order([0.5] * 45)}, "model", 5, 100, seed)[0]["model"] for seed in (7, 7, 8)
    )
    assert here == again
    assert here.leavers == other.leavers == Estimate(5, 5, 5)
    assert (here.value.low, here.value.high) != (other.value.low, other.value.high)


def test_a_customers_rows_are_drawn_together() -> None:
    """The same date four times over is no more evidence than once."""
    rows, orders = world(3, 1)
    four = Listed(
        np.repeat(np.arange(4), 120), *(np.tile(item, 4) for item in (rows.customer, rows.churned, rows.value))
    )
    tiled = {name: (np.tile(first, 4), np.tile(second, 4)) for name, (first, second) in orders.items()}
    here, there = (found_at_capacity(*both, "model", 30, 100, 7) for both in ((rows, orders), (four, tiled)))
    assert there == here


def test_the_order_of_rows_is_irrelevant() -> None:
    """And a seed repeats the intervals, another does not."""
    rows, orders = world(4, 3)
    mixed = np.random.default_rng(1).permutation(len(rows.churned))
    shuffled = Listed(rows.origin[mixed] + 9, rows.customer[mixed] * 7, rows.churned[mixed], rows.value[mixed])
    other = {name: (first[mixed], second[mixed]) for name, (first, second) in orders.items()}
    assert found_at_capacity(shuffled, other, "model", 30, 100, 7) == found_at_capacity(
        rows, orders, "model", 30, 100, 7
    )
    assert found_at_capacity(rows, orders, "model", 30, 100, 8) != found_at_capacity(rows, orders, "model", 30, 100, 7)


@pytest.mark.parametrize("nothing", [0.0, np.nan])
def test_without_money_value_is_unknown(nothing: float) -> None:
    """Zero found of nothing would read as a result."""
    rows = Listed(ROWS.origin, ROWS.customer, ROWS.churned, np.full(7, nothing))
    found, more = found_at_capacity(rows, BOTH, "model", 2, 100, 7)
    assert np.isnan([found["model"].value.value, found["rule"].value.low, more["rule"].value.high]).all()
    assert found["model"].leavers.value == 2


def test_an_unknown_spend_is_no_spend() -> None:
    """Of one customer among others."""
    rows = Listed(ROWS.origin, ROWS.customer, ROWS.churned, np.array([np.nan, 20, 40, 10, 200, 400, 80]))
    assert points(rows, BOTH, 1)[1]["model"] == pytest.approx(400 / 2)


def test_todays_rule_orders_by_silence() -> None:
    """Silent for 91 days or more first, the longest silence first of all; the 91st day counts."""
    priority, rank = today_rule(np.array([10.0, 91.0, 300.0, 90.0]), 91)
    assert priority.tolist() == [0, 1, 1, 0]
    assert np.lexsort((-rank, -priority)).tolist() == [2, 1, 3, 0]


@pytest.mark.parametrize(
    ("silence", "days", "message"), [(5.0, 0, "rule_days is 0"), (np.nan, 91, "1 silences are unk")]
)
def test_a_rule_that_is_none_is_refused(silence: float, days: int, message: str) -> None:
    """Rather than a list in any order."""
    with pytest.raises(ValueError, match=message):
        today_rule(np.array([silence]), days)


UNFIT = {
    "capacity is 0": (ROWS, BOTH, "model", 0),
    "model is 'ebb'": (ROWS, BOTH, "ebb", 1),
    "hold \\[6, 7\\] entries": (ROWS, {"model": order([0.5] * 6)}, "model", 1),
    "hold \\[0\\] entries": (listed([], [], []), {"model": order([])}, "model", 1),
    "holds NaN": (ROWS, {"model": order([np.nan] * 7)}, "model", 1),
}


@pytest.mark.parametrize(("message", "given"), UNFIT.items(), ids=UNFIT.keys())
def test_unfit_rows_are_refused(message: str, given: tuple[Listed, dict[str, Order], str, int]) -> None:
    """With what was found and what is needed."""
    with pytest.raises(ValueError, match=message):
        found_at_capacity(*given, 100, 7)


NAMES = {"model": "Ebb", "rule": "today's rule (nothing for 91 days)"}


def told(mine: float, other: float, more: Estimate, money: str | None = None, value: Found | None = None) -> list[str]:
    """Sentences on 300 calls and 10 dates."""
    blank = Estimate(np.nan, np.nan, np.nan)
    both = (Estimate(41_200, 0, 0), Estimate(35_000, 0, 0), Estimate(6_200, 1_000, 11_400)) if value else (blank,) * 3
    found = {"model": Found(Estimate(mine, 0, 0), both[0]), "rule": Found(Estimate(other, 0, 0), both[1])}
    return sentences(found, {"rule": Found(more, both[2])}, NAMES, 300, 10, money)


START = "With 300 calls a cycle, on 10 past dates: Ebb found"


def test_what_the_cfo_reads() -> None:
    """Both lists, the difference and its interval."""
    more = Estimate(33, 15, 51)
    leavers = f"{START} 214 customers a time who were about to leave, today's rule (nothing for 91 days) 181: 33 more"
    assert told(214, 181, more) == [f"{leavers} (15 to 51)."]
    assert told(214, 181, more, "GBP in the year before", Found(more, more)) == [
        f"{leavers} (15 to 51).",
        f"{START} leavers a time who together had spent 41,200 GBP in the year before, today's rule (nothing for 91 "
        "days) 35,000: 6,200 more (1,000 to 11,400).",
    ]


def test_no_money_no_sentence_about_it() -> None:
    """Neither where it is not asked for nor where it is not known."""
    more = Estimate(33, 15, 51)
    assert len(told(214, 181, more, None, Found(more, more))) == 1
    assert len(told(214, 181, more, "GBP")) == 1


CLAIMS = {
    "fewer": (181, 214, Estimate(-33, -51, -15), "33 fewer (15 to 51)."),
    "no difference": (190, 181, Estimate(9, -4, 22), "no difference is shown (-4 to +22)."),
    "touching zero": (190, 181, Estimate(9, 0, 22), "no difference is shown (+0 to +22)."),
    "no minus nothing": (190, 181, Estimate(9, -0.2, 22), "no difference is shown (+0 to +22)."),
    "decimals that add up": (213.6, 180.4, Estimate(33.2, 15, 51), "213.6 .* 180.4: 33.2 more (15.0 to 51.0)."),
    "a claim stays away from zero": (4, 2, Estimate(2, 0.3, 5), "2.0 more (0.3 to 5.0)."),
}


@pytest.mark.parametrize(("mine", "other", "more", "end"), CLAIMS.values(), ids=CLAIMS.keys())
def test_an_interval_with_zero_claims_nothing(mine: float, other: float, more: Estimate, end: str) -> None:
    """And every other says which way, in figures that add up."""
    (said,) = told(mine, other, more)
    first, *rest = end.split(" .* ")
    assert f" {first}" in said
    assert said.endswith(f" {(rest or [first])[0]}")


def test_one_is_singular_and_dates_are_counted() -> None:
    """One call, one date."""
    found, more = found_at_capacity(ROWS, BOTH, "model", 1, 100, 7)
    (said,) = sentences(found, more, NAMES, 1, 1, None)
    assert said.startswith("With 1 call a cycle, on 1 past date: Ebb found")
    with pytest.raises(ValueError, match="unpack"):
        sentences(found, {}, NAMES, 1, 1, None)


def test_thirty_thousand_rows_take_seconds() -> None:
    """10 dates of 3,000 customers, four orders: 100 draws take less than 2.5 seconds of one core."""
    rows, orders = world(5, 10, 3000)
    tied = (orders["blind"][0].round(1), orders["blind"][1].round(1))
    start = time.process_time()
    found_at_capacity(rows, {**orders, "tied": tied}, "model", 300, 100, 7)
    assert time.process_time() - start < 2.5
