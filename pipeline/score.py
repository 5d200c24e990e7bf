"""Stage: the champion's probability and expected spend for every eligible customer. Never needs MLflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from features.build import catalog
from models.bands import band
from models.chosen import Chosen
from models.promise import promises
from models.table import Floats, unlabelled
from models.uncertain import Uncertain, uncertain
from pipeline.champions import Champion, champion
from pipeline.chosen import load_chosen
from pipeline.errors import ArtifactError, run_stage
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, promised
from pipeline.tables import CURRENT, CURRENT_SUMMARY, REPORTS, SCORES, read_json, read_table, write_json, write_table
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


def main() -> None:
    """Write data/scores/scores.parquet, one row per eligible customer, and data/reports/scoring.json."""
    summary = StageSummary("score")
    settings = load_settings()
    about, chosen = read_json(CURRENT_SUMMARY), _champion(settings)
    if chosen.manifest["shipped_label_end"] > about["as_of"]:
        raise ArtifactError(
            f"champion {chosen.version} learnt from outcomes up to {chosen.manifest['shipped_label_end']}, after as_of "
            f"{about['as_of']}: it has seen the future of this list. Use a separate clone for a past date."
        )
    table = read_table(CURRENT)
    found = _score(table, chosen, settings)
    bands = band(found.probability, settings.risk.medium, settings.risk.high)
    columns = [
        table.column("customer_id"),
        table.column("snapshot"),
        pa.array(found.probability),
        pa.array(bands),
        pa.array(found.uncertain.key, pa.string()),
        *(pa.array(getattr(found.uncertain, name), from_pandas=True) for name in ("days", "low", "high")),
        pa.nulls(table.num_rows, pa.float64()) if found.expected is None else pa.array(found.expected),
        table.column(f"active_days_{settings.features.lookback_days[-1]}d").cast(pa.float64()),
        pa.array(lifecycle_stages(table, settings)),
        *(table.column(name) for name in SHOWN),
        pa.array([chosen.version] * table.num_rows),
    ]
    rows = write_table([pa.Table.from_arrays(columns, schema=SCHEMA)], SCHEMA, SCORES / "scores.parquet")
    report = _report(about, chosen, found, settings)
    write_json(report, REPORTS / "scoring.json")
    _say(summary, report, rows)


@dataclass(frozen=True)
class Scored:
    """One entry per customer, but for `model` and `valued`, which made them; `expected` None: withheld."""

    model: Chosen
    odds: Floats
    probability: Floats
    uncertain: Uncertain
    valued: Valued
    expected: Floats | None


def _champion(settings: Settings) -> Champion:
    found = champion()
    if found is None:
        waits = " It waits for `make promote` (promote.mode is ask)." if settings.promote.mode == "ask" else ""
        raise ArtifactError(f"there is no champion to score with.{waits or ' Run `make repro`.'}")
    return found


def _score(table: pa.Table, chosen: Champion, settings: Settings) -> Scored:
    """Probabilities and expected spend, a row per customer. Raises ArtifactError if the champion cannot make them."""
    if "shipped_members.json" not in chosen.manifest["files"]:
        raise ArtifactError(f"champion {chosen.version} was made before models were blended: run `make repro`.")
    model = load_chosen(chosen.folder, chosen.folder, "shipped")
    names, made = model.members.names, {feature.name for feature in catalog(settings.feature_spec())}
    missing = [name for name in names if name not in table.column_names or name not in made]
    if missing:
        raise ArtifactError(
            f"champion {chosen.version} needs the feature {missing[0]}, which params.yaml no longer makes: "
            "run `make repro` to train a model for the present features."
        )
    rows = unlabelled(matrix(table, names), names, days(table, "snapshot"))
    odds = model.odds(rows)
    low, high = model.disagreement(rows)
    history = (rows.column("active_days_lifetime"), rows.column("tenure_days"))
    valued = load_valued(chosen.folder, chosen.manifest)
    return Scored(
        model,
        odds,
        model.probability(rows),
        uncertain(*history, low, high, settings.churn.horizon_days),
        valued,
        valued.expected(rows),
    )


def lifecycle_stages(table: pa.Table, settings: Settings) -> np.ndarray:
    """New, reactivated or active, one per row.

    New: the first activity is at most `active_within_days` old. Reactivated: not new, and back for at most as long
    after a longer break; the feature is_reactivated alone would say so for ever.
    """
    flags = [table.column(name).to_numpy() > 0 for name in ("is_new", "is_reactivated")]
    back = flags[1] & (table.column("spell_days").to_numpy() <= settings.churn.active_within_days)
    return np.array(STAGES)[np.where(flags[0], 2, back.astype(np.int64))]


def _report(about: dict[str, Any], chosen: Champion, found: Scored, settings: Settings) -> dict[str, Any]:
    cuts = (settings.risk.medium, settings.risk.high)
    return {
        "as_of": about["as_of"],
        "model_version": chosen.version,
        "champion": chosen.pointer["how"],
        "rolled_back_from": chosen.rolled_back_from,
        "blend": found.model.blend.name,
        "grade": chosen.manifest["metrics"]["grade"],
        "warnings": chosen.manifest["metrics"]["warnings"],
        "eligible": about["eligible"],
        "lapsed": about["lapsed"],
        "objected": about["objected"],
        "uncertain": sum(reason is not None for reason in found.uncertain.key),
        "mean_probability": round(float(found.probability.mean()), 6),
        "raw_bands": {name: item.to_json() for name, item in promises(found.odds, found.model.spread, cuts).items()},
        "spread": found.model.spread.to_json(),
        "value": {**found.valued.about(), "expected_value": _total(found.expected)},
    }


def _total(expected: Floats | None) -> float | None:
    """The sum of expected spend over customers, if they all stay; None if it is withheld."""
    return None if expected is None else round(float(expected.sum()), 2)


def _say(summary: StageSummary, report: dict[str, Any], rows: int) -> None:
    summary.line("as of", report["as_of"])
    summary.line("champion", f"{report['model_version']}, {report['champion']}")
    summary.line("customers in", report["eligible"])
    summary.line("customers scored", rows)
    for name, item in report["raw_bands"].items():
        summary.line(name, promised(item))
    value = report["value"]
    said = f"{value['expected_value']:,.0f} if all stay" if value["known"] else f"withheld: {value['why_not_known']}"
    summary.line("expected spend", said)
    summary.line("uncertain", f"{report['uncertain']:,}, each with its reason")
    summary.line("grade", f"{report['grade']['letter']}: {report['grade']['sentence']}")
    for warning in report["warnings"]:
        summary.warn(warning)
    if report["rolled_back_from"]:
        summary.warn(f"The champion was rolled back by hand from {report['rolled_back_from']}.")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
