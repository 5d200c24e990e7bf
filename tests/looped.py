"""What a list tells of the lists before it, as pipeline.listing.loop shapes it, for pages to be tested on. A helper."""

from __future__ import annotations

from typing import Any

SHARES = {"high": (400, 0.62, 0.58), "medium": (300, 0.5, 0.44), "low": (500, 0.2, 0.22), "all": (1200, 0.415, 0.395)}


def receipt(as_of: str, kind: str = "list") -> dict[str, Any]:
    """A receipt whose High said 62% of 400 and got 58%."""
    return {
        "kind": kind, "list": as_of if kind == "list" else None, "as_of": as_of,
        "groups": {name: group(*shares) for name, shares in SHARES.items()},
        "left_alone": group(700, 0.3, 0.31) if kind == "list" else None,
        "figures": {"log_loss": 0.56, "roc_auc": 0.78, "ece": 0.03, "lift_top_decile": 1.9, "brier": 0.19},
    }  # fmt: skip


def group(customers: int, promised: float, realised: float, kept: bool = True) -> dict[str, Any]:
    """One group of a receipt."""
    return {
        "customers": customers, "left": round(customers * realised), "promised": promised,
        "promised_low": customers * (promised - 0.08), "promised_high": customers * (promised + 0.08),
        "realised": realised, "low": realised - 0.04, "high": realised + 0.04, "kept": kept,
    }  # fmt: skip


def difference(contacted: int, held: int, left: float, left_held: float) -> dict[str, Any]:
    """Two arms and what was kept more."""
    more = left_held - left
    return {
        "contacted": contacted, "contacted_left": round(contacted * left), "held_back": held,
        "held_back_left": round(held * left_held), "left_out": 0, "leaving_contacted": left,
        "leaving_held_back": left_held, "kept": {"value": more, "low": more - 0.03, "high": more + 0.03},
    }  # fmt: skip


def effect(claimed: str = "kept", broken: bool = False) -> dict[str, Any]:
    """The effect of contacting 4,000 customers with 450 held back."""
    whole = difference(4000, 450, 0.52, 0.60 if claimed == "kept" else 0.53)
    value = {"value": 9000.0, "low": 2000.0, "high": 16000.0}
    return {
        "customers": 4450, "again": 1200, "waiting": 300, "contradicted": 0, "first_list": "2023-06-05",
        "newest_closed": "2024-03-04", "programmes": 2,
        "split": {"chosen": 4450, "observed": 450, "expected": 445.0 if not broken else 890.0,
                  "p_value": 0.8 if not broken else 1e-9, "broken": broken},
        **whole, "always": {"value": whole["kept"]["value"], "low": 0.02 if claimed == "kept" else -0.05, "high": 0.14},
        "claimed": claimed, "why_not": None if claimed != "nothing shown" else "could be chance",
        "smallest": 0.07, "smallest_one_look": 0.05, "weeks_for_5_points": 12,
        "by": {} if broken else {
            "band": {"high": difference(2500, 280, 0.6, 0.7), "medium": difference(1500, 170, 0.4, 0.42)},
            "tier": {"vip": difference(300, 5, 0.3, 0.6), "regular": difference(3700, 445, 0.53, 0.6)},
            "action": {"offer": difference(2500, 280, 0.6, 0.7)},
        },
        "by_programme": [],
        "money": None if broken else {
            "contacted": 4000, "left_out": 0, "contacts": 5200, "offers_redeemed": 1000, "contact_cost": 2600.0,
            "offer_cost": 5000.0, "cost": 7600.0, "from_log": [], "saved_customers": value,
            "saved_customers_always": value, "saved_value": value, "saved_value_always": value,
            "saved_value_largest_cut": value, "return": value, "return_per_unit_of_cost": value,
            "offers_redeemed_anyway": {"value": 750.0, "low": 700.0, "high": 800.0},
        },
        "compliance": None if broken else {"customers": 4450, "contacted": {"value": 0.9, "low": 0.88, "high": 0.92},
                                           "contaminated": {"value": 0.02, "low": 0.0, "high": 0.04}, "kept": None,
                                           "why_not": "too few"},
    }  # fmt: skip


def loop(claimed: str = "kept", broken: bool = False, money: bool = True) -> dict[str, Any]:
    """Receipts of two lists and two replayed dates, one open list, and an effect."""
    high = {"customers": 212, "back": 88, "expected": 78.0, "low": 60, "high": 95}
    return {
        "receipts": [receipt("2023-10-02", "replay"), receipt("2023-10-30", "replay"), receipt("2024-02-26"),
                     receipt("2024-03-04")],
        "interim": [{"list": "2024-04-29", "as_of": "2024-04-29", "weeks": 5, "of_weeks": 13, "silence": True,
                     "groups": {"all": {**high, "customers": 900}, "high": high}}],
        "effect": effect(claimed, broken) | ({} if money else {"money": None}),
        "watch": None, "kpis": None, "uplift": None, "revised": {},
        "contacts": {"lists": {"lists": 9, "edited": [], "older_version": [], "replaced": [], "close": []},
                     "log": None, "chosen": {"contact": 4000, "holdout": 450},
                     "contradictions": dict.fromkeys(("before_first_list", "holdout_contacted", "not_asked_for",
                                                      "objectors_contacted", "not_on_the_list", "other_action",
                                                      "not_contacted", "drawn_otherwise"), 0)},
    }  # fmt: skip
