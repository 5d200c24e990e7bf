"""The list's rows from everything that was found out about a customer: one row each, whom to contact first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.table import Ints
from pipeline.event_files import display_columns
from pipeline.listing.decide import Decisions
from pipeline.listing.inputs import Inputs
from pipeline.listing.movements import Movements
from pipeline.listing.schema import ACTIVITY, SAVED, SCHEMA
from pipeline.settings import Settings

VALID_DAYS = 7
USUAL = "usual_"  # of a column of events.keep, as the facts call it


@dataclass(frozen=True)
class Told:
    """Reasons of the rows that have any, an entry per row of `rows`; `families` are those of the first reasons."""

    rows: Ints
    reasons: tuple[Sequence[str | None], ...]
    lowers: Sequence[str | None]
    families: Sequence[str | None]


def rows_to_explain(decisions: Decisions, most: int) -> Ints:
    """Row numbers of who gets reasons: to be contacted, held back, or among the first `most` of the list; ascending."""
    held = decisions.why_not == "holdout"
    return np.flatnonzero(decisions.contact | held | (decisions.priority <= most))


def assemble(
    inputs: Inputs, decisions: Decisions, movements: Movements, told: Told, uncertain: pa.Array, settings: Settings
) -> pa.Table:
    """One row per eligible customer, by priority: the columns of the schema, those to be shown, and the activity.

    `uncertain` is the sentence of each customer whose probability rests on little, null for the others.
    """
    made = {
        **_from_scores(inputs, uncertain),
        **_from_decisions(decisions, inputs.as_of, settings),
        **movements.columns,
        **_reasons(told, len(inputs.scores)),
    }
    then = inputs.previous.of(inputs.ids).column("risk_band") if inputs.previous else pa.nulls(len(inputs.scores))
    made["previous_band"] = then
    table = pa.table([made[name] for name in SCHEMA.names], names=SCHEMA.names).cast(SCHEMA)
    for name, column in _saved(inputs, decisions).items():
        table = table.append_column(name, column)
    for name, column in _shown(inputs, table, settings).items():
        table = table.append_column(name, column)
    table = table.append_column(ACTIVITY, inputs.facts.column(ACTIVITY))
    return table.take(pa.array(np.argsort(decisions.priority, kind="stable")))


def _saved(inputs: Inputs, decisions: Decisions) -> dict[str, pa.Array]:
    """What the list is ordered by instead of value at risk, and where it comes from; nothing where it is not.

    Both are on the list so that its order can be read off it, and the list can be made again from itself.
    """
    if decisions.saved_value is None:
        return {}
    found = {"saved_value": decisions.saved_value, SAVED: inputs.saved}
    return {name: pa.array(values, pa.float64(), from_pandas=True) for name, values in found.items()}


def _from_scores(inputs: Inputs, uncertain: pa.Array) -> dict[str, Any]:
    scores = inputs.scores
    kept = ("customer_id", "as_of", "churn_probability", "expected_value", "lifecycle_stage", "model_version")
    silent = scores.column("days_since_last_activity")
    return {
        **{name: scores.column(name) for name in kept},
        "uncertain": uncertain,
        "days_since_last_activity": silent.cast(pa.int64()),
        "usual_gap_days": pc.round(scores.column("usual_gap_days").cast(pa.float64()), 1),
    }


def _from_decisions(decisions: Decisions, as_of: date, settings: Settings) -> dict[str, Any]:
    n, churn = len(decisions.priority), settings.churn
    words = ("raw_band", "risk_band", "value_tier", "recommended_action", "channel", "why_not", "group")
    days = ("act_by", "last_contact", "last_chosen", "listed_since")
    return {
        **{name: pa.array(getattr(decisions, name), pa.string()) for name in words},
        **{name: pa.array(getattr(decisions, name).astype("datetime64[D]"), pa.date32()) for name in days},
        "contact_this_week": pa.array(np.where(decisions.contact, "yes", "no"), pa.string()),
        "priority": pa.array(decisions.priority, pa.int64()),
        "value_at_risk": pa.array(decisions.value_at_risk, pa.float64(), from_pandas=True),
        "programme": same(decisions.programme, n, pa.string()),
        "horizon_end": same(as_of + timedelta(days=churn.lead_days + churn.horizon_days), n, pa.date32()),
        "valid_until": same(as_of + timedelta(days=VALID_DAYS), n, pa.date32()),
    }


def same(value: Any, n: int, kind: pa.DataType) -> pa.Array:
    """The value n times."""
    return pa.repeat(pa.scalar(value, kind), n)


def _reasons(told: Told, n: int) -> dict[str, pa.Array]:
    texts = {f"reason_{number}": told.reasons[number - 1] for number in (1, 2, 3)} | {"reason_lowers": told.lowers}
    return {name: placed(values, told.rows, n) for name, values in texts.items()}


def placed(values: Sequence[str | None], rows: Ints, n: int) -> pa.Array:
    """Texts at their rows of n, null elsewhere."""
    at = np.full(n, -1, np.int64)
    at[rows] = np.arange(len(rows))
    return pa.array(values, pa.string()).take(pa.array(at, mask=at < 0))


def _shown(inputs: Inputs, table: pa.Table, settings: Settings) -> dict[str, Any]:
    """The columns of lists.show in their order, then what else customers.display brings; no column twice.

    One of events.keep is the customer's usual value. A column of the customers table may have any name, so one that is
    taken gets a prefix.
    """
    theirs = display_columns(inputs.ids.to_pylist())
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*settings.lists.show, *settings.customers.display)):
        if name in settings.events.keep:
            found[f"{USUAL}{name}"] = inputs.facts.column(f"{USUAL}{name}")
        elif name in settings.customers.display:
            taken = {*table.column_names, *inputs.facts.column_names, *found}
            found[f"customer_{name}" if name in taken else name] = theirs.column(name)
        elif name == "weeks_on_list":
            found[name] = weeks_between(table.column("listed_since"), inputs.as_of)
        elif name not in table.column_names:  # the last contact is on every list
            found[name] = inputs.facts.column(name)
    return found


def weeks_between(since: pa.ChunkedArray, as_of: date) -> pa.Array:
    """Whole weeks from a day to the list, the first counting as one; null where there is no day."""
    days = pc.subtract(pa.scalar(as_of, pa.date32()).cast(pa.int32()), since.cast(pa.int32()))
    return pc.add(pc.divide(days, 7), 1).cast(pa.int64())
