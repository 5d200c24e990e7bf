"""Stage: the champion's probability for every eligible customer, with the band and the reasons. Never needs MLflow."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from features.build import catalog
from features.catalog import Feature
from features.sentences import columns_needed, sentence
from models.bands import BANDS, band
from models.booster import booster_from_text, contributions, raw_scores
from models.calibration import Calibrator
from models.reasons import strongest
from pipeline.champions import Champion, champion
from pipeline.errors import ArtifactError, run_stage
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import CURRENT, CURRENT_SUMMARY, REPORTS, SCORES, read_json, read_table, write_json, write_table
from pipeline.training_data import matrix

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
    probability, reasons = _score(table, chosen, catalog(settings.feature_spec()))
    bands = band(probability, settings.risk.medium, settings.risk.high)
    columns = [
        table.column("customer_id"),
        table.column("snapshot"),
        pa.array(probability),
        pa.array(bands),
        *(pa.array([row[number] for row in reasons], pa.string()) for number in range(REASONS)),
        *(table.column(name) for name in SHOWN),
        pa.array([chosen.version] * table.num_rows),
    ]
    rows = write_table([pa.Table.from_arrays(columns, schema=SCHEMA)], SCHEMA, SCORES / "scores.parquet")
    report = _report(about, chosen, probability, bands, date.fromisoformat(about["as_of"]))
    write_json(report, REPORTS / "scoring.json")
    _say(summary, report, rows)


def _champion(settings: Settings) -> Champion:
    found = champion()
    if found is None:
        waits = " It waits for `make promote` (promote.mode is ask)." if settings.promote.mode == "ask" else ""
        raise ArtifactError(f"there is no champion to score with.{waits or ' Run `make repro`.'}")
    return found


def _score(table: pa.Table, chosen: Champion, features: list[Feature]) -> tuple[np.ndarray, list[list[str | None]]]:
    """Probabilities and reasons, a row per customer. Raises ArtifactError if the champion's features are gone."""
    booster = booster_from_text((chosen.folder / "shipped.txt").read_text(encoding="utf-8"))
    names, units = tuple(booster.feature_name()), {feature.name: feature for feature in features}
    missing = [name for name in names if name not in table.column_names or name not in units]
    if missing:
        raise ArtifactError(
            f"champion {chosen.version} needs the feature {missing[0]}, which params.yaml no longer makes: "
            "run `make repro` to train a model for the present features."
        )
    calibrator = Calibrator.from_json(read_json(chosen.folder / "shipped_calibration.json"))
    values = matrix(table, names)
    shown = {name: table.column(name).to_numpy() for name in columns_needed(features)}
    reasons: list[list[str | None]] = []
    for start in progress(range(0, len(values), CHUNK), "reasons"):
        part = contributions(booster, values[start : start + CHUNK])[:, :-1]
        picked = strongest(part, [units[name].family for name in names], REASONS)
        for offset, row in enumerate(picked.tolist()):
            own = {name: float(column[start + offset]) for name, column in shown.items()}
            reasons.append([sentence(units[names[index]], own, units) if index >= 0 else None for index in row])
    return calibrator.probability(raw_scores(booster, values)), reasons


def _report(
    about: dict[str, Any], chosen: Champion, probability: np.ndarray, bands: np.ndarray, as_of: date
) -> dict[str, Any]:
    return {
        "as_of": str(as_of),
        "model_version": chosen.version,
        "champion": chosen.pointer["how"],
        "rolled_back_from": chosen.rolled_back_from,
        "eligible": about["eligible"],
        "lapsed": about["lapsed"],
        "mean_probability": round(float(probability.mean()), 6),
        "bands": {
            name: {
                "customers": int((bands == name).sum()),
                "expected_leavers": round(float(probability[bands == name].sum()), 1),
            }
            for name in BANDS
        },
    }


def _say(summary: StageSummary, report: dict[str, Any], rows: int) -> None:
    summary.line("as of", report["as_of"])
    summary.line("champion", f"{report['model_version']}, {report['champion']}")
    summary.line("customers in", report["eligible"])
    summary.line("customers scored", rows)
    for name, item in report["bands"].items():
        summary.line(name, f"{item['customers']:,}, of whom about {item['expected_leavers']:,.0f} will leave")
    if report["rolled_back_from"]:
        summary.warn(f"The champion was rolled back by hand from {report['rolled_back_from']}.")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
