"""Lists to decide on: a few customers typed out, or many drawn from a seed. A helper, not a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np

from pipeline.listing.decide import Decisions, Past, Rows, decide
from pipeline.settings import Settings, parse_settings

MONDAY = date(2024, 6, 3)
BEFORE = date(2024, 5, 27)
NO_HOLDOUT = {"share": 0.0, "programme": "p", "rotate_days": None}


def campaign(**sections: Any) -> Settings:
    """Settings of a small shop that names no holdout, with these sections; lists as YAML has them."""
    base: dict[str, Any] = {
        "events": {"source": "data/raw/x.csv", "roles": {"activity": ["purchase"]}, "money": ["purchase"]},
        "churn": {"horizon_days": 91, "active_within_days": 182},
        "holdout": NO_HOLDOUT,
    }
    return parse_settings({**base, **sections})


def rows(customers: Mapping[str, tuple[float, float]], as_of: date = MONDAY, **columns: Any) -> Rows:
    """One entry per name with (probability, expected value); other columns as given, or the same for everybody."""
    n = len(customers)
    p, value = np.array(list(customers.values()), np.float64).reshape(n, 2).T
    made = Rows(
        customer_id=list(customers),
        churn_probability=p,
        expected_value=value,
        frequency=np.ones(n),
        lifecycle_stage=np.full(n, "active", object),
        preferred_channel=np.full(n, None, object),
        no_contact=np.zeros(n, bool),
        as_of=as_of,
    )
    return replace(made, **{name: np.asarray(column) for name, column in columns.items()})


def many(n: int, seed: int, as_of: date = MONDAY) -> Rows:
    """So many customers with everything drawn: ids, probabilities with ties, values, stages, channels, objections."""
    random = np.random.default_rng(seed)
    return Rows(
        customer_id=[f"C{number:07d}" for number in random.permutation(10 * n)[:n]],
        churn_probability=np.round(random.beta(1.2, 1.2, n), 2),
        expected_value=np.round(random.lognormal(3, 1, n), 0),
        frequency=random.integers(1, 20, n).astype(np.float64),
        lifecycle_stage=random.choice(np.array(["new", "active", "reactivated"], object), n),
        preferred_channel=random.choice(np.array([None, "sms", "Email", "phone", "web"], object), n),
        no_contact=random.random(n) < 0.05,
        as_of=as_of,
    )


def past_of(made: Rows, decisions: Decisions, steady: bool = True) -> Past:
    """The list of these decisions as the next one finds it, for the same customers in the same order."""
    return Past(
        as_of=made.as_of,
        steady=steady,
        risk_band=decisions.risk_band.astype(object),
        contact=decisions.contact,
        last_contact=decisions.last_contact,
        listed_since=decisions.listed_since,
        why_not=decisions.why_not,
        last_chosen=decisions.last_chosen,
    )


def past(n: int, as_of: date = BEFORE, **columns: Any) -> Past:
    """A previous list on which nobody was but for these columns, a value for all or one per customer."""
    never = np.full(n, "NaT", "datetime64[D]")
    empty = Past(as_of, True, np.full(n, None, object), np.zeros(n, bool), never, never)
    given = {name: np.full(n, column) if np.ndim(column) == 0 else np.array(column) for name, column in columns.items()}
    return replace(empty, **given)


def take(made: Rows, at: Sequence[int]) -> Rows:
    """These customers, in this order."""
    columns = {f.name: getattr(made, f.name) for f in fields(Rows) if f.name not in ("customer_id", "as_of")}
    some = {name: None if column is None else column[np.asarray(at)] for name, column in columns.items()}
    return Rows(customer_id=[made.customer_id[number] for number in at], as_of=made.as_of, **some)


def story(made: Rows, decisions: Decisions, *names: str) -> dict[str, tuple[Any, ...]]:
    """Customer -> these decisions, dates as texts, nothing as None."""
    columns = [[_plain(value) for value in getattr(decisions, name).tolist()] for name in names]
    return dict(zip(made.customer_id, zip(*columns, strict=True), strict=True))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value


def told(made: Rows, before: Past | None = None, settings: Settings | None = None) -> dict[str, tuple[Any, ...]]:
    """Customer -> (band, action, why not)."""
    return story(made, decide(made, before, settings or campaign()), "risk_band", "recommended_action", "why_not")
