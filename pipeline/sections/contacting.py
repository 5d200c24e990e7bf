"""The section `contacts`: the log of who was really contacted, and what training makes of those people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.sections.base import Name, Section, Share
from pipeline.sections.remote import checked_source

NO_LOG = "data/no_contacts.csv"  # an empty table: DVC needs a file to follow


class Contacts(Section):
    """A table of contacts as they were made, one row each. Without it, what a list asked for counts as done."""

    source: Name = NO_LOG
    columns: dict[Literal["customer_id", "contact_time", "action", "channel", "offer", "cost"], str] = Field(
        default_factory=dict
    )
    window_days: Annotated[int, Field(ge=1, le=90)] = 14
    max_rejected_share: Share = 0.05
    learn_from: Literal["left_alone", "everybody"] = "left_alone"
    most_treated_share: Annotated[float, Field(gt=0, le=1)] = 0.5

    @field_validator("source")
    @classmethod
    def _followed(cls, value: str) -> str:
        return checked_source(value) if "://" in value else value

    @model_validator(mode="after")
    def _columns_of_something(self) -> Contacts:
        if self.columns and self.source == NO_LOG:
            first = next(iter(self.columns))
            raise ValueError(
                f"columns names {first}, but source is the empty table {NO_LOG}: name your log of contacts there"
            )
        return self

    @property
    def has_log(self) -> bool:
        """Whether there is a log at all."""
        return self.source != NO_LOG
