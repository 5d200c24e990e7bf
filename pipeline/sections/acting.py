"""The sections about acting on the list: the playbook, what contacts cost, and the export with contact data."""

from __future__ import annotations

import re
from itertools import product
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.sections.base import Days, Name, Section

Band = Literal["high", "medium", "low"]
Tier = Literal["vip", "regular", "small"]
Stage = Literal["new", "active", "reactivated"]
BANDS: tuple[Band, ...] = ("high", "medium", "low")
TIERS: tuple[Tier, ...] = ("vip", "regular", "small")
STAGES: tuple[Stage, ...] = ("new", "active", "reactivated")
NOTHING = "nothing"  # the action of those who are not contacted
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Costs(Section):
    """What a contact and a redeemed offer cost, in the list's currency, and the share of leavers a contact keeps.

    `saving_rate` is an assumption until contacts have been measured against the holdout; it is shown as one.
    """

    contact: Money = 0.0
    offer: Money = 0.0
    saving_rate: Annotated[float, Field(gt=0, le=1)] = 0.05


class MoneyUnit(Section):
    """The currency of amounts, and the share of revenue that is margin; null: amounts are called revenue."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    margin: Annotated[float, Field(gt=0, le=1)] | None = None


class Action(Section):
    """What is done: the channel where the customer shows no preference, the time limit and the weekly capacity.

    Beyond the capacity `otherwise` is done instead; null: nothing, over capacity. `offer` says that it costs one.
    """

    channel: Name
    within_days: Annotated[int, Field(ge=0, le=90)] = 7
    capacity: Annotated[int, Field(ge=1)] | None = None
    otherwise: Name | None = None
    offer: bool = False


class Rule(Section):
    """Which customers get an action: those of the named bands, tiers and lifecycle stages; null: of all."""

    action: Name
    band: tuple[Band, ...] | None = None
    tier: tuple[Tier, ...] | None = None
    lifecycle: tuple[Stage, ...] | None = None

    @field_validator("band", "tier", "lifecycle", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def fits(self, band: str, tier: str, stage: str) -> bool:
        """Whether a customer of this band, tier and lifecycle stage gets the action."""
        pairs = ((self.band, band), (self.tier, tier), (self.lifecycle, stage))
        return all(wanted is None or value in wanted for wanted, value in pairs)


ACTIONS = {
    "personal_call": Action(channel="phone", within_days=2, capacity=30, otherwise="offer"),
    "offer": Action(channel="email", within_days=7, offer=True),
    "reminder": Action(channel="email", within_days=7),
    "welcome": Action(channel="phone", within_days=7, capacity=30),
    "ask_for_referral": Action(channel="email", within_days=7),
}
PLAYBOOK = (
    Rule(action="personal_call", band=("high",), tier=("vip",)),
    Rule(action="welcome", tier=("vip",), lifecycle=("new",)),
    Rule(action="offer", band=("high",)),
    Rule(action="reminder", band=("medium",)),
    Rule(action="ask_for_referral", band=("low",), tier=("vip",)),
    Rule(action=NOTHING, band=("low",)),
)


class Campaign(Section):
    """The playbook: the first rule that fits a customer names the action; and how often anybody is contacted."""

    cool_down_days: Annotated[int, Field(ge=0, le=365)] = 28
    channel_from: Name | None = None
    actions: dict[str, Action] = Field(default_factory=lambda: dict(ACTIONS))
    playbook: tuple[Rule, ...] = PLAYBOOK

    @field_validator("actions")
    @classmethod
    def _file_names(cls, value: dict[str, Action]) -> dict[str, Action]:
        for name in value:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) or name == NOTHING:
                raise ValueError(
                    f"action {name!r} becomes a file's name: use small letters, digits and _, and not {NOTHING!r}"
                )
        return value

    @model_validator(mode="after")
    def _whole(self) -> Campaign:
        known = {*self.actions, NOTHING}
        for number, rule in enumerate(self.playbook, start=1):
            if rule.action not in known:
                raise ValueError(
                    f"rule {number} of playbook names {rule.action!r}, known are {', '.join(sorted(known))}"
                )
        for name in self.actions:
            self._refuse_circle(name)
        for band, tier, stage in product(BANDS, TIERS, STAGES):
            if not any(rule.fits(band, tier, stage) for rule in self.playbook):
                raise ValueError(
                    f"playbook has no rule for band {band}, tier {tier}, lifecycle {stage}: add one at its end, "
                    f"with action {NOTHING} if nothing shall be done"
                )
        return self

    def _refuse_circle(self, name: str) -> None:
        seen = [name]
        while (following := self.actions[seen[-1]].otherwise) is not None:
            if following not in self.actions:
                raise ValueError(f"actions.{seen[-1]}.otherwise names {following!r}, which is no action")
            if following in seen:
                raise ValueError(
                    f"actions.{name}.otherwise leads back to {following!r}: end with an action without one"
                )
            seen.append(following)

    def action_of(self, band: str, tier: str, stage: str) -> str:
        """The action of the first rule that fits."""
        return next(rule.action for rule in self.playbook if rule.fits(band, tier, stage))


class Export(Section):
    """A table of contact data to be joined, outside of everything that is versioned, and how long exports are kept."""

    contacts: Name | None = None
    columns: dict[Literal["customer_id", "name", "email", "phone", "owner"], str] = Field(default_factory=dict)
    keep_days: Days = 14

    @field_validator("contacts")
    @classmethod
    def _on_this_machine(cls, value: str | None) -> str | None:
        if value is not None and "://" in value:
            raise ValueError("is an address, and contact data are read from this machine only: name a file or a folder")
        return value
