"""The briefing: every figure of a list's first page as plain data, so that pages and files say the same numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from models.minimum import FEW_CUSTOMERS, FEW_LEAVERS
from models.promise import Spread
from pipeline.listing.assemble import VALID_DAYS, Told
from pipeline.listing.decide import Decisions
from pipeline.listing.figures import CENTS, Listed, bands, contact, held_back, power, promises, reasons, tiers
from pipeline.listing.inputs import Inputs
from pipeline.listing.loop import achieved, last_promise
from pipeline.listing.loop import warnings as loop_warnings
from pipeline.listing.movements import Movements
from pipeline.made_from import source_part
from pipeline.settings import Settings

SUPPRESSED = {"consent", "objection", "no_contact"}  # columns of customers that say who must not be contacted


def briefing(
    inputs: Inputs,
    table: pa.Table,
    decisions: Decisions,
    movements: Movements,
    told: Told,
    warnings: list[dict[str, Any]],
    settings: Settings,
) -> dict[str, Any]:
    """Every figure, of the shape that tests/samples.py shows; `table` is the list, in its order."""
    listed, churn, as_of, loop = Listed.of(table), settings.churn, inputs.as_of, inputs.loop
    at_risk = None if listed.at_risk is None else decisions.value_at_risk
    return {
        "as_of": str(as_of),
        "valid_until": str(as_of + timedelta(days=VALID_DAYS)),
        "horizon_end": str(as_of + timedelta(days=churn.lead_days + churn.horizon_days)),
        "model_version": inputs.champion.version,
        "definition": churn.definition,
        "horizon_days": churn.horizon_days,
        "lead_days": churn.lead_days,
        "active_within_days": churn.active_within_days,
        "activity": list(settings.events.roles.activity),
        "stale": None,
        "data": data_part(inputs.ingest, inputs.about),
        "customers": len(listed),
        "already_lapsed": inputs.about["lapsed"],
        "object_to_profiling": inputs.about["objected"],
        "no_contact": int(inputs.no_contact.sum()),
        "uncertain": len(listed) - table.column("uncertain").null_count,
        "money": _money(listed, inputs.scoring, settings),
        "promise": promises(listed, Spread.from_json(inputs.scoring["spread"])),
        "bands": bands(listed),
        "tiers": tiers(listed),
        "contact": contact(listed),
        "holdout": _holdout(listed, decisions, settings),
        "power": _power(listed, inputs, decisions, settings),
        "cut": decisions.cut.to_json(settings),
        **_from_champion(inputs.champion.manifest["metrics"], loop),
        "achieved": achieved(loop),
        "loop": loop,
        "movements": movements.summary,
        "reasons": reasons(told, decisions.risk_band, at_risk),
        "warnings": [
            *_warnings(inputs, settings),
            *({"key": key, "values": {}} for key in decisions.cut.notes),
            *warnings,
            *loop_warnings(loop),
        ],
    }


def data_part(ingest: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    """What became of the source's rows, and the days that the list knows."""
    return {**source_part(ingest), **{name: about[name] for name in ("data_start", "newest_event_day")}}


def _money(listed: Listed, scoring: dict[str, Any], settings: Settings) -> dict[str, Any]:
    value, unit = scoring["value"], settings.money_unit
    expected = None if listed.expected is None else int(listed.expected.sum()) / CENTS
    whole = np.ones(len(listed), bool)
    return {
        "known": bool(value["known"]) and expected is not None,
        "why_not_known": value["why_not_known"],
        "currency": unit.currency,
        "margin": unit.margin,
        "expected_value": expected,
        "value_at_risk": listed.stake(whole),
        "one_point_of_retention": None if expected is None else round(0.01 * expected, 2),
    }


def _holdout(listed: Listed, decisions: Decisions, settings: Settings) -> dict[str, Any]:
    return {
        "programme": decisions.programme,
        "share": settings.holdout.share,
        "next_draw": None if decisions.next_draw is None else str(decisions.next_draw),
        "held_back": int((listed.why_not == "holdout").sum()),
        "by_band_and_tier": held_back(listed),
    }


def _power(listed: Listed, inputs: Inputs, decisions: Decisions, settings: Settings) -> dict[str, Any]:
    before = inputs.previous.table.column("programme").unique().to_pylist() if inputs.previous else []
    first = decisions.programme not in before
    return power(listed, draw_began(decisions, settings), first, settings.churn.active_within_days)


def draw_began(decisions: Decisions, settings: Settings) -> np.datetime64 | None:
    """The first day of the present draw; None where it is for ever."""
    next_draw: date | None = decisions.next_draw
    if next_draw is None or settings.holdout.rotate_days is None:
        return None
    return np.datetime64(next_draw - timedelta(days=settings.holdout.rotate_days), "D")


def _from_champion(metrics: dict[str, Any], loop: dict[str, Any] | None) -> dict[str, Any]:
    """What was found out about the model when it was judged; parts are None where an earlier version kept none.

    A promise of a list that has come due is told before that of the test.
    """
    told = metrics.get("for_lists") or {}
    past, test = told.get("past_dates"), told.get("test")
    return {
        "against_rule": past,
        "last_promise": last_promise(loop) or (None if test is None else {"kind": "test", **test}),
        "grade": _grade(metrics["grade"], told) if told else None,
    }


def _grade(grade: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The grade with what it was judged against; the letter alone would be one without a reason."""
    figures = grade["figures"]
    low, high = figures["log_loss_difference_low"], figures["log_loss_difference_high"]
    known = low is not None and high is not None
    return {
        "letter": grade["letter"],
        "baseline": told["baseline"],
        "rule_days": told["rule_days"],
        "beats": known and high < 0,
        "level": known and low <= 0 <= high,
        "worse": known and low > 0,
        "calibration_error": figures["calibration_error"],
        "noise_floor": figures["calibration_noise_floor"],
        "lift_quality": figures["lift_quality"],
        "customers": told["customers"],
        "leavers": told["leavers"],
        "next_step": grade.get("next_key"),
    }


def _warnings(inputs: Inputs, settings: Settings) -> list[dict[str, Any]]:
    """What a reader must not miss, each a key of the catalogue with its numbers."""
    told = inputs.champion.manifest["metrics"].get("for_lists") or {}
    customers, leavers = told.get("customers"), told.get("leavers")
    found: list[dict[str, Any]] = []
    if inputs.scoring["blend"] == "rule":
        found.append({"key": "warning-rule", "values": {}})
    if told and inputs.champion.manifest["metrics"]["grade"]["letter"] == "D":
        found.append({"key": "warning-grade-d", "values": {}})
    if customers is not None and (customers < FEW_CUSTOMERS or min(leavers, customers - leavers) < FEW_LEAVERS):
        found.append({"key": "warning-few-customers", "values": {"customers": customers, "leavers": leavers}})
    if inputs.champion.rolled_back_from:
        found.append({"key": "warning-rolled-back", "values": {}})
    if not SUPPRESSED & settings.customers.columns.keys():
        found.append({"key": "warning-no-opt-outs", "values": {}})
    return found
