"""A customer counts once in a draw: stories of a few lists, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.effect import counts_of, differences_by, effect
from models.holdout import in_holdout, programme_of
from models.pooling import Choices, pool
from models.split import check_split

HORIZON = 91
Row = tuple[int, int, int, bool, bool, float]  # customer, programme, day, contact, closed, spend


def choices(rows: list[Row]) -> Choices:
    """The rows as columns; who spends nothing left, and the band is the day's."""
    customer, programme, day, contact, closed, spend = (np.array(each) for each in zip(*rows, strict=True))
    return Choices(customer, programme, day, contact, np.full(len(rows), 0.1), closed, spend == 0, spend, {"band": day})


ANNA, BORIS, CELINE, DANA = 1, 2, 3, 4
STORY: list[Row] = [
    (ANNA, 27, 0, True, True, 50.0),  # chosen three times: at first, within the horizon, and on the day after it
    (ANNA, 27, 28, True, True, 0.0),
    (ANNA, 27, 91, True, False, 7.0),
    (BORIS, 27, 7, False, True, 0.0),  # held back, and in the next draw contacted
    (BORIS, 28, 182, True, True, 30.0),
    (CELINE, 27, 14, True, True, 20.0),  # in both arms of one draw
    (CELINE, 27, 42, False, True, 0.0),
    (DANA, 27, 98, True, False, 0.0),  # not known yet
]


def test_a_story() -> None:
    """The first choice counts, with the arm, the outcome and the band it had then."""
    pooled = pool(choices(STORY), HORIZON)
    rows = pooled.rows
    assert rows.customer.tolist() == [ANNA, BORIS, CELINE, BORIS]
    assert rows.programme.tolist() == [27, 27, 27, 28]
    assert rows.spend.tolist() == [50, 0, 20, 30]
    assert rows.contact.tolist() == [True, False, True, True]
    assert rows.groups["band"].tolist() == [0, 7, 14, 182]
    assert pooled.times.tolist() == [2, 1, 2, 1]
    assert pooled.to_json() == {"customers": 4, "again": 3, "waiting": 1, "contradicted": 1}


def test_nobody_chosen() -> None:
    """No list yet: nothing, not an error."""
    none = pool(choices(STORY).take(np.zeros(0, np.int64)), HORIZON)
    assert (len(none), none.again, none.waiting, none.contradicted) == (0, 0, 0, 0)


def test_the_same_list_twice_is_refused() -> None:
    twice = [*STORY, (BORIS, 27, 7, False, True, 0.0)]
    with pytest.raises(ValueError, match="customer 2 is chosen twice on day 7 in one draw"):
        pool(choices(twice), HORIZON)


def test_a_first_choice_cannot_be_open_when_a_later_one_is_closed() -> None:
    with pytest.raises(ValueError, match="a later choice is closed while the first is open"):
        pool(choices([(ANNA, 27, 0, True, False, 0.0), (ANNA, 27, 7, True, True, 0.0)]), HORIZON)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="all must have as many"):
        replace(choices(STORY), day=np.arange(3))


@st.composite
def any_choices(draw: st.DrawFn) -> list[Row]:
    """Lists of a few weeks: each customer at most once on a day of a draw, outcomes known up to a day."""
    keys = draw(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 20)), min_size=1, max_size=40))
    known = draw(st.integers(-1, 21))
    return [(*key, draw(st.booleans()), key[2] <= known, draw(st.floats(0, 100))) for key in sorted(keys)]


@given(any_choices(), st.randoms(use_true_random=False), st.integers(1, 30))
def test_no_row_is_lost_nobody_counts_twice_and_the_order_is_irrelevant(rows: list[Row], random, horizon: int) -> None:  # type: ignore[no-untyped-def]
    pooled = pool(choices(rows), horizon)
    assert len(pooled) + pooled.again + pooled.waiting == len(rows)
    keys = list(zip(pooled.rows.programme.tolist(), pooled.rows.customer.tolist(), strict=True))
    assert keys == sorted(set(keys))
    firsts = {(programme, customer): day for customer, programme, day, *_ in sorted(rows, key=lambda row: -row[2])}
    for key, day, source, times in zip(keys, pooled.rows.day, pooled.source, pooled.times, strict=True):
        assert day == firsts[key] == rows[source][2]
        assert times == sum((row[1], row[0]) == key and row[2] < day + horizon for row in rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = pool(choices(shuffled), horizon)
    assert again.to_json() == pooled.to_json()
    assert again.rows.spend.tolist() == pooled.rows.spend.tolist()
    assert again.times.tolist() == pooled.times.tolist()


def a_year_of_lists(kept: float) -> Choices:
    """52 weekly lists of 400 of 3,000 customers, drawn as lists draw; half would leave, `kept` of all are kept."""
    random, rows, first = np.random.default_rng(17), [], date(2026, 1, 5)
    names = [f"customer {number}" for number in range(3000)]
    drawn: dict[str, np.ndarray] = {}
    for week in range(52):
        day = first + timedelta(days=7 * week)
        programme = programme_of("programme-1", day, 182)
        held = drawn.setdefault(programme, in_holdout(names, 0.1, programme))
        for customer in np.sort(random.choice(3000, 400, replace=False)):
            left = random.random() < (0.5 if held[customer] else 0.5 - kept)
            code, spend = int(programme.split(".")[1]), 0.0 if left else 40.0
            rows.append((int(customer), code, 7 * week, not held[customer], week < 39, spend))
    return choices(rows)


def test_from_lists_to_a_claim() -> None:
    """A year of lists: three draws, each customer once in each, as many held back as drawn, and what is claimed."""
    listed = a_year_of_lists(kept=0.15)
    pooled = pool(listed, HORIZON)
    rows = pooled.rows
    assert len(listed) == 52 * 400 == len(pooled) + pooled.again + pooled.waiting
    assert pooled.contradicted == 0
    assert len(set(rows.programme.tolist())) == len(set(listed.programme[listed.closed].tolist()))
    split = check_split(rows.contact, rows.share)
    assert not split.broken
    found = effect(counts_of(rows.contact, rows.left, rows.share), split)
    assert found.claimed == "kept"
    assert found.always is not None
    assert found.always.low < 0.15 < found.always.high
    bands = differences_by(rows.groups["band"], rows.contact, rows.left, rows.share)
    assert sum(each.n_contact + each.n_holdout + each.left_out for each in bands.values()) == len(pooled)


def test_a_holdout_that_is_filtered_away_claims_nothing() -> None:
    """The same lists, but held-back customers who left are missing: the contacts would seem to drive customers away."""
    listed = a_year_of_lists(kept=0.0)
    rows = pool(listed.take(listed.contact | ~listed.left), HORIZON).rows
    counts, split = counts_of(rows.contact, rows.left, rows.share), check_split(rows.contact, rows.share)
    assert effect(counts).claimed == "lost"
    assert (effect(counts, split).claimed, effect(counts, split).why_not) == ("nothing shown", "split broken")
