"""Whom to contact, how, by when, and who is left alone: every decision of a list, from scores and the last list."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.bands import BANDS, band, steady
from models.holdout import in_holdout, next_draw, programme_of
from models.saveable import saved_value
from models.table import Bools, Floats, Ints
from models.tiers import value_tiers
from pipeline.errors import ArtifactError
from pipeline.listing.decide_contacts import Line, choose
from pipeline.listing.decide_cut import Cut, explain_cut
from pipeline.listing.decide_past import Dates, Past, Words, last_times, listed_since, rests
from pipeline.listing.logged import Logged
from pipeline.sections.acting import STAGES
from pipeline.settings import Settings


@dataclass(frozen=True)
class Rows:
    """One entry per eligible customer, in any order.

    `expected_value` is what a customer will spend by the end of the horizon if they stay, in the list's currency; NaN
    for all where amounts are withheld, and then `frequency` stands in. `preferred_channel` is None where unknown.
    `saved_probability` is by how much a contact raises the chance of staying, where the list is to be ordered by it
    (NaN: not known, and then last); None: by value at risk. `logged` is what a log of contacts knows better than lists.
    """

    customer_id: Sequence[str]
    churn_probability: Floats
    expected_value: Floats
    frequency: Floats
    lifecycle_stage: Words
    preferred_channel: Words
    no_contact: Bools
    as_of: date
    saved_probability: Floats | None = None
    logged: Logged | None = None


@dataclass(frozen=True)
class Decisions:
    """One entry per customer of `Rows` in its order, but for `programme`, `next_draw` and `cut`, which are the list's.

    `contact` is whether to contact this week; where not, `why_not` says why, and `act_by` is NaT. `channel` is None
    where nothing is to be done. `value_at_risk` is NaN where amounts are withheld. `priority` is the place on the list.
    `last_chosen` is when a customer was last contacted, or would have been but for the holdout. `saved_value` is what
    the list is ordered by instead of value at risk: what a contact is expected to save; None where it is not.
    """

    raw_band: Words
    risk_band: Words
    value_tier: Words
    value_at_risk: Floats
    recommended_action: Words
    channel: Words
    act_by: Dates
    contact: Bools
    why_not: Words
    group: Words
    last_contact: Dates
    last_chosen: Dates
    listed_since: Dates
    priority: Ints
    programme: str
    next_draw: date | None
    cut: Cut
    saved_value: Floats | None = None


def decide(rows: Rows, past: Past | None, settings: Settings) -> Decisions:
    """Every decision of a list; the same for a customer whatever the order of rows. `past` None: the first list.

    Raises ArtifactError for entries that do not fit together, an unknown probability, lifecycle stage or frequency, and
    for amounts that are known of some customers only.
    """
    known = _checked(rows, past)
    p, rank, holdout = rows.churn_probability, _rank(rows.customer_id), settings.holdout
    at_risk = np.round(p * rows.expected_value, 2)  # as it is shown, so that the list's order can be read off it
    saved = _saved_value(rows, known)
    worth = saved if saved is not None else at_risk if known else rows.frequency * p
    programme = programme_of(holdout.programme, rows.as_of, holdout.rotate_days)
    contacted, chosen = last_times(past, len(p))
    if rows.logged is not None:
        contacted, chosen = rows.logged.over(contacted, chosen)
    days, cool_down = np.fmax(contacted, chosen), settings.campaign.cool_down_days
    line = _line(rows, past, rank, known, programme, settings)
    best_first = np.lexsort((rank, -p, -worth))
    contacts = choose(line, rows.no_contact, rests(days, rows.as_of, cool_down), best_first, known, settings)
    return Decisions(
        raw_band=band(p, settings.risk.medium, settings.risk.high),
        risk_band=line.band,
        value_tier=line.tier,
        value_at_risk=at_risk,
        recommended_action=contacts.action,
        channel=contacts.channel,
        act_by=np.datetime64(rows.as_of, "D") + contacts.within_days,
        contact=contacts.contact,
        why_not=contacts.why_not,
        group=np.array(["contact", "holdout"], object)[line.held.astype(np.int64)],
        last_contact=contacted,
        last_chosen=chosen,
        listed_since=listed_since(line.band, past, rows.as_of),
        priority=_priority(contacts.contact, line.band, best_first),
        programme=programme,
        next_draw=next_draw(rows.as_of, holdout.rotate_days),
        cut=explain_cut(line, contacts, known, settings),
        saved_value=saved,
    )


def _saved_value(rows: Rows, known: bool) -> Floats | None:
    """What a contact is expected to save of each, as it is shown; None where the list is not ordered by it."""
    if rows.saved_probability is None or not known:
        return None
    return np.round(saved_value(rows.saved_probability, rows.expected_value), 2) + 0.0  # no minus before a zero


def _line(rows: Rows, past: Past | None, rank: Ints, known: bool, programme: str, settings: Settings) -> Line:
    """Bands, tiers and draw of the customers, beside what is known of them."""
    p, risk, tiers = rows.churn_probability, settings.risk, settings.tiers
    before = past.risk_band if past is not None and past.steady else None
    worth = rows.expected_value if known else rows.frequency
    return Line(
        probability=p,
        value=rows.expected_value,
        band=steady(p, before, risk.medium, risk.high, risk.leave_by),
        tier=value_tiers(worth, rank, tiers.vip_share, tiers.small_share),
        stage=rows.lifecycle_stage,
        preferred=rows.preferred_channel,
        held=in_holdout(rows.customer_id, settings.holdout.share, programme),
    )


def _checked(rows: Rows, past: Past | None) -> bool:
    """Whether amounts are known."""
    n = len(rows.customer_id)
    parts: list[Sized] = [rows.churn_probability, rows.expected_value, rows.frequency, rows.lifecycle_stage]
    parts += [rows.preferred_channel, rows.no_contact]
    parts += [] if rows.logged is None else [rows.logged.last_contact]
    if past is not None:
        parts += [past.risk_band, past.contact, past.last_contact, past.listed_since]
        parts += [part for part in (past.why_not, past.last_chosen) if part is not None]
    lengths = sorted({n, *map(len, parts)})
    if len(lengths) > 1:
        raise ArtifactError(f"the parts of a list hold {lengths} entries, must be one per customer: run `make repro`.")
    p, unknown = rows.churn_probability, int(np.isnan(rows.expected_value).sum())
    bad = int((~((p >= 0) & (p <= 1))).sum())
    if bad:
        raise ArtifactError(f"{bad:,} of {n:,} churn probabilities are not between 0 and 1: run `dvc repro --force`.")
    if 0 < unknown < n or (unknown and np.isnan(rows.frequency).any()):
        raise ArtifactError(
            f"the expected value is unknown for {unknown:,} of {n:,} customers, must be known for all or for none, and "
            "where for none, their frequency: run `dvc repro --force score`."
        )
    if not np.isin(rows.lifecycle_stage.astype(str), STAGES).all():
        raise ArtifactError(f"a lifecycle stage is none of {', '.join(STAGES)}: run `dvc repro --force score`.")
    return unknown == 0


def _rank(customer_id: Sequence[str]) -> Ints:
    """Each customer's place among all by id, which breaks ties: it hangs on no order of rows."""
    order = pc.sort_indices(pa.array(customer_id, pa.string())).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _priority(contact: Bools, bands: Words, best_first: Ints) -> Ints:
    """1 to n: those to contact who are at risk, by what is at stake; those to contact for another reason (a referral).

    Then the others by band and what is at stake.
    """
    at_risk = contact & (bands != "low")
    later = np.select([at_risk, contact, *(bands == name for name in BANDS)], range(len(BANDS) + 2))
    place = np.empty(len(bands), np.int64)
    place[best_first[np.argsort(later[best_first], kind="stable")]] = np.arange(1, len(bands) + 1)
    return place
