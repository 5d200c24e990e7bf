"""The sections of params.yaml as types; DESIGN section 4 explains each key, params.yaml repeats it for its reader."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Finite = Annotated[float, Field(allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, le=3650)]
Share = Annotated[float, Field(ge=0, le=1)]
QuotedDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


def _checked_date(text: str) -> str:
    date.fromisoformat(text)
    return text


class Section(BaseModel):
    """A part of params.yaml: frozen, and closed to keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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


class Events(Section):
    """Where events come from and what they mean."""

    source: str = Field(min_length=1)
    query: str | None = None
    columns: dict[Literal["customer_id", "event_time", "event_type", "amount"], str] = Field(default_factory=dict)
    constants: dict[Literal["event_type", "amount"], str | int | Finite] = Field(default_factory=dict)
    collapse: str | None = None
    timezone: str = "UTC"
    max_rejected_share: Share = 0.05
    lateness_days: Annotated[int, Field(ge=0, le=365)] = 0
    known_until: QuotedDate | None = None
    duplicates: Literal["drop", "keep"] = "drop"
    unknown_types: Literal["keep", "reject"] = "keep"
    roles: Roles
    money: tuple[str, ...] = ()

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
        if re.search(r"[*?\[]", value):
            raise ValueError(
                f"{value!r} is a pattern, and DVC follows files and folders only: name the folder, "
                "every file in it with a known ending is read"
            )
        if "://" in value:
            raise ValueError(
                f"{value.split('://', maxsplit=1)[0]}:// sources are not read yet: name a file or a folder"
            )
        return value

    @field_validator("known_until")
    @classmethod
    def _real_date(cls, value: str | None) -> str | None:
        return value if value is None else _checked_date(value)

    @model_validator(mode="after")
    def _money_has_a_role(self) -> Events:
        for event_type in self.money:
            if event_type not in self.roles.named():
                raise ValueError(f"money names {event_type!r}, which has no role: add it to events.roles")
        return self


class Customers(Section):
    """Attributes known in advance; a table of them is not read yet."""

    source: None = None


class Churn(Section):
    """What leaving means."""

    definition: Literal["inactivity"] = "inactivity"
    horizon_days: Days
    lead_days: Annotated[int, Field(ge=0, le=365)] = 0
    active_within_days: Days


class Snapshots(Section):
    """The grid of prediction times."""

    as_of: Literal["latest"] | QuotedDate = "latest"
    every_days: Days = 28
    train: Annotated[int, Field(ge=2, le=520)] = 26
    min_history_days: Annotated[int, Field(ge=0, le=3650)] | None = None

    @field_validator("as_of")
    @classmethod
    def _real_date(cls, value: str) -> str:
        return value if value == "latest" else _checked_date(value)


class Features(Section):
    """How far back features look."""

    lookback_days: tuple[Days, ...] = (7, 14, 28, 56, 91, 182, 364)

    @field_validator("lookback_days")
    @classmethod
    def _rising(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or list(value) != sorted(set(value)):
            raise ValueError(f"lookback_days must rise and not repeat, got {list(value)}")
        return value


class Model(Section):
    """LightGBM; every key is one of its parameters, so a typo cannot pass in silence."""

    num_rounds: Annotated[int, Field(ge=1, le=5000)] = 300
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.03
    num_leaves: Annotated[int, Field(ge=2, le=1024)] | None = None
    min_data_in_leaf: Annotated[int, Field(ge=1)] = 50
    lambda_l2: Annotated[float, Field(ge=0)] = 20.0
    feature_fraction: Annotated[float, Field(gt=0, le=1)] = 0.3
    max_bin: Annotated[int, Field(ge=8, le=1024)] = 255
    seed: Annotated[int, Field(ge=0)] = 7
    num_threads: Annotated[int, Field(ge=1, le=64)] = 1


class Blend(Section):
    """Which models make the probability."""

    members: Literal["auto", "rule", "customer_base", "trees", "trees+customer_base", "trees+logistic", "all three"] = (
        "auto"
    )


class Baseline(Section):
    """What is done today; Ebb's list is held against it."""

    rule_days: Days | None = None


class Calibration(Section):
    """How scores become probabilities."""

    method: Literal["auto", "none", "intercept", "sigmoid"] = "auto"


class Evaluation(Section):
    """How models are judged."""

    capacity: Annotated[int, Field(ge=1)] = 300
    bootstrap: Annotated[int, Field(ge=100, le=10000)] = 500
    seed: Annotated[int, Field(ge=0)] = 7


class Promote(Section):
    """When a challenger may replace the champion; differences are challenger minus champion on the same rows."""

    mode: Literal["auto", "ask"] = "auto"
    max_log_loss_increase: Annotated[float, Field(ge=0)] = 0.002
    max_calibration_increase: Annotated[float, Field(ge=0)] = 0.02
    max_lift_decrease: Annotated[float, Field(ge=0)] = 0.1
    max_high_changed: Share = 0.5
    max_reseed_changed: Share = 0.35


class Risk(Section):
    """Where low ends and high begins."""

    cut: Literal["probability"] = "probability"
    medium: Annotated[float, Field(gt=0, lt=1)] = 0.4
    high: Annotated[float, Field(gt=0, lt=1)] = 0.7

    @model_validator(mode="after")
    def _in_order(self) -> Risk:
        if self.medium >= self.high:
            raise ValueError(f"medium ({self.medium}) must be below high ({self.high})")
        return self


class Holdout(Section):
    """Who is left alone, so that the contacts can be measured."""

    share: Annotated[float, Field(ge=0, lt=1)] = 0.1
    programme: str = Field(default="programme-1", min_length=1)


class Engine(Section):
    """What cleans, sorts and streams events."""

    name: Literal["duckdb"] = "duckdb"
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s?(MB|GB|TB)$")] | None = None


class MLflow(Section):
    """Where runs are recorded; MLFLOW_TRACKING_URI in the environment wins."""

    tracking_uri: str = "sqlite:///mlflow.db"
    experiment: str = Field(default="ebb", min_length=1)
    registered_model: str = Field(default="ebb-churn", min_length=1)
