"""Why probabilities changed: parts that add up exactly, whatever is swapped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.blend import Blend
from models.calibration import Calibrator
from models.change import PARTS, Change, Steps, causes, change, means, millionths, shares, steps, unchanged
from models.chosen import Chosen
from models.promise import Spread
from models.table import Floats

probability = st.floats(0, 1)
chain = st.lists(st.tuples(probability, probability, probability, probability), max_size=40)


def columns(rows: list[tuple[float, ...]], number: int) -> Floats:
    return np.array([row[number] for row in rows], np.float64)


@given(chain)
def test_the_parts_add_up_exactly(rows: list[tuple[float, ...]]) -> None:
    """In millionths, as shares with six decimals, and in their means; and the change is the list's own."""
    before, now = columns(rows, 0), columns(rows, 3)
    found = change(before, now, Steps(columns(rows, 1), columns(rows, 2)))
    assert found.data is not None
    assert found.model is not None
    assert found.calibration is not None
    assert (found.data + found.model + found.calibration == found.total).all()
    told = [shares(part).tolist() for part in (found.data, found.model, found.calibration)]
    assert [round(sum(parts), 6) for parts in zip(*told, strict=True)] == shares(found.total).tolist()
    assert np.abs(shares(found.total) - (now - before)).max(initial=0) <= 1.01e-6
    mean = means(found)
    if rows:
        assert round(sum(mean[f"mean_{name}"] or 0 for name in PARTS), 6) == mean["mean_change"]
        assert mean["mean_change"] == pytest.approx(float((now - before).mean()), abs=2e-6)
    else:
        assert set(mean.values()) == {None}


@given(chain)
def test_the_same_champion_changes_nothing_but_by_the_data(rows: list[tuple[float, ...]]) -> None:
    before, now = columns(rows, 0), columns(rows, 3)
    found = change(before, now, unchanged(now))
    assert found.model is not None
    assert found.calibration is not None
    assert not found.model.any()
    assert not found.calibration.any()
    assert (found.data == found.total).all()  # type: ignore[union-attr]
    if rows:
        assert means(found)["mean_data"] == means(found)["mean_change"]


def test_a_champion_that_cannot_be_asked() -> None:
    """The change is known, its parts are not."""
    found = change(np.array([0.25]), np.array([0.5]), None)
    assert (found.total.tolist(), found.data, found.model, found.calibration) == ([250_000], None, None, None)
    assert not found.known
    assert means(found) == {"mean_change": 0.25, "mean_data": None, "mean_model": None, "mean_calibration": None}


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan"), float("inf")])
@pytest.mark.parametrize("place", range(4))
def test_what_is_no_probability(bad: float, place: int) -> None:
    values = [np.array([0.5]) for _ in range(4)]
    values[place] = np.array([bad])
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        change(values[0], values[3], Steps(values[1], values[2]))


class Says:
    """Members that give the same log odds for any table."""

    def __init__(self, **scores: float) -> None:
        self.given = {name: np.array([score]) for name, score in scores.items()}

    def scores(self, table: Any) -> dict[str, Floats]:
        """The log odds by member."""
        return self.given


def model(members: Says, blend: tuple[str, ...], intercept: float) -> Chosen:
    calibrator = Calibrator("intercept", 1.0, intercept)
    return Chosen(members, Blend("+".join(blend), blend, calibrator), Spread(0.1, 5))  # type: ignore[arg-type]


OLD = model(Says(trees=0.0, logistic=1.0), ("trees",), 0.0)
NO_TABLE: Any = None


def parts(new: Chosen, before: float) -> dict[str, int]:
    """What changed, in millionths, where the list before said `before`."""
    between = steps(OLD, new, NO_TABLE)
    found = change(np.array([before]), new.probability(NO_TABLE), between)
    return {name: int(getattr(found, name)[0]) for name in PARTS}


def test_each_swap_moves_its_own_part() -> None:
    """From 40% to 50% by the data; then only what was swapped moves, and the data's part stays as it is."""
    assert parts(OLD, 0.4) == {"data": 100_000, "model": 0, "calibration": 0}
    retrained = replace(OLD, members=Says(trees=0.5, logistic=1.0))  # type: ignore[arg-type]
    assert parts(retrained, 0.4) == {"data": 100_000, "model": 122_459, "calibration": 0}
    calibrated = model(Says(trees=0.0, logistic=1.0), ("trees",), 0.5)
    assert parts(calibrated, 0.4) == {"data": 100_000, "model": 0, "calibration": 122_459}
    blended = model(Says(trees=0.0, logistic=1.0), ("trees", "logistic"), 0.0)
    assert parts(blended, 0.4) == {"data": 100_000, "model": 0, "calibration": 122_459}


def test_why_bands_moved() -> None:
    """The cut first, then the part that pushed most in the band's direction; equal pushes are the data's."""
    found = Change(
        np.array([3, -5, 0, 2]), np.array([1, 2, 0, 1]), np.array([2, -8, 0, 1]), np.array([0, 1, 0, 0])
    )  # fmt: skip
    up, cut = np.array([1, -1, 1, 1]), np.array([False, False, True, False])
    assert causes(found, up, cut).tolist() == ["model", "model", "cut", "data"]
    assert causes(Change(found.total), up, cut).tolist() == ["unknown", "unknown", "cut", "unknown"]
    nobody = np.zeros(0, np.int64)
    assert causes(change(np.zeros(0), np.zeros(0), unchanged(np.zeros(0))), nobody, nobody.astype(bool)).tolist() == []


def test_millionths_are_told_apart() -> None:
    assert change(np.array([0.1]), np.array([0.1234566]), None).total.tolist() == [23_457]
    assert millionths(np.array([0.0, 1.0, 1e-6, 0.1234564, 0.1234566])).tolist() == [0, 1_000_000, 1, 123_456, 123_457]
