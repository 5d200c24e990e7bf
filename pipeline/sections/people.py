"""The sections about people: what is known of customers, and what protects them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from pipeline.sections.base import Name, Section
from pipeline.sections.remote import checked_source

NO_CUSTOMERS = "data/no_customers.csv"  # an empty table: DVC needs a file to follow


class Customers(Section):
    """Attributes of customers, each row with the day since when it is known, and their objections."""

    source: Name = NO_CUSTOMERS
    columns: dict[Literal["customer_id", "known_since", "consent", "objection", "no_contact"], str] = Field(
        default_factory=dict
    )
    numeric: tuple[str, ...] = ()
    categorical: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    display: tuple[str, ...] = ()
    missing_consent: Literal["refuse", "allow"] = "refuse"

    @field_validator("source")
    @classmethod
    def _followed(cls, value: str) -> str:
        return checked_source(value) if "://" in value else value

    @model_validator(mode="after")
    def _known_since_when(self) -> Customers:
        if (self.numeric or self.categorical) and "known_since" not in self.columns:
            first = (*self.numeric, *self.categorical)[0]
            raise ValueError(
                f"{first} is a feature, but customers.columns.known_since does not say since when each row is known, "
                "so that today's value would enter the past: name the column, or list it in customers.display"
            )
        twice = [name for name in self.numeric if name in self.categorical]
        if twice:
            raise ValueError(f"{twice[0]} is numeric and categorical: choose one")
        return self


class Privacy(Section):
    """Pseudonyms, and whether those who object to profiling also leave training."""

    pseudonymise: bool = False
    train_on_objectors: bool = True
