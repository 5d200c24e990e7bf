"""Which features exist: the roles of event types, the lookbacks and the eligibility rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


def attribute_type(name: str) -> str:
    """The event type that stands for a customer's attribute.

    >>> attribute_type("plan")
    'customer:plan'
    """
    return f"customer:{name}"


@dataclass(frozen=True)
class FeatureSpec:
    """What the feature families need to know of params.yaml.

    Each role is a tuple of event types; `lookback_days` rise; `active_within_days` is the eligibility rule, in days,
    where leaving is inactivity. `definition`, `cancel` and `grace_days` say what leaving is: see features/relations.py.
    `numeric` and `categorical` are attributes of customers, the latter with their values.
    """

    activity: tuple[str, ...]
    engagement: tuple[str, ...] = ()
    friction: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    lookback_days: tuple[int, ...] = (7, 14, 28, 56, 91, 182, 364)
    active_within_days: int = 182
    numeric: tuple[str, ...] = ()
    categorical: tuple[tuple[str, tuple[str, ...]], ...] = ()
    definition: Literal["inactivity", "cancellation", "lapse"] = "inactivity"
    cancel: tuple[str, ...] = ()
    grace_days: int = 0

    def types(self) -> tuple[str, ...]:
        """Event types that any feature reads, sorted, each once."""
        listed = self.activity + self.engagement + self.friction + self.feedback + self.level + self.money
        listed += self.cancel
        attributes = [attribute_type(name) for name in (*self.numeric, *(name for name, _ in self.categorical))]
        return tuple(sorted({*listed, *attributes}))
