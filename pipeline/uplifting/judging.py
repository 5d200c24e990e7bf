"""The evidence: would the order by saved value have earned more than the order in use? Decided once per draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.campaign import Prices
from models.holdout import programme_of
from models.qini import Arms, compare, money_of
from models.saveable import Rules, Verdict, saved_value, verdict
from models.split import check_split
from models.table import Floats
from models.uplift import DEFAULT, Trial, UpliftModel, UpliftParams, codes_of, cross_fitted, fit_uplift
from pipeline.folders import fingerprint
from pipeline.listing.previous import rules_now
from pipeline.settings import Settings
from pipeline.uplifting.columns import FROM_LIST, feature_names, features_at
from pipeline.uplifting.history import Past

WHEN_FOR_EVER = 182  # days between two looks where the draw is for ever: as long as the draws that are usual
BETTER = "saved-risk.money.at"  # profit per customer of the top share, this order's minus that of the order in use


@dataclass(frozen=True)
class Decision:
    """What was found out in a draw, as plain data (data/uplift/judged.json, `decided`), and the model if it is used."""

    content: dict[str, Any]
    model: UpliftModel | None


def period_of(settings: Settings, as_of: date) -> str:
    """The draw that a list belongs to, in which one look at the evidence is taken: the more looks, the more luck."""
    holdout = settings.holdout
    return programme_of(holdout.programme, as_of, holdout.rotate_days or WHEN_FOR_EVER)


def question_of(settings: Settings) -> str:
    """What leaving means, as a fingerprint: a verdict on another question is none on this one."""
    return fingerprint(rules_now(settings).leaving)


def still_holds(decided: Mapping[str, Any] | None, settings: Settings, as_of: date) -> bool:
    """Whether a decision is of this draw, question and columns, and not of a later day than the list.

    It is of a later day where an earlier list is made anew, which must not know what came after it.
    """
    if decided is None or decided["as_of"] > str(as_of):
        return False
    columns = [*FROM_LIST, *feature_names(settings)]
    now = (period_of(settings, as_of), question_of(settings), columns)
    return (decided["period"], decided["question"], decided["columns"]) == now


def decide(past: Past, settings: Settings, as_of: date, rules: Rules) -> Decision:
    """Judge on customers whom the model has not seen; `past` has enough history and a sound split.

    Rows whose features cannot be made any more are left out, after which history and split are looked at again.
    """
    valued = past.with_value()
    ids = valued.first.column("customer_id").combine_chunks()
    names = feature_names(settings)
    values, known = features_at(ids, valued.rows.day, names, settings)
    used = valued.take(known)
    trial = _trial(used, np.column_stack([from_list(used), values[known]]), (*FROM_LIST, *names))
    rows, history = used.rows, used.history()
    split = check_split(rows.contact, rows.share)
    found = _compared(used, trial, settings) if _may_judge(split.broken, used, rules) else {}
    said = verdict(history, split.broken, found.get(BETTER), rules)
    content = {
        "period": period_of(settings, as_of),
        "question": question_of(settings),
        "as_of": str(as_of),
        **_to_json(said),
        "customers": len(np.unique(rows.customer)),
        "rows": len(rows),
        "without_value": len(past) - len(valued),
        "without_features": len(valued) - len(used),
        "lists": len(np.unique(rows.day)),
        "history": vars(history).copy(),
        "split": split.to_json(),
        "learner": DEFAULT,
        "columns": list(trial.names),
        "judged_at": settings.uplift.judged_at,
        "figures": {name: estimate.to_json() for name, estimate in found.items()},
    }
    return Decision(content, fit_uplift(trial, DEFAULT, UpliftParams()) if said.usable else None)


def _may_judge(broken: bool, used: Past, rules: Rules) -> bool:
    return not broken and verdict(used.history(), False, None, rules).why_not == "no_better"


def _to_json(said: Verdict) -> dict[str, Any]:
    return {"usable": said.usable, "why_not": said.why_not}


def from_list(past: Past) -> NDArray[np.float32]:
    """What the list itself said of each, columns FROM_LIST."""
    return np.column_stack([past.amount(name) for name in FROM_LIST]).astype(np.float32)


def _trial(used: Past, values: NDArray[np.float32], names: tuple[str, ...]) -> Trial:
    rows = used.rows
    return Trial(
        customer=codes_of(used.first.column("customer_id").to_pylist()),
        values=np.ascontiguousarray(values, np.float32),
        names=names,
        treated=rows.contact,
        kept=(~rows.left).astype(np.float64),
        propensity=1 - rows.share,
    )


def _compared(used: Past, trial: Trial, settings: Settings) -> dict[str, Any]:
    """Both orders by profit and by customers kept, at the share of params.yaml, in money of the list."""
    uplift, costs = settings.uplift, settings.costs
    value = used.amount("expected_value")
    saved = cross_fitted(trial, DEFAULT, UpliftParams(), uplift.folds)
    offer = used.first.column("offer").to_numpy(zero_copy_only=False).astype(bool)
    kept = ~used.rows.left
    orders: dict[str, Floats] = {"saved": saved_value(saved, value), "risk": used.amount("value_at_risk")}
    outcomes = {
        "money": money_of(kept, trial.treated, value, offer, Prices(costs.contact, costs.offer)),
        "kept": trial.kept,
    }
    return compare(orders, outcomes, Arms(trial.customer, trial.treated, trial.propensity), uplift.judged_at)


def columns_today(model: UpliftModel, features: pa.Table, scores: pa.Table) -> NDArray[np.float32]:
    """Today's customers as the model takes them, one row each in the order of both tables. KeyError if one is gone."""
    taken = [(scores if name in FROM_LIST else features).column(name).to_numpy() for name in model.names]
    return np.column_stack(taken).astype(np.float32)
