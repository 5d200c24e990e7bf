"""A list and its briefing as publish makes them, from a seed: what the workbook, the page and the files are tested on.

A helper, not a test. `sample(300)` is a plain shop; `hostile_ids()` are ids that no spreadsheet and no page may obey.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from looped import loop

from pipeline.listing.schema import ACTIVITY, COLUMNS, SCHEMA, WEEKS

AS_OF = date(2024, 6, 3)
WHY_NOT = ("low", "over_capacity", "holdout", "objected", "cool_down", "value_below_cost")
ACTIONS = {"high": ("personal_call", "offer", "offer"), "medium": ("reminder",) * 3, "low": ("nothing",) * 3}
TIERS = ("vip", "regular", "small")


def hostile_ids() -> list[str]:
    """Formulas, markup, marks of direction, emoji, quotes, line breaks, very long ones, leading zeros."""
    return [
        "=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1", " =HYPERLINK(\"http://example.invalid\",\"x\")",
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</script><script>alert(2)</script>",
        "'; DROP TABLE x", "a,b;c\td", "line\nbreak", "\u202egnp.exe", "\u200fright", "é\u0301ü😀", "0000123",
        "007", "1e5", "TRUE", "2024-01-01", "{{ 7*7 }}", "javascript:alert(3)", "x" * 200, "&amp;&lt;", "#REF!",
    ]  # fmt: skip


def sample(n: int, seed: int = 7, ids: list[str] | None = None, money: bool = True) -> tuple[pa.Table, dict[str, Any]]:
    """(list, briefing) of n customers; without `money` amounts are null and frequency stands in."""
    random = np.random.default_rng(seed)
    names = [*(ids or []), *(f"{10_000 + number:07d}" for number in range(n))][:n]
    p = np.sort(random.beta(1.3, 1.6, n))[::-1]
    band = np.where(p >= 0.7, "high", np.where(p >= 0.4, "medium", "low"))
    tier = np.array(TIERS)[random.choice(3, n, p=(0.1, 0.4, 0.5))]
    value = np.round(random.lognormal(4, 1, n) * np.where(tier == "vip", 8, 1), 2)
    group = np.where(random.random(n) < 0.1, "holdout", "contact")
    why = [_why(band[row], group[row], random) for row in range(n)]
    yes = np.array([reason is None for reason in why], bool)
    made = _columns(n, names, p, band, tier, value, group, why, random, money)
    order = np.lexsort((np.arange(n), -p, ~yes)) if n else np.zeros(0, np.int64)
    table = pa.table({**made, "priority": pa.array(np.argsort(order) + 1, pa.int64())})
    table = table.select([column.name for column in COLUMNS]).cast(SCHEMA).take(pa.array(order, pa.int64()))
    weeks = random.poisson(0.3, (n, WEEKS)).astype(np.int16)
    shown = {
        "last_activity": pa.array([AS_OF - timedelta(days=int(d)) for d in random.integers(1, 180, n)], pa.date32()),
        "activities_12m": pa.array(random.integers(1, 40, n), pa.int64()),
        "spend_12m": pa.array(np.round(value * 3, 2) if money else [None] * n, pa.float64()),
    }
    for name, column in shown.items():
        table = table.append_column(name, column)
    table = table.append_column(ACTIVITY, pa.array(weeks.tolist(), pa.list_(pa.int16())))
    return table, briefing(table, money)


def _why(band: str, group: str, random: np.random.Generator) -> str | None:
    if band == "low":
        return "low"
    if group == "holdout":
        return "holdout"
    draw = random.random()
    limits = (("objected", 0.02), ("cool_down", 0.1), ("value_below_cost", 0.12), ("over_capacity", 0.2))
    return next((name for name, limit in limits if draw < limit), None)


def _columns(n, names, p, band, tier, value, group, why, random, money) -> dict[str, pa.Array]:  # type: ignore[no-untyped-def]  # noqa: PLR0917
    silent, gap = random.integers(1, 180, n), np.round(random.uniform(3, 60, n), 1)
    action = [ACTIONS[band[row]][TIERS.index(tier[row])] for row in range(n)]
    known = random.random(n) > 0.1
    change = np.round(random.normal(0, 0.05, n), 6)
    part = np.round(change * 0.25, 6)
    day = lambda offset: pa.array([AS_OF + timedelta(days=offset)] * n, pa.date32())  # noqa: E731
    text = lambda values: pa.array(list(values), pa.string())  # noqa: E731
    amounts = lambda values: pa.array(np.round(values, 2) if money else [None] * n, pa.float64())  # noqa: E731
    reasons = [f"No purchase for {silent[row]} days; usually every {gap[row]:.0f} days" for row in range(n)]
    return {
        "customer_id": text(names), "as_of": day(0), "churn_probability": pa.array(p), "risk_band": text(band),
        "raw_band": text(band), "previous_band": text(np.where(known, band, None)), "value_tier": text(tier),
        "contact_this_week": text("no" if reason else "yes" for reason in why), "why_not": text(why),
        "expected_value": amounts(value), "value_at_risk": amounts(value * p), "recommended_action": text(action),
        "channel": text(["phone" if name == "personal_call" else "email" for name in action]), "act_by": day(7),
        "reason_1": text(reasons), "reason_2": text(["2 purchases in the last 91 days"] * n),
        "reason_3": text([None] * n), "reason_lowers": text(["First purchase 700 days ago"] * n),
        "group": text(group), "uncertain": text(["Known for 3 days only"] * min(n, 1) + [None] * max(n - 1, 0)),
        "lifecycle_stage": text(["active"] * n), "movement": text(np.where(known, "same", "new")),
        "change": pa.array(np.where(known, change, np.nan), from_pandas=True),
        "change_data": pa.array(np.where(known, change - 2 * part, np.nan), from_pandas=True),
        "change_model": pa.array(np.where(known, part, np.nan), from_pandas=True),
        "change_calibration": pa.array(np.where(known, part, np.nan), from_pandas=True),
        "change_cut": text(["no"] * n), "listed_since": day(-14), "last_contact": pa.nulls(n, pa.date32()),
        "last_chosen": pa.nulls(n, pa.date32()),
        "programme": text(["programme-1.109"] * n), "days_since_last_activity": pa.array(silent, pa.int64()),
        "usual_gap_days": pa.array(gap), "horizon_end": day(91), "valid_until": day(7),
        "model_version": text(["0123456789ab"] * n),
    }  # fmt: skip


def briefing(table: pa.Table, money: bool = True) -> dict[str, Any]:
    """The briefing of a list: every figure of the first page, as `pipeline.listing.briefing` makes it."""
    rows = table.to_pylist()
    bands = {name: [row for row in rows if row["risk_band"] == name] for name in ("high", "medium", "low")}
    yes = [row for row in rows if row["contact_this_week"] == "yes"]
    total = lambda some, key: round(sum(row[key] or 0 for row in some), 2) if money else None  # noqa: E731
    actions = sorted({row["recommended_action"] for row in yes})
    return {
        "as_of": str(AS_OF), "valid_until": str(AS_OF + timedelta(days=7)),
        "horizon_end": str(AS_OF + timedelta(days=91)), "model_version": "0123456789ab",
        "definition": "inactivity", "horizon_days": 91, "lead_days": 0, "active_within_days": 182,
        "activity": ["purchase"], "stale": None,
        "data": {"source_rows": 1_000_000, "kept_events": 900_000, "rejected": 60_000, "duplicates": 30_000,
                 "left_out_by_query": 10_000, "collapsed_away": 0, "data_start": "2022-06-01",
                 "newest_event_day": "2024-06-02", "warnings": 2},
        "customers": len(rows), "already_lapsed": 1204, "object_to_profiling": 3, "no_contact": 2, "uncertain": 1,
        "money": {"known": money, "why_not_known": None if money else "no_amounts", "currency": "GBP", "margin": None,
                  "expected_value": total(rows, "expected_value"), "value_at_risk": total(rows, "value_at_risk"),
                  "one_point_of_retention": 1234.56 if money else None},
        "promise": {"all": _promise(rows), **{name: _promise(some) for name, some in bands.items()}},
        "bands": {name: {"customers": len(some), "contact": sum(row in yes for row in some),
                         "value_at_risk": total(some, "value_at_risk")} for name, some in bands.items()},
        "tiers": {name: {"customers": sum(row["value_tier"] == name for row in rows),
                         "value_at_risk": total([r for r in rows if r["value_tier"] == name], "value_at_risk")}
                  for name in TIERS},
        "contact": {"yes": len(yes), "value_at_risk": total(yes, "value_at_risk"),
                    "act_by": str(AS_OF + timedelta(days=2)),
                    "by_action": {name: _action([row for row in yes if row["recommended_action"] == name], total)
                                  for name in actions},
                    "why_not": {name: sum(row["why_not"] == name for row in rows) for name in WHY_NOT}},
        "holdout": {"programme": "programme-1.109", "share": 0.1, "next_draw": "2024-09-02",
                    "held_back": sum(row["why_not"] == "holdout" for row in rows),
                    "by_band_and_tier": [{"band": b, "tier": t, "holdout": 3, "contact": 27}
                                         for b in ("high", "medium") for t in TIERS]},
        "power": {"contact": len(yes), "holdout": 30, "expected_rate": 0.7, "smallest_effect": 0.09,
                  "weeks_for_half": 14},
        "cut": {"name": "probability", "medium": 0.4, "high": 0.7, "leave_by": 0.05, "capacity": None,
                "high_share": len(bands["high"]) / max(len(rows), 1), "too_many_high": False, "proposals": [],
                "costs": {"contact": 0.5, "offer": 5.0, "saving_rate": 0.05},
                "break_even": {"saving_rate": 0.07, "one_in": 14} if money else None},
        "against_rule": {"rule_days": 91, "capacity": 300, "origins": 12,
                         "model": 212.0, "rule": 185.0, "more": {"value": 27.0, "low": 18.0, "high": 34.0}},
        "last_promise": {"kind": "test", "as_of": "2024-02-19", "customers": 2813, "promised": 0.417,
                         "realised": 0.408, "low": 0.390, "high": 0.426},
        "grade": {"letter": "A", "baseline": "bgnbd", "rule_days": 45, "beats": True, "level": False, "worse": False,
                  "calibration_error": 0.025, "noise_floor": 0.033, "lift_quality": 0.56, "customers": 2813,
                  "leavers": 1149, "next_step": "use_all"},
        "achieved": {"kind": "not_proven"}, "loop": loop(money=money),
        "movements": {"previous": str(AS_OF - timedelta(days=7)), "new": 30, "left": 12, "up": 41, "down": 22,
                      "same": len(rows) - 93, "contacted": 120, "banded_up": {"data": 30, "model": 6,
                      "calibration": 3, "cut": 2}, "banded_down": {"data": 20, "model": 1, "calibration": 1, "cut": 0},
                      "mean_change": 0.012, "mean_data": 0.010, "mean_model": 0.001, "mean_calibration": 0.001},
        "reasons": [{"family": name, "customers": 400 - 60 * at, "share_of_high": 0.4 - 0.06 * at,
                     "value_at_risk": 9000.0 - 900 * at if money else None, "share_of_value": 0.35 - 0.05 * at}
                    for at, name in enumerate(("silence", "pace", "spend", "history", "trouble"))],
        "warnings": [{"key": "warning-few-customers", "values": {"customers": 120}}],
    }  # fmt: skip


def _promise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    expected = sum(row["churn_probability"] for row in rows)
    return {"customers": len(rows), "expected_leavers": round(expected, 1), "low": float(int(expected * 0.9)),
            "high": float(min(len(rows), int(expected * 1.1) + 1))}  # fmt: skip


def _action(rows: list[dict[str, Any]], total: Any) -> dict[str, Any]:
    return {"customers": len(rows), "act_by": str(max((row["act_by"] for row in rows), default=AS_OF)),
            "value_at_risk": total(rows, "value_at_risk"),
            "expected_leavers": round(sum(row["churn_probability"] for row in rows), 1)}  # fmt: skip
