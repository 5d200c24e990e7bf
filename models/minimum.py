"""Whether there are enough customers to learn from, and what is said and done where there are not."""

from __future__ import annotations

from models.table import TrainingTable

FEWEST_CUSTOMERS, FEWEST_LEAVERS = 100, 20  # below: no model, a rule
FEW_CUSTOMERS, FEW_LEAVERS = 500, 100  # below: a warning


def too_few(test: TrainingTable) -> str | None:
    """Why no model is made of so few customers in the newest slice; None if they are enough."""
    leavers, stayers = int(test.churned.sum()), int((~test.churned).sum())
    rarer, who = (leavers, "leavers") if leavers <= stayers else (stayers, "stayers")
    if len(test) >= FEWEST_CUSTOMERS and rarer >= FEWEST_LEAVERS:
        return None
    return (
        f"{len(test):,} eligible customers with {rarer:,} {who} in the newest slice are too few for a model (at least "
        f"{FEWEST_CUSTOMERS} and {FEWEST_LEAVERS}), so the best rule by days of silence makes the list"
    )


def few(test: TrainingTable) -> str | None:
    """What to say where a model is made of few customers; None if they are many."""
    rarer = int(min(test.churned.sum(), (~test.churned).sum()))
    if len(test) >= FEW_CUSTOMERS and rarer >= FEW_LEAVERS:
        return None
    return (
        f"Few customers: {len(test):,} eligible in the newest slice, {rarer:,} in the rarer outcome (comfortable from "
        f"{FEW_CUSTOMERS} and {FEW_LEAVERS}). Trust the order more than the percentages, and mind the intervals."
    )
