"""Stage: the champion's probability and expected spend for every eligible customer. Never needs MLflow."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.build import catalog
from models.threads import one_thread
from pipeline.champions import Champion, champion
from pipeline.chosen import load_chosen
from pipeline.engines.spark_score import scored_blocks
from pipeline.errors import ArtifactError, run_stage
from pipeline.scored import SCHEMA, Scorer, Sums
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress, promised
from pipeline.tables import CURRENT, CURRENT_SUMMARY, REPORTS, SCORES, read_json, table_writer, write_json
from pipeline.training_data import label_spec
from pipeline.valued import load_valued

# What a probability is a probability of.
MEANING = ("definition", "horizon_days", "lead_days", "activity", "cancel")
LAPSE = ("grace_days", "term")


def main() -> None:
    """Write data/scores/scores.parquet, one row per eligible customer, and data/reports/scoring.json.

    Customers stream: memory does not grow with their number.
    """
    summary = StageSummary("score")
    settings = load_settings()
    about, chosen = read_json(CURRENT_SUMMARY), _champion(settings)
    if chosen.manifest["shipped_label_end"] > about["as_of"]:
        raise ArtifactError(
            f"champion {chosen.version} learnt from outcomes up to {chosen.manifest['shipped_label_end']}, after as_of "
            f"{about['as_of']}: it has seen the future of this list. Use a separate clone for a past date."
        )
    known = _columns_of_current()
    scorer = _scorer(chosen, settings, known)
    sums, scores = Sums(), table_writer(SCHEMA, SCORES / "scores.parquet")
    with one_thread(), scored_blocks(scorer, chosen, known) as found, scores as writer:
        for rows, added in progress(found, "blocks of customers"):
            writer.add(rows)
            sums += added
    report = _report(about, chosen, scorer, sums)
    write_json(report, REPORTS / "scoring.json")
    _say(summary, report, writer.rows)


def _champion(settings: Settings) -> Champion:
    found = champion()
    if found is None:
        waits = " It waits for `make promote` (promote.mode is ask)." if settings.promote.mode == "ask" else ""
        raise ArtifactError(f"there is no champion to score with.{waits or ' Run `make repro`.'}")
    _refuse_another_question(found, settings)
    return found


def _refuse_another_question(champion: Champion, settings: Settings) -> None:
    """Raise ArtifactError where the champion's probabilities are of something else than the list would say of them.

    Who is asked about (`active_within_days`) may differ: that is another list of the same question.
    """
    learnt, asked = champion.manifest["label"], label_spec(settings)
    names = (*MEANING, *(LAPSE if settings.churn.definition == "lapse" else ()))
    other = sorted(name for name in names if learnt.get(name) != asked.get(name))
    if other:
        said = ", ".join(f"{name} was {learnt.get(name)} and is {asked.get(name)}" for name in other)
        raise ArtifactError(
            f"champion {champion.version} learnt to answer another question than params.yaml asks ({said}), and no "
            f"newer model has taken its place: {REPORTS / 'promotion.json'} says why. Run `make promote` if it waits "
            "for that, or change the setting back."
        )


def _columns_of_current() -> list[str]:
    try:
        return list(pq.read_schema(CURRENT).names)
    except FileNotFoundError:
        raise ArtifactError(f"{CURRENT} is missing: run `make repro`.") from None
    except pa.ArrowInvalid as error:
        raise ArtifactError(f"{CURRENT} cannot be read, so it was damaged ({error}): run `make repro`.") from None


def _scorer(chosen: Champion, settings: Settings, known: list[str]) -> Scorer:
    """The champion, read and ready. Raises ArtifactError if it cannot score customers of these features."""
    if "shipped_members.json" not in chosen.manifest["files"]:
        raise ArtifactError(f"champion {chosen.version} was made before models were blended: run `make repro`.")
    model = load_chosen(chosen.folder, chosen.folder, "shipped")
    made = {feature.name for feature in catalog(settings.feature_spec())}
    missing = [name for name in model.members.names if name not in known or name not in made]
    if missing:
        raise ArtifactError(
            f"champion {chosen.version} needs the feature {missing[0]}, which params.yaml no longer makes: "
            "run `make repro` to train a model for the present features."
        )
    return Scorer(model, load_valued(chosen.folder, chosen.manifest), chosen.version, settings)


def _report(about: dict[str, Any], chosen: Champion, scorer: Scorer, sums: Sums) -> dict[str, Any]:
    valued = scorer.valued
    spent = round(sums.expected_value, 2) if valued.known and valued.model else None  # if they all stay
    return {
        "as_of": about["as_of"],
        "model_version": chosen.version,
        "champion": chosen.pointer["how"],
        "rolled_back_from": chosen.rolled_back_from,
        "blend": scorer.model.blend.name,
        "grade": chosen.manifest["metrics"]["grade"],
        "warnings": chosen.manifest["metrics"]["warnings"],
        "eligible": about["eligible"],
        "lapsed": about["lapsed"],
        "objected": about["objected"],
        "uncertain": sums.uncertain,
        "mean_probability": round(sums.probability / sums.customers, 6),
        "raw_bands": {name: tally.promise().to_json() for name, tally in sums.bands.items()},
        "spread": scorer.model.spread.to_json(),
        "value": {**valued.about(), "expected_value": spent},
    }


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
