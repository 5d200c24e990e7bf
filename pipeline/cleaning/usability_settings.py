"""Findings about how settings and events fit: types without a role, roles without events, lookbacks beyond history."""

from __future__ import annotations

from features.snapshots import day_number
from pipeline.cleaning.findings import Finding, Seen
from pipeline.cleaning.usable import events_by_type

SHOWN = 5


def types_and_roles(seen: Seen) -> list[Finding]:
    """Types without a role, roles without an event, and a source with one type only."""
    types, named = events_by_type(seen.connection), seen.settings.events.roles.named()
    unused = [name for name in types if name not in named]
    found = []
    for name in named:
        if types and name not in types:
            found.append(Finding(
                "role without events", "warning", "event_type", "events", f"{name} has a role but no event",
                "A typing error in events.roles, or has the type vanished from the source?",
            ))  # fmt: skip
    if unused:
        more = f" and {len(unused) - SHOWN} more" if len(unused) > SHOWN else ""
        told = ", ".join(f"{name} ({types[name]:,})" for name in unused[:SHOWN])
        found.append(Finding(
            "type without role", "info", "event_type", "events", f"kept but unused, without a role: {told}{more}",
            "Give a role to what customers do; leave what the company does to them without one.",
        ))  # fmt: skip
    if len(types) == 1:
        found.append(Finding(
            "single type", "info", "event_type", "events", f"there is one event type, {next(iter(types))}",
            "Enough for a list; visits, returns or complaints would tell more, and earlier.",
        ))  # fmt: skip
    return found


def lookbacks(seen: Seen) -> list[Finding]:
    """Lookbacks that reach beyond the history of some slices."""
    if seen.calendar is None:
        return []
    days, start = seen.calendar.slices.days, day_number(seen.calendar.data_start)
    found = []
    for lookback in seen.settings.features.lookback_days:
        cut = sum(day - start < lookback for day in days)
        if cut:
            found.append((lookback, cut))
    if not found:
        return []
    most = max(cut for _, cut in found)
    told = ", ".join(f"{lookback} days at {cut} of {len(days)} slices" for lookback, cut in found)
    return [Finding(
        "short history", "warning" if 2 * most > len(days) else "info", "event_time", "events",
        f"lookbacks reach beyond the history: {told}; they see what there is",
        "Shorten features.lookback_days or bring a longer history, if that is most slices.",
    )]  # fmt: skip
