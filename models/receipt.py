"""A receipt: what a list said of a group of customers, and what came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.bands import BANDS
from models.metrics import Groups, all_metrics
from models.proportions import wilson
from models.table import Bools, Floats

ALL = "all"
# Of the metrics, those that a person asks for once the outcome is known.
FIGURES = ("log_loss", "brier", "roc_auc", "ece", "lift_top_decile")


@dataclass(frozen=True)
class Receipt:
    """One group of a list: shares of its customers, with the promise in whole customers.

    `promised` and `realised` are shares of customers who leave, `low` and `high` the 95% interval of the realised share
    (Wilson, Journal of the American Statistical Association 22, 1927), which allows for chance alone.
    `promised_low` and `promised_high` are leavers between which the list said that it would be, which allows for chance
    and for how far whole bands missed before: the promise was `kept` if `left` lies between them.
    """

    customers: int
    left: int
    promised: float
    promised_low: float
    promised_high: float
    realised: float
    low: float
    high: float
    kept: bool

    def to_json(self) -> dict[str, Any]:
        """As plain data, shares with six decimals."""
        return {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(self).items()}


def receipt(promise: Mapping[str, float], left: int, customers: int) -> Receipt | None:
    """The receipt of a promise as a list's figures hold it; None for a group without customers.

    Where customers were taken out of the list since (erasure), the promise of the others is taken to be as large a
    part of what was promised of all.
    """
    if not customers or not promise["customers"]:
        return None
    part = customers / promise["customers"]
    low, high = wilson(left, customers)
    least, most = promise["low"] * part, promise["high"] * part
    return Receipt(
        customers,
        left,
        promise["expected_leavers"] / promise["customers"],
        least,
        most,
        left / customers,
        float(low),
        float(high),
        bool(least <= left <= most),
    )


def receipts(promises: Mapping[str, Mapping[str, float]], band: np.ndarray, left: Bools) -> dict[str, Receipt]:
    """A receipt for all customers of a list and for each of its bands, as they were published; one entry per customer.

    Bands without customers are left out. `band` holds their names.
    """
    groups = {ALL: np.ones(len(left), bool)} | {name: band == name for name in BANDS}
    found = {name: receipt(promises[name], int(left[rows].sum()), int(rows.sum())) for name, rows in groups.items()}
    return {name: one for name, one in found.items() if one is not None}


def as_it_turned_out(probability: Floats, left: Bools) -> dict[str, float]:
    """The list's log loss, Brier score, ROC AUC, calibration error and lift of its top tenth, once all is known.

    NaN where a figure needs both outcomes and there is one. One entry per customer.
    """
    figures = all_metrics(Groups.of(probability, left), np.ones(len(left)))
    return {name: round(float(figures[name]), 6) for name in FIGURES}
