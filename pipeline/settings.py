"""params.yaml, read once: typed, frozen, and refusing what it does not know."""

from __future__ import annotations

import difflib
import re
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from features.spec import FeatureSpec
from pipeline.errors import ConfigError
from pipeline.sections import acting, learning, listing, machine, people, saving
from pipeline.sections.base import Section
from pipeline.sections.churn import Churn
from pipeline.sections.contacting import Contacts, Measure
from pipeline.sections.database import Database
from pipeline.sections.events import Events
from pipeline.sections.kpis import Kpis
from pipeline.sections.notifying import Notify
from pipeline.sections.watching import Watch

ASK_ACTIVITY = ("customer_base", "trees+customer_base", "all three")  # blends with BG/NBD or Pareto/NBD
MAX_BYTES = 1_000_000  # an alias bomb is larger than any honest params.yaml


class Settings(Section):
    """All of params.yaml."""

    events: Events
    database: Database = Database()
    customers: people.Customers = people.Customers()
    privacy: people.Privacy = people.Privacy()
    churn: Churn
    snapshots: learning.Snapshots = learning.Snapshots()
    features: learning.Features = learning.Features()
    model: learning.Model = learning.Model()
    audit: learning.Audit = learning.Audit()
    blend: learning.Blend = learning.Blend()
    calibration: learning.Calibration = learning.Calibration()
    baseline: learning.Baseline = learning.Baseline()
    evaluation: learning.Evaluation = learning.Evaluation()
    promote: learning.Promote = learning.Promote()
    risk: listing.Risk = listing.Risk()
    tiers: listing.Tiers = listing.Tiers()
    money_unit: acting.MoneyUnit = acting.MoneyUnit()
    costs: acting.Costs = acting.Costs()
    campaign: acting.Campaign = acting.Campaign()
    holdout: listing.Holdout = listing.Holdout()
    uplift: saving.Uplift = saving.Uplift()
    lists: listing.Lists = listing.Lists()
    kpis: Kpis = Kpis()
    watch: Watch = Watch()
    report: listing.Report = listing.Report()
    contacts: Contacts = Contacts()
    measure: Measure = Measure()
    export: acting.Export = acting.Export()
    notify: Notify = Notify()
    engine: machine.Engine = machine.Engine()
    mlflow: machine.MLflow = machine.MLflow()

    @model_validator(mode="after")
    def _definition_can_be_answered(self) -> Settings:
        if self.churn.definition == "cancellation" and not self.events.roles.cancel:
            raise ValueError(
                "events.roles.cancel is empty, and churn.definition cancellation needs the event type that ends the "
                "relation: name it there, or choose another definition"
            )
        if not self.churn.silence and self.blend.members in ASK_ACTIVITY:
            raise ValueError(
                f"blend.members {self.blend.members} asks whether any activity comes, which is not what "
                f"churn.definition {self.churn.definition} asks: choose auto, trees, trees+logistic or rule"
            )
        return self

    @model_validator(mode="after")
    def _list_can_be_made(self) -> Settings:
        if self.uplift.order == "saved_value" and not self.holdout.share:
            raise ValueError(
                "uplift.order is saved_value, but holdout.share is 0: whom contacts keep can only be learnt beside "
                "customers who were left alone, so set holdout.share, or order by value_at_risk"
            )
        if self.risk.cut == "cost" and not self.events.money:
            raise ValueError("risk.cut is cost, but events.money is empty: without amounts nobody knows where it pays")
        if self.campaign.channel_from is not None and self.campaign.channel_from not in self.events.keep:
            raise ValueError(
                f"campaign.channel_from names {self.campaign.channel_from!r}, which events.keep does not: "
                "add it there, so that the column is kept beside the events"
            )
        for name in self.events.keep:
            if name in (*listing.FACTS, *self.customers.display):
                other = "customers.display" if name in self.customers.display else "a fact that lists.show knows"
                raise ValueError(f"events.keep names {name!r}, which is also {other}: rename it in events.query")
        known = (*listing.FACTS, *self.events.keep, *self.customers.display)
        for name in self.lists.show:
            if name not in known:
                raise ValueError(f"lists.show names {name!r}; known are {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def _scores_are_feedback(self) -> Settings:
        for key, name in self.kpis:
            if name is not None and name not in self.events.roles.feedback:
                raise ValueError(
                    f"kpis.{key} names {name!r}, which is no event type of role feedback: "
                    "add it to events.roles.feedback, or set it to null"
                )
        return self

    def sources(self) -> tuple[str, str, str]:
        """What is read that is not ours: events, customers, the log of contacts."""
        return self.events.source, self.customers.source, self.contacts.source

    def feature_spec(self) -> FeatureSpec:
        """The part of the settings that decides which features exist."""
        roles = self.events.roles
        return FeatureSpec(
            activity=roles.activity,
            engagement=roles.engagement,
            friction=roles.friction,
            feedback=roles.feedback,
            level=roles.level,
            money=self.events.money,
            lookback_days=self.features.lookback_days,
            active_within_days=self.churn.active_within_days,
            numeric=self.customers.numeric,
            categorical=tuple(self.customers.categorical.items()),
            definition=self.churn.definition,
            # Elsewhere cancels are no feature, and stay none.
            cancel=() if self.churn.silence else roles.cancel,
            grace_days=self.churn.grace_days if self.churn.definition == "lapse" else 0,
        )


def load_settings(path: Path = Path("params.yaml")) -> Settings:
    """Read and check params.yaml. Raises ConfigError that names the key, the value and the remedy."""
    if not path.exists():
        raise ConfigError(f"{path} does not exist: run the command from the folder that holds it.")
    if path.stat().st_size > MAX_BYTES:
        raise ConfigError(f"{path} is larger than {MAX_BYTES:,} bytes, which no list of settings is.")
    try:
        # As DVC reads it (YAML 1.2): PyYAML would turn `no` into False and `010` into 8.
        text = path.read_text(encoding="utf-8")
        if any(isinstance(event, AliasEvent) for event in YAML(typ="safe", pure=True).parse(text)):
            raise ConfigError(f"{path} uses a YAML alias (*name): write the value out, so that each key can be read.")
        raw = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid YAML: {_fault_of(error)}") from None
    return parse_settings(raw, str(path))


def parse_settings(raw: Any, name: str = "params.yaml") -> Settings:
    """Check a mapping as params.yaml would be checked. Raises ConfigError on the first faults, all of them named."""
    if not isinstance(raw, dict):
        raise ConfigError(f"{name} must be a mapping of sections, got {type(raw).__name__}.")
    try:
        return Settings.model_validate(_for_strict_types(raw))
    except ValidationError as error:
        faults = [_sentence(name, fault) for fault in error.errors()]
        raise ConfigError(" ".join(faults)) from None


def _for_strict_types(value: Any) -> Any:
    """YAML lists as tuples, so that strict types accept them; dates stay, to be refused by name."""
    if isinstance(value, dict):
        return {key: _for_strict_types(item) for key, item in value.items()}
    return tuple(_for_strict_types(item) for item in value) if isinstance(value, list) else value


def _sentence(name: str, fault: Any) -> str:
    path = ".".join(str(part) for part in fault["loc"] if not str(part).startswith(("literal", "constrained")))
    if fault["type"] == "extra_forbidden":
        return f"{name}: unknown key {path}{_nearest(fault['loc'])}."
    if fault["type"] == "missing":
        return f"{name}: {path} is missing; it has no default."
    if isinstance(fault["input"], date):
        return f'{name}: {path} must be quoted, "{fault["input"]}", so that it is read the same everywhere.'
    if not path:  # what two sections say together is nobody's key
        return f"{name}: {fault['msg'].removeprefix('Value error, ')}."
    message = fault["msg"].removeprefix("Value error, ")
    hidden = isinstance(fault["input"], (dict, tuple, BaseModel)) or path == "database.url"
    value = "" if hidden else f" (got {_shown(fault['input'])})"
    return f"{name}: {path}: {message}{value}."


def _shown(value: Any) -> str:
    """A value as a message may repeat it: messages end up in logs, so a URL loses all but its scheme."""
    return _without_urls(repr(value))


def _fault_of(error: Exception) -> str:
    """Where and what, without the text around it: a password may stand there."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    said = f"{problem} (line {mark.line + 1}, column {mark.column + 1})" if mark and problem else str(error)
    return " ".join(_without_urls(said).split())


def _without_urls(text: str) -> str:
    return re.sub(r"://.*", "://...", text)


def _nearest(location: tuple[Any, ...]) -> str:
    model: Any = Settings
    for part in location[:-1]:
        field = getattr(model, "model_fields", {}).get(part)
        model = field.annotation if field else None
    known = list(getattr(model, "model_fields", {}))
    close = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.4)
    return f"; did you mean {close[0]}" if close else f"; known here: {', '.join(known)}" if known else ""
