"""What adds up over chunks of customers: the lapsed by their history, and activity by day."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import gathered
from pipeline.gathered import LAPSED, Gathered, added_up, histories, on_days

COLUMNS = LAPSED.names[:-1]
SMALL = st.tuples(*[st.integers(0, 3)] * 4)
# So far apart that the columns do not fit one number together.
FAR = st.tuples(*[st.sampled_from([-(2**40), 0, 5, 2**40])] * 4)
ROWS = st.lists(st.tuples(SMALL, st.integers(1, 9)), min_size=1, max_size=30)
SPREAD = st.lists(st.tuples(FAR, st.integers(1, 9)), min_size=1, max_size=30)


@given(ROWS | SPREAD)
def test_equal_histories_become_one_with_their_customers_added(rows: list[tuple[tuple[int, ...], int]]) -> None:
    expected: Counter[tuple[int, ...]] = Counter()
    for history, customers in rows:
        expected[history] += customers
    table = added_up(np.array([[*history, customers] for history, customers in rows], np.int64))
    assert table.tolist() == [[*history, expected[history]] for history in sorted(expected)]


def lapsed(*rows: tuple[int, int, int, int]) -> np.ndarray:
    return histories({name: np.array([row[place] for row in rows]) for place, name in enumerate(COLUMNS)})


def test_nobody_lapsed_is_no_row() -> None:
    whole = Gathered(100)
    whole.add(lapsed(), {})
    assert whole.lapsed().num_rows == 0
    assert whole.lapsed().schema == LAPSED
    assert whole.activity().num_rows == 0


def test_the_order_of_chunks_makes_no_difference_and_memory_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same 10 histories in each of 50 chunks are held as few rows."""
    monkeypatch.setattr(gathered, "MOST_HELD", 40)
    chunks = [lapsed(*((7, place % 3, place, 9) for place in range(10))) for _ in range(50)]
    odd = lapsed((6, 1, 2, 3))
    first, second = Gathered(0), Gathered(0)
    for chunk in [odd, *chunks]:
        first.add(chunk, {})
        assert sum(map(len, first._lapsed)) <= 40 + 2 * 11
    for chunk in [*chunks, odd]:
        second.add(chunk, {})
    assert first.lapsed().equals(second.lapsed())
    assert first.lapsed().num_rows == 11
    assert sum(first.lapsed().column("customers").to_pylist()) == 501


def test_days_are_counted_from_the_first_to_the_last_of_all_chunks() -> None:
    whole = Gathered(10)
    whole.add(lapsed(), {"active": on_days(np.array([10, 12, 12]), 10), "newcomers": on_days(np.array([10]), 10)})
    whole.add(lapsed(), {"active": on_days(np.array([15, 10]), 10), "newcomers": on_days(np.array([15]), 10)})
    table = whole.activity()
    assert [day.toordinal() - 719163 for day in table.column("day").to_pylist()] == [10, 11, 12, 13, 14, 15]
    assert table.column("active").to_pylist() == [2, 0, 2, 0, 0, 1]
    assert table.column("newcomers").to_pylist() == [1, 0, 0, 0, 0, 1]
