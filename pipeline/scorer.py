"""The champion at work: from rows of features to rows of scores, some customers at a time, on whatever machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.build import catalog
from models.bands import band
from models.chosen import Chosen
from models.table import unlabelled
from models.uncertain import uncertain
from pipeline.champions import Champion
from pipeline.chosen import load_chosen
from pipeline.errors import ArtifactError
from pipeline.settings import Settings
from pipeline.training_data import days, matrix
from pipeline.valued import Valued, load_valued

STAGES = ("active", "reactivated", "new")
SHOWN = ("days_since_last_activity", "usual_gap_days")
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("churn_probability", pa.float64()),
        ("raw_band", pa.string()),  # by the probability alone; what is published may stay a while in its band
        ("uncertain", pa.string()),  # a key of models.uncertain, and its numbers
        *((f"uncertain_{name}", pa.float64()) for name in ("days", "low", "high")),
        ("expected_value", pa.float64()),  # null where amounts are withheld: scoring.json says why
        ("frequency", pa.float64()),  # active days in the longest look-back, which stand in
        ("lifecycle_stage", pa.string()),
        *((name, pa.float32()) for name in SHOWN),
        ("model_version", pa.string()),
    ]
)
ODDS = "odds"  # behind the columns of SCHEMA: log odds, of which promises are made


@dataclass(frozen=True)
class Scorer:
    """A champion, loaded, and the settings that it is asked with."""

    version: str
    model: Chosen
    valued: Valued
    settings: Settings

    def scored(self, table: pa.Table) -> pa.Table:
        """One row per row of features, in their order: the columns of SCHEMA, and the log odds.

        A row's scores do not depend on the rows beside it.
        """
        names, settings = self.model.members.names, self.settings
        rows = unlabelled(matrix(table, names), names, days(table, "snapshot"))
        probability, expected = self.model.probability(rows), self.valued.expected(rows)
        history = (rows.column("active_days_lifetime"), rows.column("tenure_days"))
        doubts = uncertain(*history, *self.model.disagreement(rows), settings.churn.horizon_days)
        columns = [
            table.column("customer_id"),
            table.column("snapshot"),
            pa.array(probability),
            pa.array(band(probability, settings.risk.medium, settings.risk.high)),
            pa.array(doubts.key, pa.string()),
            *(pa.array(getattr(doubts, name), from_pandas=True) for name in ("days", "low", "high")),
            pa.nulls(table.num_rows, pa.float64()) if expected is None else pa.array(expected),
            table.column(f"active_days_{settings.features.lookback_days[-1]}d").cast(pa.float64()),
            pa.array(lifecycle_stages(table, settings)),
            *(table.column(name) for name in SHOWN),
            pa.array([self.version] * table.num_rows, pa.string()),
        ]
        return pa.Table.from_arrays(columns, schema=SCHEMA).append_column(ODDS, pa.array(self.model.odds(rows)))


def load_scorer(folder: Path, manifest: dict[str, Any], settings: Settings) -> Scorer:
    """The champion of a folder whose files the caller has verified."""
    return Scorer(folder.name, load_chosen(folder, folder, "shipped"), load_valued(folder, manifest), settings)


def refuse_unfit(chosen: Champion, names: list[str], settings: Settings) -> None:
    """Raise ArtifactError if the champion cannot be asked about a table with these columns."""
    if "shipped_members.json" not in chosen.manifest["files"]:
        raise ArtifactError(f"champion {chosen.version} was made before models were blended: run `make repro`.")
    made = {feature.name for feature in catalog(settings.feature_spec())}
    model = load_chosen(chosen.folder, chosen.folder, "shipped")
    missing = [name for name in model.members.names if name not in names or name not in made]
    if missing:
        raise ArtifactError(
            f"champion {chosen.version} needs the feature {missing[0]}, which params.yaml no longer makes: "
            "run `make repro` to train a model for the present features."
        )


def lifecycle_stages(table: pa.Table, settings: Settings) -> np.ndarray:
    """New, reactivated or active, one per row.

    New: the first activity is at most `active_within_days` old. Reactivated: not new, and back for at most as long
    after a longer break; the feature is_reactivated alone would say so for ever.
    """
    flags = [table.column(name).to_numpy() > 0 for name in ("is_new", "is_reactivated")]
    back = flags[1] & (table.column("spell_days").to_numpy() <= settings.churn.active_within_days)
    return np.array(STAGES)[np.where(flags[0], 2, back.astype(np.int64))]
