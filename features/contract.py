"""Where the relation stands: since when, how often left before, and for subscriptions when they run out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.catalog import ZERO, Feature, Unit
from features.leaning import HEALED, HURTS, KEEPS, NEITHER, Lean
from features.relations import LEFT, OPENED, activity_index, expiry_days, relation_rows
from features.rows import Floats, Rows, ratio
from features.sentences import Sentence, Thing, about, never
from features.spec import FeatureSpec
from features.timeline import Ints
from features.words import thing

NEVER_LATE = "no renewal yet"


def contract(spec: FeatureSpec) -> Iterator[Feature]:
    """Nothing where leaving is inactivity; else the relation's age and past, cancels, and for a lapse its dates."""
    if spec.definition == "inactivity":
        return
    yield _column(
        "relation_days",
        "days",
        f"no {thing(spec.activity)} on record",
        (Sentence("reason-relation", shows={"days": "relation_days"}), never(Thing(spec.activity))),
        lambda rows: relation_rows(rows, spec).days_since_last((OPENED,)),
        Lean(-1),
    )
    yield _column(
        "count_departures",
        "events",
        ZERO,
        (Sentence("reason-departures", shows={"n": "count_departures"}), never(Thing(spec.activity))),
        lambda rows: relation_rows(rows, spec).count((LEFT,), None),
        HURTS,
    )
    if spec.cancel:
        yield from _cancels(spec)
    if spec.definition == "lapse":
        yield from _dates(spec)
        yield from _renewals(spec)


def _column(
    name: str,
    unit: Unit,
    null: str,
    sentences: tuple[Sentence, ...],
    compute: Callable[[Rows], NDArray[Any]],
    lean: Lean = NEITHER,
) -> Feature:
    return Feature(name, "contract", "term", unit, None, null, sentences, compute, lean)


def _cancels(spec: FeatureSpec) -> Iterator[Feature]:
    word, what = thing(spec.cancel, "cancellation"), Thing(spec.cancel, "cancellation")
    since = "days_since_last_cancel"
    yield _column(
        since,
        "days",
        f"no {word} on record",
        (about(what, "reason-last", days=since), never(what)),
        lambda rows: rows.days_since_last(spec.cancel),
        HEALED,
    )
    if spec.definition == "lapse":
        yield _column(
            "is_cancelled",
            "flag",
            f"never null: 1 if a {word} came after the last {thing(spec.activity)}",
            (about(what, "reason-cancelled", days=since, flag="is_cancelled"), never(what)),
            lambda rows: rows.last(spec.cancel) > rows.last(spec.activity),
            Lean(1, none=-1, middle=0.5),
        )


def _dates(spec: FeatureSpec) -> Iterator[Feature]:
    """When the present term runs out; the negative side, within the grace, has a column and a sentence of its own."""
    soon = Sentence("reason-runs-out", shows={"days": "days_of_term_left"})
    gone = Sentence("reason-ran-out", shows={"days": "days_since_expiry"})
    grace = Sentence("reason-ran-out-grace", shows={"days": "days_since_expiry", "grace": "days_to_leave"})
    unknown = Sentence("reason-term-unknown")

    def ahead(rows: Rows) -> Floats:
        return _at_last(rows, spec, _expiries(rows, spec)) - rows.snapshot

    yield _column(
        "days_to_leave",
        "days",
        "never null",
        (soon, grace, unknown),
        lambda rows: ahead(rows) + spec.grace_days,
        Lean(-1),
    )
    yield _column(
        "days_of_term_left",
        "days",
        "the term has run out",
        (soon, gone, unknown),
        lambda rows: np.where(ahead(rows) >= 0, ahead(rows), np.nan),
        Lean(-1, unknown=1),
    )
    yield _column(
        "days_since_expiry",
        "days",
        "the term has not run out",
        (gone, soon, unknown),
        lambda rows: np.where(ahead(rows) < 0, -ahead(rows), np.nan),
        Lean(1, unknown=-1),
    )
    told = (about(Thing(spec.activity), "reason-term", days="term_days"), unknown)
    yield _column("term_days", "days", "never null", told, lambda rows: _at_last(rows, spec, _terms(rows, spec)))


def _renewals(spec: FeatureSpec) -> Iterator[Feature]:
    """Renewals: activity events that continue an open relation; late: on a day after the first that is not paid."""
    none = Sentence("reason-not-renewed")
    late = Lean(1, none=-1, unknown=1)
    yield _column(
        "count_renewals",
        "events",
        ZERO,
        (Sentence("reason-renewals", shows={"n": "count_renewals"}), none),
        lambda rows: _many(rows, spec),
        KEEPS,
    )
    yield _column(
        "share_renewed_late",
        "share",
        NEVER_LATE,
        (Sentence("reason-renewed-late", shows={"share": "share_renewed_late"}), none),
        lambda rows: ratio(_so_far(rows, spec, _late(rows, spec) > 0), _many(rows, spec)),
        late,
    )
    yield _column(
        "days_late_mean",
        "days",
        NEVER_LATE,
        (Sentence("reason-days-late", shows={"days": "days_late_mean"}), none),
        lambda rows: ratio(_so_far(rows, spec, _late(rows, spec)), _many(rows, spec)),
        late,
    )


def _many(rows: Rows, spec: FeatureSpec) -> Ints:
    return rows.count(spec.activity, None) - relation_rows(rows, spec).count((OPENED,), None)


def _terms(rows: Rows, spec: FeatureSpec) -> Ints:
    chunk = rows.timeline.chunk
    return np.zeros(0, np.int64) if chunk.term is None else chunk.term[activity_index(chunk, spec)].astype(np.int64)


def _expiries(rows: Rows, spec: FeatureSpec) -> Ints:
    chunk = rows.timeline.chunk
    return expiry_days(chunk, activity_index(chunk, spec))


def _late(rows: Rows, spec: FeatureSpec) -> Ints:
    """Per activity event, days from the expiry before it to it; 0 if that is in time, or opens a relation."""
    chunk, expiry = rows.timeline.chunk, _expiries(rows, spec)
    index = activity_index(chunk, spec)
    customer, late = chunk.customer_of_event()[index], np.zeros(len(index), np.int64)
    passed = chunk.day[index][1:] - expiry[:-1]
    in_grace = (passed > 0) & (passed < spec.grace_days) & (customer[1:] == customer[:-1])
    late[1:] = np.where(in_grace, passed, 0)
    return late


def _at_last(rows: Rows, spec: FeatureSpec, values: Ints) -> Floats:
    """The value of each row's last activity event; null if there is none."""
    known = rows.count(spec.activity, None) > 0
    if len(values) == 0:
        return np.full(len(rows), np.nan)
    return np.where(known, values.take(rows.number(spec.activity, 0) - 1, mode="clip"), np.nan)


def _so_far(rows: Rows, spec: FeatureSpec, values: NDArray[Any]) -> Ints:
    """The sum over each row's activity events before the snapshot."""
    running = np.append(0, np.cumsum(values, dtype=np.int64))
    return running[rows.number(spec.activity, 0)] - running[rows.number(spec.activity, None)]
