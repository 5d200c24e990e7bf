"""What scores customers: the fitted members, the blend chosen among them and the spread of its past misses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.blend import Blend
from models.calibration import sigmoid
from models.members import Members
from models.promise import Spread
from models.table import Floats, TrainingTable


@dataclass(frozen=True)
class Said:
    """What a model says, one entry per row: calibrated log odds, and the probabilities of blend and members."""

    odds: Floats
    probability: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Chosen:
    """A model as it is judged or shipped."""

    members: Members
    blend: Blend
    spread: Spread

    def odds(self, table: TrainingTable) -> Floats:
        """Calibrated log odds of leaving, one per row. Raises KeyError if the table lacks a feature."""
        return self.blend.odds(self.members.scores(table))

    def probability(self, table: TrainingTable) -> Floats:
        """Churn probabilities, one per row. Raises KeyError if the table lacks a feature."""
        return self.blend.probability(self.members.scores(table))

    def disagreement(self, table: TrainingTable) -> tuple[Floats, Floats]:
        """Lowest and highest probability that any member of the blend gives, one pair per row."""
        return self._apart(self.members.scores(table))

    def all_said(self, table: TrainingTable) -> Said:
        """Odds, probability and disagreement at once: what takes time is to ask the members."""
        scores = self.members.scores(table)
        return Said(self.blend.odds(scores), self.blend.probability(scores), *self._apart(scores))

    def _apart(self, scores: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        each = [sigmoid(scores[name]) for name in self.blend.members]
        low, high = each[0], each[0]
        for other in each[1:]:
            low, high = other.clip(max=low), other.clip(min=high)
        return low, high

    def contributions(self, table: TrainingTable) -> Floats:
        """Log odds that each feature of `members.names` adds: a row per row, a column per feature."""
        return self.members.contributions(table, self.blend.members)

    @staticmethod
    def from_data(members: Mapping[str, Any], booster: str, calibration: Mapping[str, Any]) -> Chosen:
        """The model from plain data and LightGBM's text, all checked by the caller."""
        spread = Spread.from_json(calibration["spread"])
        return Chosen(Members.from_data(members, booster), Blend.from_json(calibration), spread)
