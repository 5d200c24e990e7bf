"""The list's own gate: what a list must be before anybody sees it. On failure the last good list stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.bands import BANDS, band
from pipeline.listing.previous import Previous, Rules
from pipeline.sections.listing import Lists

PENNY = 0.005
LOOK_AT = {
    "freshness": "the newest export, or lists.most_days_silent",
    "not_older": "the source, which ends before the newest list did; a past list is made by snapshots.as_of, and "
    "lists of another shop (the demo's) belong out of data/lists",
    "population": "the source: half an export, another pattern or query? Or lists of another shop (the demo's) in "
    "data/lists; or lists.most_population_change",
    "bands": "the champion, the newest events and risk in params.yaml, or lists.most_band_change",
    "duplicates": "customers.columns and events.query: one person, one id. Then `dvc repro --force`",
    "complete": "data/scores and data/features, which do not fit together: `dvc repro --force score`",
    "probabilities": "the champion: `make rollback TO=<version>`, or `dvc repro --force train`",
    "not_all_equal": "the features: `make leak-check`, data/features/current.parquet",
    "objectors": "data/events/open/objectors.parquet and the customers table: `dvc repro --force`",
    "suppression": "data/events/open/no_contact.parquet, holdout and campaign in params.yaml: report this as a bug",
    "sums": "briefing.json beside risk_list.parquet: report this as a bug",
    "manifest": "data/champion: `dvc checkout data/champion`, or `make rollback TO=<version>`",
}


@dataclass(frozen=True)
class ListCheck:
    """One question: what was measured, what is allowed, and the key of its text. `value` None: nothing to compare."""

    name: str
    passed: bool
    value: float | None
    limit: float

    @property
    def key(self) -> str:
        """The key of the sentence in the catalogue."""
        return f"check-{self.name}"

    def to_json(self) -> dict[str, Any]:
        """As a page that tells of it needs it."""
        return {**asdict(self), "key": self.key}

    def sentence(self) -> str:
        """What failed, with its numbers and where to look."""
        return f"{self.name} is {self.value:g}, allowed is {self.limit:g}: look at {LOOK_AT[self.name]}"


def at_most(name: str, value: float | None, limit: float) -> ListCheck:
    """A check of a figure that must not be larger than its limit; NaN is never small enough."""
    return ListCheck(name, value is None or bool(value <= limit), value, limit)


def failed(checks: Iterable[ListCheck]) -> list[ListCheck]:
    """The checks that did not pass."""
    return [check for check in checks if not check.passed]


def time_checks(as_of: date, newest_event_day: date, newest_list: date | None, limits: Lists) -> list[ListCheck]:
    """Whether the events reach up to the list's day, and whether it is newer than what is published.

    `newest_list` is None where there is none, or where an earlier date was asked for by name.
    """
    older = None if newest_list is None else (newest_list - as_of).days
    return [
        at_most("freshness", (as_of - newest_event_day).days, limits.most_days_silent),
        at_most("not_older", None if older is None else max(older, 0), 0),
    ]


def change_checks(table: pa.Table, previous: Previous | None, now: Rules, limits: Lists) -> list[ListCheck]:
    """Whether there are about as many customers as last time, and about as many of them in each band."""
    if previous is None or len(previous.table) == 0:
        return [
            at_most("population", None, limits.most_population_change),
            at_most("bands", None, limits.most_band_change),
        ]
    population = abs(len(table) / len(previous.table) - 1)
    moved = _band_change(table, previous, now)
    return [
        at_most("population", round(population, 6), limits.most_population_change),
        at_most("bands", moved, limits.most_band_change),
    ]


def _band_change(table: pa.Table, previous: Previous, now: Rules) -> float | None:
    """The largest change of a band's share; by the edges of then, where params.yaml has others since.

    None where leaving meant something else on the list before, so that its bands cannot be compared.
    """
    then = previous.rules
    if then is None or then.leaving != now.leaving or len(table) == 0:
        return None
    here = table.column("risk_band").to_numpy(zero_copy_only=False)
    if not then.same_edges(now):
        here = band(table.column("churn_probability").to_numpy(), then.medium, then.high)
    there = previous.table.column("risk_band").to_numpy(zero_copy_only=False)
    return round(max(abs(float((here == name).mean()) - float((there == name).mean())) for name in BANDS), 6)


def row_checks(scores: pa.Table, eligible: pa.Array, objectors: pa.Array, rule: bool) -> list[ListCheck]:
    """Whether everybody who is eligible is there once, with a probability, and nobody who objects.

    `rule`: a list by the rule of silence has two probabilities at most, and one where everybody is alike.
    """
    ids = scores.column("customer_id").combine_chunks()
    different = pc.count_distinct(ids).as_py()
    missing, extra = (_not_in(*pair) for pair in ((eligible, ids), (ids, eligible)))
    p = scores.column("churn_probability").to_numpy()
    outside = int((~((p >= 0) & (p <= 1))).sum())
    alike = len(p) > 1 and not rule and bool((p == p[0]).all())
    return [
        at_most("duplicates", len(ids) - different, 0),
        at_most("complete", missing + extra, 0),
        at_most("probabilities", outside, 0),
        at_most("not_all_equal", int(alike), 0),
        at_most("objectors", len(ids) - _not_in(ids, objectors), 0),
    ]


def _not_in(ids: pa.Array, known: pa.Array) -> int:
    return len(ids) - int(pc.sum(pc.is_in(ids, value_set=known)).as_py() or 0)


def suppression_check(table: pa.Table, no_contact: pa.Array) -> ListCheck:
    """How many are to be contacted who must not be: in the holdout, or asking not to be."""
    yes = table.filter(pc.equal(table.column("contact_this_week"), "yes"))
    wrong = pc.or_(pc.is_in(yes.column("customer_id"), value_set=no_contact), pc.equal(yes.column("group"), "holdout"))
    return at_most("suppression", int(pc.sum(wrong).as_py() or 0), 0)


def sum_check(table: pa.Table, briefing: dict[str, Any]) -> ListCheck:
    """How many figures of the briefing are not what the rows add up to, counted here by other means than there."""
    rows = table.select(
        ["risk_band", "value_tier", "contact_this_week", "why_not", "recommended_action", "value_at_risk"]
    )
    told = briefing["contact"]
    known = rows.column("value_at_risk").null_count == 0 if len(rows) else bool(briefing["money"]["known"])
    pairs: list[tuple[float | None, float | None]] = [(briefing["customers"], len(rows))]
    pairs += _by(rows, "risk_band", briefing["bands"], known)
    pairs += _by(rows, "value_tier", briefing["tiers"], known)
    yes = rows.filter(pc.equal(rows.column("contact_this_week"), "yes"))
    pairs += [(told["yes"], len(yes)), (told["value_at_risk"], _amount(yes, known))]
    pairs += _by(yes, "recommended_action", told["by_action"], known)
    not_yes = {name: {"customers": number} for name, number in told["why_not"].items()}
    pairs += _by(rows.filter(pc.is_valid(rows.column("why_not"))), "why_not", not_yes, None)
    pairs += [(sum(told["why_not"].values()) + told["yes"], len(rows))]
    pairs += [(briefing["promise"][name]["customers"], briefing["bands"][name]["customers"]) for name in BANDS]
    return at_most("sums", sum(not _equal(*pair) for pair in pairs), 0)


def _by(
    rows: pa.Table, column: str, told: dict[str, dict[str, Any]], known: bool | None
) -> list[tuple[float | None, float | None]]:
    """(said, counted) per value of a column, told or not: customers, and amounts unless `known` is None."""
    pairs: list[tuple[float | None, float | None]] = []
    values = rows.column(column)
    for name in sorted({*told, *pc.unique(values).to_pylist()}):
        here = rows.filter(pc.equal(values, name))
        pairs.append((told[name]["customers"] if name in told else 0, len(here)))
        if known is not None and name in told:
            pairs.append((told[name]["value_at_risk"], _amount(here, known)))
    return pairs


def _amount(rows: pa.Table, known: bool) -> float | None:
    return float(np.sum(np.sort(rows.column("value_at_risk").to_numpy()))) if known else None


def _equal(said: float | None, counted: float | None) -> bool:
    if said is None or counted is None:
        return said is None and counted is None
    return abs(said - counted) <= PENNY + 1e-12 * abs(counted)
