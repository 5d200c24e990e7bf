"""Whom to contact first, by risk or by what a contact changes: orders of the simulated customers beside the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.table import Bools, Floats
from models.uplift import Trial, UpliftParams, codes_of, fit_uplift

TOP = 1 / 3  # of the later customers, who would be contacted


@dataclass(frozen=True)
class Chosen:
    """One entry per customer, by the day of the first choice: what was known then, what came, and the truth of it.

    `left` is known of all. `kept` is the true effect of being on the list; `values` are the features of that day.
    """

    customer_id: list[str]
    day: list[date]
    contacted: Bools
    left: Bools
    risk: Floats
    kept: Floats
    values: NDArray[np.float32]
    names: tuple[str, ...]


def true_effect_at_the_top(chosen: Chosen, holdout_share: float) -> Mapping[str, float]:
    """The mean true effect on the top third of the later half of customers, as each order puts them.

    `uplift` learns from the earlier half alone, from arms and outcomes and not from the truth; `risk` is the list's
    probability; `truth` the best that can be done; `all` everybody. Empty where an arm of the earlier half is empty.
    """
    order = np.argsort(np.array(chosen.day, "datetime64[D]"), kind="stable")
    early, late = order[: len(order) // 2], order[len(order) // 2 :]
    if len({*chosen.contacted[early].tolist()}) < 2:
        return {}
    names = [chosen.customer_id[row] for row in early]
    stayed = (~chosen.left[early]).astype(np.float64)
    share = np.full(len(early), 1 - holdout_share)
    trial = Trial(codes_of(names), chosen.values[early], chosen.names, chosen.contacted[early], stayed, share)
    model = fit_uplift(trial, "x", UpliftParams())
    kept = chosen.kept[late]
    orders = {
        "uplift": model.saved(chosen.values[late], chosen.names),
        "risk": chosen.risk[late],
        "truth": kept,
    }
    most = max(round(TOP * len(late)), 1)
    found = {name: float(kept[np.argsort(-by, kind="stable")[:most]].mean()) for name, by in orders.items()}
    return {**found, "all": float(kept.mean())}
