"""The rule that picks a horizon, on candidates made by hand."""

from __future__ import annotations

import pytest

from pipeline.errors import EventError
from pipeline.suggesting.horizons import Candidate, active_within, choose


def candidate(horizon: int, outlasted: float, leave: float = 0.4, **changes: object) -> Candidate:
    return Candidate(horizon, active_within(horizon), outlasted, base_rate=leave, **changes)  # type: ignore[arg-type]


def test_the_shortest_that_at_most_a_tenth_of_the_gaps_outlast() -> None:
    found = [candidate(7, 0.3), candidate(14, 0.1), candidate(21, 0.05)]
    picked, why = choose(found)
    assert picked.horizon_days == 14
    assert why.startswith("the shortest that at most 10% of the gaps")


def test_the_longest_where_none_is_long_enough_and_it_is_said() -> None:
    picked, why = choose([candidate(7, 0.6), candidate(91, 0.26), candidate(182, 0.0, why_not="too long")])
    assert picked.horizon_days == 91
    assert "still 26% of the gaps" in why


def test_where_nearly_nobody_leaves_another_horizon_is_taken() -> None:
    assert choose([candidate(14, 0.1, leave=0.02), candidate(91, 0.01, leave=0.2)])[0].horizon_days == 91


def test_slices_with_half_of_their_history_are_the_last_resort() -> None:
    found = [candidate(91, 0.2), candidate(182, 0.05, short_history=True)]
    assert choose(found)[0].horizon_days == 91
    assert choose(found[1:])[0].horizon_days == 182


def test_if_nobody_ever_leaves_the_proposal_says_that_there_is_little_to_rank() -> None:
    assert choose([candidate(7, 0.0, leave=0.0)])[1].endswith("so there is little to rank")


def test_without_any_usable_horizon_the_first_fault_is_told() -> None:
    with pytest.raises(EventError, match=r"too short for every horizon: no label closes\."):
        choose([candidate(7, 0.0, why_not="no label closes.")])


@pytest.mark.parametrize(("horizon", "active"), [(7, 21), (21, 63), (28, 84), (42, 84), (91, 182)])
def test_how_long_ago_the_last_activity_may_lie(horizon: int, active: int) -> None:
    assert active_within(horizon) == active
