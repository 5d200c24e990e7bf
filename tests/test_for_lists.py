"""What the champion keeps for the first page of its lists."""

from __future__ import annotations

from typing import Any

from pipeline.promotion import for_lists

REPORT: dict[str, Any] = {
    "test_snapshot": "2024-02-19",
    "best_baseline": "bgnbd",
    "about_baselines": [
        {"name": "base_rate", "about": "everybody leaves with 41.0%", "days": None},
        {"name": "recency_rule", "about": "nothing for 45 days", "days": 45},
    ],
    "model": {
        "n": 200,
        "base_rate": {"value": 0.405, "low": 0.34, "high": 0.47},
        "mean_probability": {"value": 0.417, "low": 0.4, "high": 0.43},
    },
    "promise": {"customers": 200, "expected_leavers": 83.4, "low": 70.0, "high": 97.0},
    "past_dates": {
        "origins": 3,
        "capacity": 300,
        "rule_days": 91,
        "found": {"model": {"leavers": {"value": 212.0}}, "today": {"leavers": {"value": 185.0}}},
        "differences": {"today": {"leavers": {"value": 27.0, "low": 18.0, "high": 34.0}}},
        "sentences": ["..."],
    },
}


def test_what_a_list_says_of_its_model() -> None:
    """The newest outcome that was known beside its promise, and the comparison with today's rule."""
    assert for_lists(REPORT) == {
        "baseline": "bgnbd",
        "rule_days": 45,
        "customers": 200,
        "leavers": 81,
        "test": {
            "as_of": "2024-02-19",
            "customers": 200,
            "promised": 0.417,
            "promised_low": 0.35,
            "promised_high": 0.485,
            "realised": 0.405,
            "low": 0.34,
            "high": 0.47,
        },
        "past_dates": {
            "rule_days": 91,
            "capacity": 300,
            "origins": 3,
            "model": 212.0,
            "rule": 185.0,
            "more": {"value": 27.0, "low": 18.0, "high": 34.0},
        },
    }


def test_no_past_date_to_compare_on() -> None:
    """Then nothing is compared; and without a recency rule there are no days of it."""
    early = {**REPORT, "past_dates": {"origins": 0, "sentences": []}, "about_baselines": []}
    found = for_lists(early)
    assert (found["past_dates"], found["rule_days"]) == (None, None)
