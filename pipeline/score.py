"""Stage: the champion's probability and expected spend for every eligible customer. Never needs MLflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from models.promise import promises
from models.table import Floats
from pipeline.champions import Champion, champion
from pipeline.engines.spark_score import scores_of
from pipeline.errors import ArtifactError, run_stage
from pipeline.scorer import ODDS, SCHEMA, Scorer, load_scorer, refuse_unfit
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, promised
from pipeline.tables import CURRENT, CURRENT_SUMMARY, REPORTS, SCORES, column_names, read_json, table_writer, write_json


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
    found = _score(chosen, settings)
    report = _report(about, chosen, found, settings)
    write_json(report, REPORTS / "scoring.json")
    _say(summary, report, len(found.odds))


@dataclass(frozen=True)
class Scored:
    """What the report is made of: who scored, and one entry per customer; `expected` None: withheld."""

    scorer: Scorer
    odds: Floats
    probability: Floats
    expected: Floats | None
    uncertain: int


def _champion(settings: Settings) -> Champion:
    found = champion()
    if found is None:
        waits = " It waits for `make promote` (promote.mode is ask)." if settings.promote.mode == "ask" else ""
        raise ArtifactError(f"there is no champion to score with.{waits or ' Run `make repro`.'}")
    return found


def _score(chosen: Champion, settings: Settings) -> Scored:
    """Write the scores as they are made, a row per customer. Raises ArtifactError if the champion cannot make them."""
    refuse_unfit(chosen, column_names(CURRENT), settings)
    scorer = load_scorer(chosen.folder, chosen.manifest, settings)
    kept: list[pa.Table] = []
    with scores_of(chosen, scorer) as tables, table_writer(SCHEMA, SCORES / "scores.parquet") as writer:
        for table in tables:
            writer.add(table.select(SCHEMA.names))
            kept.append(table.select([ODDS, "churn_probability", "expected_value", "uncertain"]))
    whole = pa.concat_tables(kept)
    expected = whole.column("expected_value").to_numpy() if scorer.valued.gives else None
    doubts = whole.num_rows - whole.column("uncertain").null_count
    return Scored(scorer, whole.column(ODDS).to_numpy(), whole.column("churn_probability").to_numpy(), expected, doubts)


def _report(about: dict[str, Any], chosen: Champion, found: Scored, settings: Settings) -> dict[str, Any]:
    cuts = (settings.risk.medium, settings.risk.high)
    return {
        "as_of": about["as_of"],
        "model_version": chosen.version,
        "champion": chosen.pointer["how"],
        "rolled_back_from": chosen.rolled_back_from,
        "blend": found.scorer.model.blend.name,
        "grade": chosen.manifest["metrics"]["grade"],
        "warnings": chosen.manifest["metrics"]["warnings"],
        "eligible": about["eligible"],
        "lapsed": about["lapsed"],
        "objected": about["objected"],
        "uncertain": found.uncertain,
        "mean_probability": round(float(found.probability.mean()), 6),
        "raw_bands": {
            name: item.to_json() for name, item in promises(found.odds, found.scorer.model.spread, cuts).items()
        },
        "spread": found.scorer.model.spread.to_json(),
        "value": {**found.scorer.valued.about(), "expected_value": _total(found.expected)},
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
