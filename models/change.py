"""Why a probability is not what it was on the list before: other data, another model, another calibration.

Four probabilities of one customer form a chain, and each step is a part, so that the parts add up to the change:

    before    what the list before said
    data      what the champion of then says of today's features
    model     what today's members say of them, blended and calibrated as then
    now       what today's list says: blended and calibrated as today

Every model has all members, whichever of them it blends, so the chain holds where blends differ too: what `calibrate`
chooses, the blend and its calibration, is one part, since the calibration was fitted to the blend. Everything is
counted in whole millionths of probability: sums of integers are exact, sums of floats are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.chosen import Chosen
from models.table import Floats, Ints, TrainingTable

PER_ONE = 1_000_000
PARTS = ("data", "model", "calibration")


@dataclass(frozen=True)
class Change:
    """One entry per customer who was on the list before, in millionths of probability.

    `data`, `model` and `calibration` add up to `total`; all three are None where the champion of then cannot be asked.
    """

    total: Ints
    data: Ints | None = None
    model: Ints | None = None
    calibration: Ints | None = None

    @property
    def known(self) -> bool:
        """Whether the parts are known, not the change alone."""
        return self.data is not None


@dataclass(frozen=True)
class Steps:
    """The two probabilities between then and now, one per row of today's features."""

    by_old_champion: Floats
    by_new_members: Floats


def millionths(probability: Floats) -> Ints:
    """Probabilities as whole millionths, half to even."""
    return np.rint(np.asarray(probability, np.float64) * PER_ONE).astype(np.int64)


def shares(amounts: Ints) -> Floats:
    """Millionths as shares; rounded to six decimals their sums are exact again."""
    return amounts / PER_ONE


def steps(old: Chosen, new: Chosen, table: TrainingTable) -> Steps:
    """What the champion of then says of today's rows, and what today's members say, blended and calibrated as then.

    Raises KeyError if today's features lack one of the champion of then.
    """
    return Steps(old.probability(table), old.blend.probability(new.members.scores(table)))


def unchanged(now: Floats) -> Steps:
    """The two steps where the champion is the same: whatever changed, changed in the data."""
    return Steps(now, now)


def change(before: Floats, now: Floats, between: Steps | None) -> Change:
    """The change of every customer and its parts; all arrays have one entry per customer, none of them NaN.

    Raises ValueError for a value that is no probability.
    """
    chain = [before, now] if between is None else [before, between.by_old_champion, between.by_new_members, now]
    for values in chain:
        if not ((values >= 0) & (values <= 1)).all():
            raise ValueError("a change is between probabilities: each value must lie between 0 and 1")
    counted = [millionths(values) for values in chain]
    parts = [later - earlier for earlier, later in pairwise(counted)]
    total = counted[-1] - counted[0]
    return Change(total) if between is None else Change(total, *parts)


def causes(found: Change, up: Ints, cut: np.ndarray) -> np.ndarray:
    """Why each band moved, one name per customer: `cut` where the edges did it, else the part that did most.

    `up` is 1 where the band went up, -1 where it went down. Where two parts did as much, the first of `PARTS`; where
    the parts are not known, `unknown`.
    """
    if found.data is None or found.model is None or found.calibration is None:
        return np.where(cut, "cut", "unknown")
    pushed = np.stack([found.data, found.model, found.calibration]) * up
    return np.where(cut, "cut", np.array(PARTS)[np.argmax(pushed, axis=0)] if len(up) else "data")


def means(found: Change) -> dict[str, float | None]:
    """Mean change and mean parts as shares with six decimals; the parts add up to the mean; None for nobody."""
    n = len(found.total)
    if n == 0:
        return dict.fromkeys(("mean_change", *(f"mean_{name}" for name in PARTS)))
    mean = round(int(found.total.sum()) / n)
    if found.model is None or found.calibration is None:
        return {"mean_change": mean / PER_ONE, **{f"mean_{name}": None for name in PARTS}}
    model, calibration = (round(int(part.sum()) / n) for part in (found.model, found.calibration))
    parts = (mean - model - calibration, model, calibration)
    return {
        "mean_change": mean / PER_ONE,
        **{f"mean_{name}": part / PER_ONE for name, part in zip(PARTS, parts, strict=True)},
    }
