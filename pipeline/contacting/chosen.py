"""Who was chosen by past lists: to be contacted, or to be left alone for comparison; and who really was contacted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.holdout import in_holdout
from models.table import Bools
from pipeline.contacting.past_lists import PastList

CHOSEN = pa.schema(
    [
        ("list", pa.string()),
        ("as_of", pa.date32()),
        ("closes", pa.date32()),
        ("customer_id", pa.string()),
        ("arm", pa.string()),  # contact | holdout
        ("programme", pa.string()),
        ("holdout_share", pa.float64()),
        ("risk_band", pa.string()),
        ("value_tier", pa.string()),
        ("recommended_action", pa.string()),
        ("offer", pa.bool_()),  # whether the action brings one
        ("churn_probability", pa.float64()),
        ("expected_value", pa.float64()),
        ("value_at_risk", pa.float64()),
        ("contacted", pa.bool_()),  # as the log says; null where it does not reach so far, or there is none
        ("logged_cost", pa.float64()),  # of the contacts within the window; null where the log names no cost
        ("logged_offer", pa.bool_()),  # whether an offer was among them; null where the log does not say
    ]
)
ARMS = ("contact", "holdout")


@dataclass(frozen=True)
class Listed:
    """Everybody on a list, by id, beside those who were chosen: what the log is held against."""

    past: PastList
    customer_id: pa.Array
    why_not: pa.Array
    recommended_action: pa.Array
    drawn_otherwise: int  # customers whose group is not the draw of their id


def chosen_of(past: PastList) -> tuple[pa.Table, Listed]:
    """One row per customer chosen by a list, by id, columns CHOSEN without the log's; and everybody on the list."""
    rows, holdout = past.rows(), past.manifest["holdout"]
    yes = pc.fill_null(pc.equal(rows.column("contact_this_week"), "yes"), False)
    held = pc.fill_null(pc.equal(rows.column("why_not"), "holdout"), False)
    both = rows.filter(pc.or_(yes, held))
    arm = pc.if_else(pc.fill_null(pc.equal(both.column("why_not"), "holdout"), False), "holdout", "contact")
    offers = [name for name, action in past.settings["campaign"]["actions"].items() if action["offer"]]
    made = {
        "list": [past.name] * len(both),
        "as_of": [past.as_of] * len(both),
        "closes": [past.closes] * len(both),
        "arm": arm,
        "holdout_share": [float(holdout["share"])] * len(both),
        "offer": pc.is_in(both.column("recommended_action"), value_set=pa.array(offers, pa.string())),
    }
    columns = [
        made[name] if name in made else both.column(name) if name in both.column_names else pa.nulls(len(both), kind)
        for name, kind in zip(CHOSEN.names, CHOSEN.types, strict=True)
    ]
    arrays = [
        pa.array(value, kind) if isinstance(value, list) else value
        for value, kind in zip(columns, CHOSEN.types, strict=True)
    ]
    listed = Listed(
        past,
        rows.column("customer_id").combine_chunks(),
        rows.column("why_not").combine_chunks(),
        rows.column("recommended_action").combine_chunks(),
        _drawn_otherwise(both, arm, float(holdout["share"]), str(holdout["programme"])),
    )
    return pa.table(arrays, schema=CHOSEN), listed


def _drawn_otherwise(both: pa.Table, arm: pa.ChunkedArray, share: float, programme: str) -> int:
    """How many of the chosen are not in the arm that the draw gives them: none, unless somebody changed the list."""
    drawn = in_holdout(both.column("customer_id").to_pylist(), share, programme)
    said: Bools = pc.equal(arm, "holdout").to_numpy(zero_copy_only=False).astype(bool)
    return int(np.count_nonzero(drawn != said))


def with_log(
    chosen: pa.Table, contacts: pa.Table | None, known: tuple[date, date] | None, window_days: int
) -> pa.Table:
    """The chosen of one list with what the log says of each: contacts in `[as_of, as_of + window_days)`.

    `known` are the first and the last day of the log: of a list whose window it does not reach nobody knows yet, and of
    one whose window was over before the log began nobody ever will.
    """
    if contacts is None or known is None or not len(chosen):
        return chosen
    as_of: date = chosen.column("as_of")[0].as_py()
    end = as_of + timedelta(days=window_days)
    known_from, known_to = known
    if known_to < as_of or end <= known_from:
        return chosen
    here = contacts.filter(_between(contacts.column("contact_day"), as_of, end))
    each = here.group_by("customer_id").aggregate([("cost", "sum"), ("cost", "count"), ("offer", "max")])
    at = pc.index_in(chosen.column("customer_id"), value_set=each.column("customer_id").combine_chunks())
    found = pc.is_valid(at)
    # A window that is still open says who was contacted, and not yet who was not.
    said = found if known_to >= end - timedelta(days=1) else pc.if_else(found, True, pa.scalar(None, pa.bool_()))
    cost = pc.if_else(pc.greater(each.column("cost_count"), 0), each.column("cost_sum").cast(pa.float64()), None)
    return _put(
        chosen, {"contacted": said, "logged_cost": cost.take(at), "logged_offer": each.column("offer_max").take(at)}
    )


def _between(days: pa.ChunkedArray, first: date, end: date) -> pa.ChunkedArray:
    return pc.and_(pc.greater_equal(days, pa.scalar(first)), pc.less(days, pa.scalar(end)))


def _put(table: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, column in columns.items():
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(name), column.cast(table.schema.field(name).type))
    return table


def joined(parts: Sequence[pa.Table]) -> pa.Table:
    """The chosen of all lists, list after list."""
    return pa.concat_tables(parts) if parts else CHOSEN.empty_table()
