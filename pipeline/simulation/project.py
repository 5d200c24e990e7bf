"""The settings that fit the simulated shop: what params.yaml says in the demo of the loop."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.simulation.kinds import Setting

SHARE = 0.2  # held back
ACTIONS = {
    "offer": {"channel": "email", "within_days": 7, "offer": True},
    "reminder": {"channel": "email", "within_days": 7},
}
ROLES = {
    "activity": ["purchase"],
    "engagement": ["visit", "email_opened", "email_clicked"],
    "friction": ["ticket"],
}
PLAYBOOK = [
    {"band": "high", "action": "offer"},
    {"band": "medium", "action": "reminder"},
    {"action": "nothing"},
]


def project_settings(setting: Setting, source: str, as_of: date | None = None) -> dict[str, Any]:
    """A mapping that pipeline.settings.parse_settings takes; `source` is the folder with the shop's event files.

    Everybody in high or medium is chosen, so that the list's contacts are many and of all kinds, and a fifth of them is
    held back for good: `rotate_days` null, since a draw that ends would end what is being measured. Who was chosen
    rests for a whole horizon, so that no customer is contacted twice within the time by which a contact is judged.
    Slices are four weeks apart and few draws make the report's intervals: a retraining takes longer than all the rest.
    """
    horizon = setting.horizon_days
    return {
        "events": {
            "source": source,
            "max_rejected_share": 0.0,
            "timezone": "UTC",
            "roles": ROLES,
            "money": ["purchase"],
        },
        "churn": {"horizon_days": horizon, "active_within_days": 2 * horizon},
        "snapshots": {"as_of": "latest" if as_of is None else str(as_of), "every_days": 56, "train": 13},
        "features": {"lookback_days": [7, 14, 28, 56, 112, 364]},
        "model": {"num_rounds": 150, "learning_rate": 0.06},
        "evaluation": {"capacity": max(1, setting.customers // 20), "bootstrap": 100},
        "risk": {"cut": "probability", "medium": 0.4, "high": 0.7, "most_high_share": 0.6},
        "money_unit": {"currency": "EUR"},
        "costs": {"contact": 0.5, "offer": 5.0},
        "campaign": {
            "cool_down_days": horizon,
            "actions": ACTIONS,
            "playbook": PLAYBOOK,
        },
        "holdout": {"share": SHARE, "programme": "loop", "rotate_days": None},
        "lists": {"most_days_silent": 3},
        "engine": {"threads": 1},
    }
