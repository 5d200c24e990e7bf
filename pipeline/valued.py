"""The spend forecast as files: value.json with its verdict, value.txt with its trees; the champion holds both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.booster import booster_text
from models.table import Floats, TrainingTable
from models.value import Shape, ValueModel
from models.value_total import TotalSpread
from pipeline.errors import ArtifactError
from pipeline.tables import read_json, write_json, write_text

DATA, TREES = "value.json", "value.txt"
BEFORE_VALUES = "champion_without_value"  # why amounts are withheld where the champion is older than forecasts of spend


@dataclass(frozen=True)
class Valued:
    """A forecast and whether its amounts may be shown; `model` None: there is none, and `why_not_known` says why."""

    why_not_known: str | None
    model: ValueModel | None = None
    shape: Shape = field(default_factory=Shape)
    total: TotalSpread | None = None

    @property
    def known(self) -> bool:
        """Whether amounts may be shown."""
        return self.why_not_known is None

    def expected(self, table: TrainingTable) -> Floats | None:
        """Expected spend of a customer who stays, one per row in whole hundredths; None if it is withheld.

        Raises ArtifactError if the table lacks a feature.
        """
        if not self.known or self.model is None:
            return None
        try:
            return self.shape.expected(self.model.parts(table, trees=self.shape.strength != 0)).round(2)
        except KeyError as error:
            raise ArtifactError(
                f"the spend forecast needs the feature {error}, which the table lacks: run `make repro`."
            ) from None

    def about(self) -> dict[str, Any]:
        """What scoring.json says: whether amounts are known, why not, and how far their sum may miss its forecast."""
        low, high = self.total.interval() if self.known and self.total else (None, None)
        return {
            "known": self.known,
            "why_not_known": self.why_not_known,
            "total_ratio": {
                "low": None if low is None else round(low, 6),
                "high": None if high is None else round(high, 6),
            },
            "leavers_spend": self.model.leavers if self.known and self.model else None,
        }


def write_valued(folder: Path, found: Valued, more: Mapping[str, Any]) -> None:
    """Write both files; without a model the trees' file is empty, since a champion has the same files always."""
    write_text(booster_text(found.model.booster) if found.model else "", folder / TREES)
    content = {
        "known": found.known,
        "why_not_known": found.why_not_known,
        "shape": found.shape.to_json(),
        "total": found.total.to_json() if found.total else None,
        "model": found.model.to_json() if found.model else None,
        **more,
    }
    write_json(content, folder / DATA)


def load_valued(folder: Path, manifest: Mapping[str, Any]) -> Valued:
    """The forecast of a folder whose files the caller has verified; a champion of earlier code has none."""
    if DATA not in manifest["files"]:
        return Valued(BEFORE_VALUES)
    content = read_json(folder / DATA)
    model, total = content["model"], content["total"]
    return Valued(
        content["why_not_known"],
        ValueModel.from_data(model, (folder / TREES).read_text(encoding="utf-8")) if model else None,
        Shape(**content["shape"]),
        TotalSpread.from_json(total) if total else None,
    )
