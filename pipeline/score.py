"""Stage: the champion's probability for every eligible customer, with the band and the reasons. Never needs MLflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from features.build import catalog
from features.catalog import Feature
from features.sentences import columns_needed, sentence
from models.bands import band
from models.chosen import Chosen
from models.promise import promises
from models.reasons import strongest
from models.table import TrainingTable, unlabelled
from models.uncertain import uncertain
from pipeline.champions import Champion, champion
from pipeline.chosen import load_chosen
from pipeline.errors import ArtifactError, run_stage
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress, promised
from pipeline.tables import CURRENT, CURRENT_SUMMARY, REPORTS, SCORES, read_json, read_table, write_json, write_table
from pipeline.training_data import days, matrix

REASONS = 3
CHUNK = 20_000  # customers whose contributions are held at a time
SHOWN = ("days_since_last_activity", "usual_gap_days")
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("churn_probability", pa.float64()),
        ("risk_band", pa.string()),
        *((f"reason_{number + 1}", pa.string()) for number in range(REASONS)),
        ("uncertain", pa.string()),
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
        *(pa.array([row[number] for row in found.reasons], pa.string()) for number in range(REASONS)),
        pa.array(found.uncertain, pa.string()),
        *(table.column(name) for name in SHOWN),
        pa.array([chosen.version] * table.num_rows),
    ]
    rows = write_table([pa.Table.from_arrays(columns, schema=SCHEMA)], SCHEMA, SCORES / "scores.parquet")
    report = _report(about, chosen, found, settings)
    write_json(report, REPORTS / "scoring.json")
    _say(summary, report, rows)


@dataclass(frozen=True)
class Scored:
    """One entry per customer, but for `model`, which made them."""

    model: Chosen
    odds: np.ndarray
    probability: np.ndarray
    reasons: list[list[str | None]]
    uncertain: list[str | None]


def _champion(settings: Settings) -> Champion:
    found = champion()
    if found is None:
        waits = " It waits for `make promote` (promote.mode is ask)." if settings.promote.mode == "ask" else ""
        raise ArtifactError(f"there is no champion to score with.{waits or ' Run `make repro`.'}")
    return found


def _score(table: pa.Table, chosen: Champion, settings: Settings) -> Scored:
    """Probabilities and reasons, a row per customer. Raises ArtifactError if the champion cannot score these rows."""
    if "shipped_members.json" not in chosen.manifest["files"]:
        raise ArtifactError(f"champion {chosen.version} was made before models were blended: run `make repro`.")
    model, features = load_chosen(chosen.folder, chosen.folder, "shipped"), catalog(settings.feature_spec())
    names, units = model.members.names, {feature.name: feature for feature in features}
    missing = [name for name in names if name not in table.column_names or name not in units]
    if missing:
        raise ArtifactError(
            f"champion {chosen.version} needs the feature {missing[0]}, which params.yaml no longer makes: "
            "run `make repro` to train a model for the present features."
        )
    rows = unlabelled(matrix(table, names), names, days(table, "snapshot"))
    odds = model.odds(rows)
    low, high = model.disagreement(rows)
    history = (rows.column("active_days_lifetime"), rows.column("tenure_days"))
    return Scored(
        model,
        odds,
        model.probability(rows),
        _reasons(table, rows, model, features),
        uncertain(*history, low, high, settings.churn.horizon_days),
    )


def _reasons(table: pa.Table, rows: TrainingTable, model: Chosen, features: list[Feature]) -> list[list[str | None]]:
    names, units = model.members.names, {feature.name: feature for feature in features}
    shown = {name: table.column(name).to_numpy() for name in columns_needed(features)}
    reasons: list[list[str | None]] = []
    for start in progress(range(0, len(rows), CHUNK), "reasons"):
        part = model.contributions(rows.take(np.arange(start, min(start + CHUNK, len(rows)))))
        picked = strongest(part, [units[name].family for name in names], REASONS)
        for offset, row in enumerate(picked.tolist()):
            own = {name: float(column[start + offset]) for name, column in shown.items()}
            reasons.append([sentence(units[names[index]], own, units) if index >= 0 else None for index in row])
    return reasons


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
        "uncertain": sum(reason is not None for reason in found.uncertain),
        "mean_probability": round(float(found.probability.mean()), 6),
        "bands": {name: item.to_json() for name, item in promises(found.odds, found.model.spread, cuts).items()},
    }


def _say(summary: StageSummary, report: dict[str, Any], rows: int) -> None:
    summary.line("as of", report["as_of"])
    summary.line("champion", f"{report['model_version']}, {report['champion']}")
    summary.line("customers in", report["eligible"])
    summary.line("customers scored", rows)
    for name, item in report["bands"].items():
        summary.line(name, promised(item))
    summary.line("uncertain", f"{report['uncertain']:,}, each with its reason")
    summary.line("grade", f"{report['grade']['letter']}: {report['grade']['sentence']}")
    for warning in report["warnings"]:
        summary.warn(warning)
    if report["rolled_back_from"]:
        summary.warn(f"The champion was rolled back by hand from {report['rolled_back_from']}.")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
