"""Which role an event type plays, by the words of its name; who is unsure says so rather than guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.suggesting import words

MOSTLY = 0.5  # a few cells of a broken export do not make a complaint a payment
MOST_NAMED = 60  # a file with more types named in it is not read any more
ROLES = ("activity", "engagement", "friction", "feedback", "level", "cancel")


@dataclass
class Roles:
    """Event types by role, and those without one, each with the reason."""

    named: dict[str, list[str]] = field(default_factory=lambda: {role: [] for role in ROLES})
    unnamed: dict[str, str] = field(default_factory=dict)
    money: list[str] = field(default_factory=list)
    note: str = ""  # where activity had to be chosen without a name that says so


def role_of(event_type: str, has_amounts: bool) -> str:
    """The role of one type, or a sentence that starts with "-" and says why it has none.

    >>> role_of("purchase", True), role_of("email_open", False), role_of("order_cancelled", False)
    ('activity', 'engagement', 'friction')
    >>> role_of("campaign_received", False)
    '-something that the company does, not the customer'
    """
    found = words.words(event_type)
    by_company = (found & words.MESSAGE and found & words.DELIVERED) or (found & words.COMPANY)
    if by_company and not found & words.REACTION:
        return "-something that the company does, not the customer"
    if found & words.CANCEL:
        return "friction" if found & words.CANCELLED_SALE else "cancel"
    if found & words.FEEDBACK and has_amounts:
        return "feedback"
    if found & words.LEVEL and has_amounts:
        return "level"
    for role, known in (
        ("friction", words.FRICTION),
        ("engagement", words.ENGAGEMENT | words.FEEDBACK),
        ("activity", words.ACTIVITY),
    ):
        if found & known:
            return role
    return "-its name says nothing about what it means"


def roles_of(types: Mapping[str, int], amounts: Mapping[str, int]) -> Roles:
    """Roles for all types; `types` counts events, most frequent first, `amounts` those with an amount."""
    roles = Roles()
    for name in types:
        found = role_of(name, amounts.get(name, 0) > 0)
        if found.startswith("-") or sum(map(len, roles.named.values())) >= MOST_NAMED:
            roles.unnamed[name] = found.lstrip("-") if found.startswith("-") else "too many types to name them all"
        else:
            roles.named[found].append(name)
    if not roles.named["activity"]:
        _choose_activity(roles)
    monetary = roles.named["activity"] + roles.named["friction"]
    roles.money = [name for name in monetary if amounts.get(name, 0) > types[name] * MOSTLY]
    return roles


def _choose_activity(roles: Roles) -> None:
    """No type names a purchase: what the customers do most is the sign of life."""
    for names in (roles.named["engagement"], [n for n, why in roles.unnamed.items() if "company" not in why]):
        if names:
            chosen = names[0]
            if names is roles.named["engagement"]:
                names.remove(chosen)
            roles.unnamed.pop(chosen, None)
            roles.named["activity"].append(chosen)
            roles.note = "no type is named like a purchase; this is what customers do most. Is it the sign of life?"
            return
