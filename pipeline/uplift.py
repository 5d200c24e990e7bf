"""Stage: whom do contacts keep? Judged on past lists once per draw; the list may be ordered by it if that earned more.

Nothing is judged, and no feature made, before there is enough history. A verdict redone every week is peeking, so it
stays as long as the draw does, and only what makes it void (a broken split, another question) is looked at each time.
"""

from __future__ import annotations

import shutil
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from models.saveable import History
from models.uplift import UpliftModel
from pipeline.errors import ArtifactError, run_stage
from pipeline.folders import verify, write_manifest
from pipeline.listing.margin import in_margin
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import (
    CURRENT,
    EVENTS_OPEN,
    JUDGED,
    REPORTS,
    SAVED,
    SCORES,
    UPLIFT,
    read_json,
    read_table,
    write_json,
    write_table,
)
from pipeline.uplifting.columns import FROM_LIST
from pipeline.uplifting.history import Past, missing, read_history, rules_of
from pipeline.uplifting.judging import BETTER, columns_today, decide, still_holds

MODEL = UPLIFT / "model"
SAVED_SCHEMA = pa.schema([("customer_id", pa.string()), ("saved_probability", pa.float64())])
RISK, BY_SAVED = "value_at_risk", "saved_value"
# What the verdict is called on the screen.
SAID = {
    "too_few": "too little history to judge",
    "split_broken": "a draw was not followed, so nothing is judged",
    "no_money": "past lists told no amounts, so nothing is judged",
    "no_better": "not proven to earn more than the order by value at risk",
    None: "earned more than the order by value at risk",
}


def main() -> None:
    """Write data/uplift (verdict, the model and today's customers where it is used) and data/reports/uplift.json."""
    summary = StageSummary("uplift")
    settings = load_settings()
    as_of = date.fromisoformat(read_json(EVENTS_OPEN / "as_of.json")["as_of"])
    past, rules = read_history(settings), rules_of(settings)
    why_not = missing(past, rules)
    decided = _decided(settings, as_of)
    if past is not None and why_not is None and decided is None:
        made = decide(past, settings, as_of, rules)
        why_not = made.content["why_not"]
        # Too few with features, or a split broken among them, is no look at the evidence, so none is used up.
        decided = made.content if why_not in (None, "no_better") else None
        if made.model is not None:
            _write_model(made.model, made.content)
    elif why_not is None and decided is not None:
        why_not = decided["why_not"]
    saved = _today(settings) if why_not is None and settings.uplift.order == BY_SAVED else None
    judged = _judged(as_of, past, why_not, decided, saved is not None, settings)
    _write_or_remove(saved)
    if decided is None or not decided["usable"]:
        shutil.rmtree(MODEL, ignore_errors=True)
    write_json(judged, JUDGED)
    write_json(_figures(judged), REPORTS / "uplift.json")
    _say(summary, judged)


def _decided(settings: Settings, as_of: date) -> dict[str, Any] | None:
    """The decision of this draw, if one was made."""
    found: dict[str, Any] | None = read_json(JUDGED)["decided"] if JUDGED.exists() else None
    return found if still_holds(found, settings, as_of) else None


def _write_model(model: UpliftModel, decided: dict[str, Any]) -> None:
    MODEL.mkdir(parents=True, exist_ok=True)
    write_json(model.to_json(), MODEL / "model.json")
    write_manifest(MODEL, {name: decided[name] for name in ("period", "question", "as_of", "learner")})


def _today(settings: Settings) -> pa.Table | None:
    """One row per customer of today, columns SAVED_SCHEMA; None where today's amounts are not known.

    Raises ArtifactError if the model is damaged, or tables do not hold the same customers.
    """
    verify(MODEL)
    model = UpliftModel.from_json(read_json(MODEL / "model.json"))
    scores = in_margin(read_table(SCORES / "scores.parquet"), settings.money_unit.margin)
    if scores.column("expected_value").null_count:
        return None
    try:
        features = read_table(CURRENT, ["customer_id", *(name for name in model.names if name not in FROM_LIST)])
        if not features.column("customer_id").equals(scores.column("customer_id")):
            raise ArtifactError(f"{CURRENT} has other customers than the scores: run `make repro`.")
        values = columns_today(model, features, scores)
    except KeyError as error:
        raise ArtifactError(f"{CURRENT} lacks {error}, which {MODEL} was learnt from: run `make repro`.") from None
    saved = model.saved(values, model.names)
    return pa.table([scores.column("customer_id"), pa.array(saved)], schema=SAVED_SCHEMA)


def _write_or_remove(saved: pa.Table | None) -> None:
    if saved is None:
        SAVED.unlink(missing_ok=True)
    else:
        write_table([saved], SAVED_SCHEMA, SAVED)


def _judged(
    as_of: date,
    past: Past | None,
    why_not: str | None,
    decided: dict[str, Any] | None,
    ordered: bool,
    settings: Settings,
) -> dict[str, Any]:
    """Everything that was found out, as the list's page tells it. `history` are all, `decided.history` those used."""
    history = History(0, 0, 0, 0) if past is None else past.history()
    rules = settings.uplift
    return {
        "as_of": str(as_of),
        "usable": why_not is None,
        "why_not": why_not,
        "asked": settings.uplift.order,
        "order": BY_SAVED if ordered else RISK,
        "needed": {name: getattr(rules, name) for name in ("min_contact", "min_holdout", "min_leavers")},
        "history": vars(history).copy(),
        "splits": [] if past is None else past.splits(),
        "decided": decided,
    }


def _figures(judged: dict[str, Any]) -> dict[str, Any]:
    """Numbers alone, for `dvc metrics`."""
    decided = judged["decided"] or {"figures": {}}
    figures = decided["figures"]
    found: dict[str, Any] = {
        "usable": int(judged["usable"]),
        "ordered_by_saved_value": int(judged["order"] == BY_SAVED),
        **judged["history"],
        "splits_broken": sum(split["broken"] for split in judged["splits"]),
    }
    names = {
        "profit_saved": "saved.money.at",
        "profit_risk": "risk.money.at",
        "profit_more": BETTER,
        "qini_saved": "saved.kept.area",
        "qini_risk": "risk.kept.area",
    }
    for short, name in names.items():
        estimate = figures.get(name, dict.fromkeys(("value", "low", "high")))
        found |= {f"{short}{end}": estimate[key] for end, key in (("", "value"), ("_low", "low"), ("_high", "high"))}
    return found


def _say(summary: StageSummary, judged: dict[str, Any]) -> None:
    history, needed, decided = judged["history"], judged["needed"], judged["decided"]
    summary.line(
        "chosen by closed lists: contacted, left alone (leavers)",
        f"{history['contact']:,}, {history['holdout']:,} ({history['left_contact']:,}, {history['left_holdout']:,}); "
        f"needed {needed['min_contact']:,}, {needed['min_holdout']:,} ({needed['min_leavers']:,} each)",
    )
    summary.line("order by saved value", SAID[judged["why_not"]])
    if decided is not None and BETTER in decided["figures"]:
        more = decided["figures"][BETTER]
        kept = "" if decided["as_of"] == judged["as_of"] else f"; kept since {decided['as_of']}, for the whole draw"
        summary.line(
            f"profit per contact, best {decided['judged_at']:.0%}",
            f"{_number(more['value'])} more ({_number(more['low'])} to {_number(more['high'])}){kept}",
        )
    summary.line("this list is ordered by", judged["order"].replace("_", " "))
    if judged["asked"] != judged["order"]:
        summary.warn("uplift.order asks for saved_value, which is used only where past lists prove it better.")
    summary.show()


def _number(value: float | None) -> str:
    return "unknown" if value is None or not np.isfinite(value) else f"{value:,.2f}"


if __name__ == "__main__":
    run_stage(main)
