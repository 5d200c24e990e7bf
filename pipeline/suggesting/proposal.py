"""A whole params.yaml for a source: the section `events`, leaving, slices, lookbacks; all else default."""

from __future__ import annotations

import math
from collections.abc import Sequence

from features.build import catalog
from pipeline.cleaning.ids import count_emails
from pipeline.engine import Connection
from pipeline.errors import EventError
from pipeline.sections.learning import Evaluation, Features
from pipeline.settings import Settings, parse_settings
from pipeline.suggesting.events_part import Draft
from pipeline.suggesting.horizons import MOST_SLICES, Candidate
from pipeline.suggesting.profile import Profile
from pipeline.suggesting.roles import Roles
from pipeline.suggesting.words import RENEWAL, words

DEFAULT_REJECTED = 0.05
FEWEST_CALLS = 20


def complete(
    connection: Connection, draft: Draft, profile: Profile, roles: Roles, found: Sequence[Candidate],
    chosen: tuple[Candidate, str],
) -> Settings:  # fmt: skip
    """Fill the draft up and check it as params.yaml is checked. Raises EbbError if it would be refused."""
    pick, why = chosen
    events = dict(draft.values)
    draft.values = {
        "events": events,
        "churn": {"horizon_days": pick.horizon_days, "active_within_days": pick.active_within_days},
        "snapshots": {"every_days": pick.every_days, "train": MOST_SLICES},
        "features": {"lookback_days": _lookbacks(draft, profile, pick)},
        "evaluation": {"capacity": _capacity(draft, pick)},
    }
    _protect(connection, draft)
    _say_churn(draft, found, pick, why)
    _say_other_definitions(connection, draft, roles)
    draft.note(
        "snapshots",
        f"Every {pick.every_days} days: {pick.slices} slices can be labelled, {pick.judged} of them judged by models "
        "that knew only what had closed before.",
    )
    settings = parse_settings(draft.values, "the proposal")
    try:
        catalog(settings.feature_spec())
    except ValueError as error:
        raise EventError(f"two event types give features of one name, so rename one in a query: {error}.") from None
    return settings


def _protect(connection: Connection, draft: Draft) -> None:
    """Propose pseudonyms where ids are e-mail addresses, which ingest refuses as they are."""
    emails, _ = count_emails(connection)
    if emails:
        draft.values["privacy"] = {"pseudonymise": True}
        draft.note(
            "privacy.pseudonymise",
            f"{emails:,} events have an e-mail address as the customer's id. Set EBB_PSEUDONYM_KEY in the environment "
            "(at least 32 characters; docs/privacy.md), or use an id that names nobody.",
        )


def allow_rejected(draft: Draft, rejected: int, rows: int, reasons: dict[str, int]) -> None:
    """Raise `max_rejected_share` above what these events reject, and say so; the default where it is enough."""
    share = rejected / rows if rows else 0.0
    if share <= 0.8 * DEFAULT_REJECTED:
        return
    allowed = min(1.0, math.ceil(share * 1.1 * 20) / 20)
    draft.values["max_rejected_share"] = allowed
    told = "; ".join(f"{reason}: {number:,}" for reason, number in list(reasons.items())[:3])
    draft.note(
        "events.max_rejected_share", f"{share:.1%} of the rows are rejected ({told}). Is that how the source is?"
    )


def say_duplicates(draft: Draft, duplicates: int) -> None:
    """Tell how many rows are exact copies of another, since ingest drops them."""
    if duplicates:
        draft.note(
            "events.duplicates", f"{duplicates:,} rows are exact copies of another: a second export, or true repeats?"
        )


def _lookbacks(draft: Draft, profile: Profile, pick: Candidate) -> list[int]:
    """The default lookbacks that half of the slices or more can see in full."""
    assert pick.middle_slice is not None  # noqa: S101  # a usable candidate has slices
    history = (pick.middle_slice - profile.first_day).days
    default = Features().lookback_days
    fitting = [days for days in default if days <= history] or [default[0]]
    if len(fitting) < len(default):
        left_out = ", ".join(str(days) for days in default if days not in fitting)
        draft.note(
            "features.lookback_days", f"Half of the slices have {history} days before them, so {left_out} is left out."
        )
    return fitting


def _capacity(draft: Draft, pick: Candidate) -> int:
    usual = Evaluation().capacity
    fitting = min(usual, max(FEWEST_CALLS, pick.eligible // 10))
    if fitting < usual:
        draft.note(
            "evaluation.capacity", f"A tenth of {pick.eligible:,} eligible customers. How many can be contacted?"
        )
    return fitting


def _say_churn(draft: Draft, found: Sequence[Candidate], pick: Candidate, why: str) -> None:
    names = f"{'horizon':>8} {'active':>7} {'leave':>6} {'eligible':>9} {'gaps longer':>12} {'every':>6} {'slices':>7}"
    lines = [
        f"{item.horizon_days:>8} {item.active_within_days:>7} {item.base_rate:>6.0%} {item.eligible:>9,} "
        f"{item.outlasted:>12.0%} {item.every_days:>6} {item.slices:>7} {item.judged:>7}"
        + (" <" if item is pick else "")
        for item in found
        if not item.why_not
    ]
    refused = [str(item.horizon_days) for item in found if item.why_not]
    if refused:
        lines.append(f"The history is too short for {', '.join(refused)}.")
    title = "What each horizon would mean (days; shares of the eligible):"
    draft.note("churn.horizon_days", f"{pick.horizon_days}: {why}.", title, f"{names} {'judged':>7}", *lines)


def _say_other_definitions(connection: Connection, draft: Draft, roles: Roles) -> None:
    """Inactivity is safe to start with; a source that knows cancellations or renewals can be asked more sharply."""
    cancel = roles.named["cancel"]
    if cancel:
        draft.note(
            "churn.definition",
            f"The source has {', '.join(cancel)}; to call only that leaving: definition: cancellation.",
        )
    renewals = [name for name in roles.named["activity"] if words(name) & RENEWAL]
    if renewals:
        found = connection.execute("SELECT quantile_disc(gap, 0.5) FROM gaps").fetchall()[0][0]
        term = f", term: {{days: {int(found)}}}" if found else ""
        draft.note(
            "churn.definition",
            f"{', '.join(renewals)} reads like a subscription; a renewal that does not come: definition: lapse{term}.",
        )
