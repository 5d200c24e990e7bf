"""The section `events`: where events come from and what they mean."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from pipeline.sections.base import Finite, Name, QuotedDate, Section, Share, checked_date
from pipeline.sections.remote import FOLLOWED, checked_source, is_remote


class Roles(Section):
    """What each event type means."""

    activity: tuple[str, ...]
    engagement: tuple[str, ...] = ()
    friction: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_role_each(self) -> Roles:
        if not self.activity:
            raise ValueError("roles.activity is empty: name at least one event type that proves a customer is alive")
        seen: dict[str, str] = {}
        for role, types in self:
            for event_type in types:
                if event_type in seen:
                    raise ValueError(f"event type {event_type!r} has two roles, {seen[event_type]} and {role}")
                seen[event_type] = role
        return self

    def named(self) -> tuple[str, ...]:
        """Every event type that has a role, in the order of params.yaml."""
        return tuple(event_type for _, types in self for event_type in types)


class Csv(Section):
    """How text files are written; the defaults are what most tools export."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    encoding: Literal["utf-8", "utf-16", "latin-1", "windows-1252"] = "utf-8"
    line_breaks: bool = False

    @model_validator(mode="after")
    def _told_apart(self) -> Csv:
        if self.delimiter in '\n\r"\x00' or self.delimiter.isalnum() or not self.delimiter.isascii():
            raise ValueError(
                f"delimiter {self.delimiter!r} cannot separate columns: name a comma, semicolon, tab or pipe"
            )
        if self.delimiter == self.decimal:
            raise ValueError(f"delimiter and decimal are both {self.decimal!r}: one sign cannot mean both")
        return self


# What lies beside kept columns already, and the columns of the list that theirs (`usual_...`) must not hide.
TAKEN = ("customer_id", "event_time", "event_day", "event_type", "amount", "term_days", "gap_days")


def _before_pattern(source: str) -> tuple[str, str]:
    """The folder of a source with signs of a pattern, and the rest of it."""
    parts = source.split("/")
    first = next(at for at, part in enumerate(parts) if re.search(r"[*?\[]", part))
    return "/".join(parts[:first]) or ".", "/".join(parts[first:])


class Events(Section):
    """Where events come from and what they mean."""

    source: Name
    pattern: Name | None = None
    csv: Csv = Csv()
    time_unit: Literal["iso", "seconds", "milliseconds", "microseconds"] = "iso"
    max_rows: Annotated[int, Field(ge=1)] = 1_000_000_000
    query: str | None = None
    columns: dict[Literal["customer_id", "event_time", "event_type", "amount"], str] = Field(default_factory=dict)
    constants: dict[Literal["event_type", "amount"], str | int | Finite] = Field(default_factory=dict)
    collapse: str | None = None
    keep: tuple[Name, ...] = ()
    timezone: str = "UTC"
    max_rejected_share: Share = 0.05
    lateness_days: Annotated[int, Field(ge=0, le=365)] = 0
    known_until: QuotedDate | None = None
    duplicates: Literal["drop", "keep"] = "drop"
    event_id: Name | None = None
    same_id: Literal["reject", "last"] = "reject"
    unknown_types: Literal["keep", "reject"] = "keep"
    roles: Roles
    money: tuple[str, ...] = ()

    @field_validator("keep")
    @classmethod
    def _beside_ours(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        seen: set[str] = set()
        for name in value:
            if name.lower() in TAKEN:
                raise ValueError(f"keep names {name!r}, which is a name of ours: give it another one in events.query")
            if name.lower() in seen:
                raise ValueError(f"keep names {name!r} twice (capitals do not count): name it once")
            seen.add(name.lower())
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone of the IANA database, such as Europe/London")
        ZoneInfo(value)
        return value

    @field_validator("source")
    @classmethod
    def _file_or_folder(cls, value: str) -> str:
        if is_remote(value) and not re.search(r"[*\[]", value):
            return checked_source(value)
        if re.search(r"[*?\[]", value):
            folder, rest = _before_pattern(value)
            raise ValueError(
                f"{value!r} is a pattern, and DVC follows files and folders only: write source: {folder}, "
                f'pattern: "{rest}"'
            )
        if "://" in value:
            stores = ", ".join(f"{name}://" for name in FOLLOWED)
            raise ValueError(
                f"is an address, and DVC follows files, folders and {stores} only: "
                "of a database, give it in database.url, the table in database.table, and write events.source: "
                "data/pulled, where each run puts the table's rows"
            )
        return value

    @field_validator("known_until")
    @classmethod
    def _real_date(cls, value: str | None) -> str | None:
        return value if value is None else checked_date(value)

    @model_validator(mode="after")
    def _money_has_a_role(self) -> Events:
        for event_type in self.money:
            if event_type not in self.roles.named():
                raise ValueError(f"money names {event_type!r}, which has no role: add it to events.roles")
        return self
