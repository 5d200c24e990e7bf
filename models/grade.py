"""A grade from A to D, in words, from what was measured on rows out of time."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np

from models.intervals import LEVEL, Estimate
from models.metrics import BINS, Groups, all_metrics
from models.table import Bools, Floats

SMALL_ERROR, LARGE_ERROR = 0.03, 0.10  # calibration error: more costs the percentages, or everything
FAIR_LIFT, GOOD_LIFT = 0.4, 0.5
ENOUGH_CUSTOMERS, ENOUGH_LEAVERS = 500, 100  # with fewer nobody can be sure of an A
AGAIN = f" Grade again when {ENOUGH_CUSTOMERS} customers and {ENOUGH_LEAVERS} leavers have been seen."
MORE = "more kinds of events (visits, returns, complaints)"
_WEAK = f"Show no percentages, expect little of the order, bring {MORE}."
_ORDER = "Use the order of the list, not the percentages, until a season was seen twice."
_PERCENTAGES = f"Plan with the percentages; to reach more leavers, call more people or bring {MORE}."
_SHARPEN = f"Use the list and its percentages; {MORE} would sharpen its order."
_ALL = "Use the list from the top, plan with its percentages, keep the holdout to see what calls bring."


@dataclass(frozen=True)
class Grade:
    """One grade of one model: letter, sentence for marketing, one reason per question, next step and figures.

    Calibration error and noise floor are shares (0.03 is 3 points), the difference is log loss in nats, NaN: unknown.
    `next_key` is the next step as a name that other languages have a text for.
    """

    letter: str
    sentence: str
    reasons: tuple[str, ...]
    next_step: str
    next_key: str
    figures: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """As a report holds it, figures rounded to six decimals."""
        figures = {name: round(value, 6) for name, value in self.figures.items()}
        return {**asdict(self), "reasons": list(self.reasons), "figures": figures}


def noise_floor(probability: Floats, draws: int = 200, seed: int = 7, bins: int = BINS) -> float:
    """One share for all rows: the calibration error that chance alone explains if every probability is true.

    The 95% quantile of the error as models.metrics has it, outcomes drawn from the probabilities: the consistency
    resampling of Broecker and Smith, Weather and Forecasting 22(3), 2007. Rows are drawn one by one; where those of a
    customer leave together, chance explains more. Raises ValueError for no rows or no probabilities.
    """
    _refuse(probability, probability)
    p, random = np.sort(probability), np.random.default_rng(seed)
    _, of_row, count = np.unique(p, return_inverse=True, return_counts=True)
    bin_of = (bins * (np.cumsum(count) - count / 2) / len(p)).astype(np.int64)[of_row]
    starts = np.flatnonzero(np.diff(bin_of, prepend=-1))
    gaps = (np.add.reduceat(p - (random.random(len(p)) < p), starts) for _ in range(draws))
    return float(np.quantile([np.abs(gap).sum() for gap in gaps], LEVEL)) / len(p)


def lift_quality(probability: Floats, churned: Bools) -> float:
    """One figure for all rows: the share of the area between chance and the perfect gain curve that is covered.

    1 is a perfect order, 0 is chance. It is 2 AUC - 1, ties half: the accuracy ratio of Engelmann, Hayden and Tasche,
    "Testing rating accuracy", Risk 16(1), 2003. NaN for one outcome only; raises ValueError as `grade` does.
    """
    _refuse(probability, churned)
    return 2 * all_metrics(Groups.of(probability, churned), np.ones(len(churned)))["roc_auc"] - 1


def grade(
    probability: Floats, churned: Bools, against_best: Estimate, best_name: str, customers: int, leavers: int
) -> Grade:
    """One grade from out-of-time rows, one entry per row, outcomes known; the rules are those of `_Asked.letter`.

    `against_best` is the model's log loss less the best baseline's, in nats; `best_name` stands in the sentences as it
    is ("the rule 'nothing for 45 days'"); `customers` and `leavers` count people. Raises ValueError for no rows, values
    that are no probabilities, or lengths that differ.
    """
    lift = round(lift_quality(probability, churned), 6)  # what a report shows is what the limits see
    error = round(all_metrics(Groups.of(probability, churned), np.ones(len(churned)))["ece"], 6)
    floor, ends = round(noise_floor(probability), 6), ("", "_low", "_high")
    figures = {"calibration_error": error, "calibration_noise_floor": floor, "lift_quality": lift}
    figures |= {f"log_loss_difference{end}": value for end, value in zip(ends, astuple(against_best), strict=True)}
    asked = _Asked((error, floor, lift), against_best, best_name, (customers, leavers))
    key, step = asked.next_step(bool(churned.any()))
    return Grade(asked.letter(), asked.sentence(), asked.reasons(), step, key, figures)


def _refuse(probability: Floats, outcomes: Floats | Bools) -> None:
    rows, good = len(probability), int(((probability >= 0) & (probability <= 1)).sum())
    if not 0 < rows == good == len(outcomes):
        found = f"{rows:,} probabilities, of them {good:,} from 0 to 1, and {len(outcomes):,} outcomes"
        raise ValueError(f"{found}: give one of each for every row, and at least one row")


def _points(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0") + (" point" if f"{share:.3f}" == "0.010" else " points")


class _Asked:
    """The four questions, answered."""

    def __init__(self, measured: tuple[float, float, float], against: Estimate, best: str, seen: tuple[int, int]):
        self.error, self.floor, self.lift = error, floor, lift = measured
        self.against, self.best, self.rule = against, best, best[:1].upper() + best[1:]
        self.known = known = bool(np.isfinite([against.value, against.low, against.high]).all())
        self.beats, self.worse = known and against.high < 0, known and against.low > 0
        self.level = known and not self.beats and not self.worse
        self.calibrated, self.bearable = error <= max(SMALL_ERROR, floor), error <= max(LARGE_ERROR, floor)
        self.ranks, self.both = lift >= FAIR_LIFT, not np.isnan(lift)
        self.enough = seen[0] >= ENOUGH_CUSTOMERS and seen[1] >= ENOUGH_LEAVERS
        self.people = f"customers: {seen[0]:,}, leavers: {seen[1]:,}"

    def letter(self) -> str:
        """A: all holds and enough was seen; B: beats the best baseline; C: is not worse than it; D: the rest."""
        if self.beats and self.calibrated and self.lift >= GOOD_LIFT and self.enough:
            return "A"
        if self.both and self.beats and (self.calibrated or self.ranks):
            return "B"
        return "C" if self.both and (self.beats or self.level) and self.bearable else "D"

    def sentence(self) -> str:
        """For marketing: no term that needs an explanation."""
        said = [f"The model {'predicts better than' if self.beats else 'cannot be compared with'} {self.best}"]
        if self.level or self.worse:
            said = [f"{self.rule} {'would do as well as' if self.level else 'predicts better than'} the model"]
        miss = f"differ by {_points(self.error)} on average (chance alone explains up to {_points(self.floor)})"
        said += [f"what the model promises and what happens {miss}"]
        way = f"its list goes {self.lift:.0%} of the way from a random order to a perfect one"
        said += [way if self.both else "everybody had the same outcome, so its order cannot be judged"]
        few = [] if self.enough else [f"too few were seen to be sure of more than a B ({self.people})"]
        return "; ".join(said + few) + "."

    def reasons(self) -> tuple[str, ...]:
        """One per question: measured, limit, answer."""
        against, way = self.against, f"{self.lift:.0%} of the way" if self.both else "nobody knows how far"
        loss = f"Log loss differs by {against.value:+.4f} ({against.low:+.4f} to {against.high:+.4f}), less is better"
        answers = {
            f"Better than {self.best}? {loss if self.known else 'Log loss cannot be compared'}; "
            "the whole interval must lie below zero": self.beats,
            f"Do the percentages hold? They miss by {_points(self.error)} on average; at most {_points(SMALL_ERROR)} "
            f"are allowed, or what chance alone explains ({_points(self.floor)})": self.calibrated,
            f"Do leavers come first? The list goes {way} from a random order to a perfect one; "
            f"at least {FAIR_LIFT:.0%} are needed, for an A {GOOD_LIFT:.0%}": self.ranks,
            f"Were enough seen? {self.people}; an A needs {ENOUGH_CUSTOMERS} and {ENOUGH_LEAVERS}": self.enough,
        }
        return tuple(f"{said}: {'passed' if passed else 'not passed'}." for said, passed in answers.items())

    def next_step(self, anybody_left: bool) -> tuple[str, str]:
        """What to do now, as a key and a sentence: the first of these that applies, and when to grade again."""
        as_well, change = f"{self.rule} would do as well: use it", "Lengthen" if anybody_left else "Shorten"
        one = f"{change} churn.horizon_days: with one outcome nothing can be learnt."
        worse = f"Use {self.best}, not the model, and bring longer history or {MORE}."
        level = f"{as_well} where it is simpler, or bring longer history or {MORE}."
        off = f"{as_well}, and show no percentage of the model's: they miss by {_points(self.error)}."
        steps = [
            (not self.both, "change_horizon", one),
            (not self.known, "clip", "Clip the predictions: one of 0% or 100% was wrong, and nothing outweighs that."),
            (self.worse, "use_rule", worse),
            (self.level and self.bearable, "rule_as_well", level),
            (self.level, "rule_no_percentages", off),
            (not self.calibrated and not self.ranks, "expect_little", _WEAK),
            (not self.calibrated, "use_order", _ORDER),
            (not self.ranks, "use_percentages", _PERCENTAGES),
            (self.lift < GOOD_LIFT, "use_and_sharpen", _SHARPEN),
            (True, "use_all", _ALL),
        ]
        key, step = next((key, step) for applies, key, step in steps if applies)
        return key, step + ("" if self.enough else AGAIN)
