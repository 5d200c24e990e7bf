"""The sections about the list: where bands begin, whom the cut contacts, who is left alone, what is shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.sections.base import Days, Name, Section, Share
from pipeline.sections.remote import checked_address

Count = Annotated[int, Field(ge=1)]
# What `lists.show` may name beside the columns of events.keep and customers.display.
FACTS = ("last_activity", "activities_12m", "spend_12m", "weeks_on_list", "last_contact")


class Risk(Section):
    """Where low ends and high begins, and which rule says who is contacted."""

    cut: Literal["probability", "capacity", "cost"] = "probability"
    medium: Annotated[float, Field(gt=0, lt=1)] = 0.4
    high: Annotated[float, Field(gt=0, lt=1)] = 0.7
    leave_by: Annotated[float, Field(ge=0, lt=0.5)] = 0.05
    capacity: Count | None = None
    most_high_share: Share = 0.4

    @model_validator(mode="after")
    def _in_order(self) -> Risk:
        if self.medium >= self.high:
            raise ValueError(f"medium ({self.medium}) must be below high ({self.high})")
        if self.leave_by >= min(self.medium, self.high - self.medium):
            raise ValueError(
                f"leave_by ({self.leave_by}) must be smaller than medium ({self.medium}) and than the distance from "
                f"medium to high ({self.high - self.medium:.2f}), or nobody could ever leave a band"
            )
        if self.cut == "capacity" and self.capacity is None:
            raise ValueError("cut is capacity, but capacity is null: say how many can be contacted a week")
        return self


class Holdout(Section):
    """Who is left alone, so that the contacts can be measured, and for how long."""

    share: Annotated[float, Field(ge=0, lt=1)] = 0.1
    programme: str = Field(default="programme-1", min_length=1)
    rotate_days: Annotated[int, Field(ge=7, le=3650)] | None = 182


class Tiers(Section):
    """Value tiers by expected spend, or by frequency where there are no amounts: vip, regular, small."""

    vip_share: Annotated[float, Field(gt=0, lt=1)] = 0.1
    small_share: Annotated[float, Field(ge=0, lt=1)] = 0.5

    @model_validator(mode="after")
    def _leave_room(self) -> Tiers:
        if self.vip_share + self.small_share > 1:
            raise ValueError(
                f"vip_share ({self.vip_share}) and small_share ({self.small_share}) are more than everybody"
            )
        return self


class Lists(Section):
    """How long past lists are kept (null: for ever), where copies go, what is shown, and what is not published."""

    keep_days: Days | None = None
    copy_to: Name | None = None
    show: tuple[Name, ...] = ("last_activity", "activities_12m", "spend_12m")
    most_days_silent: Annotated[int, Field(ge=0, le=365)] = 3
    most_population_change: Annotated[float, Field(gt=0)] = 0.5
    most_band_change: Annotated[float, Field(gt=0, le=1)] = 0.25

    @field_validator("copy_to")
    @classmethod
    def _a_store(cls, value: str | None) -> str | None:
        return value if value is None else checked_address(value)


class Report(Section):
    """In which language marketing reads, and words for event types and attributes in it."""

    language: Literal["en", "ru", "pl"] = "en"
    names: dict[str, Name] = Field(default_factory=dict)
