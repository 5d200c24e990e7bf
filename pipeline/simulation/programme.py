"""A programme of weekly lists without the pipeline: those a perfect model would make, in seconds, not minutes.

For benches that need hundreds of programmes whose true effect is known: coverage of intervals, false claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.holdout import in_holdout
from models.table import Bools, Floats, Ints
from pipeline.simulation.contacts import Contacts, customer_id
from pipeline.simulation.kinds import Setting
from pipeline.simulation.shop import WEEK, Shop


@dataclass(frozen=True)
class Chosen:
    """One entry per (list, customer that it chose), by list, then customer.

    `day`: the list's day number. `held`: left alone, to be compared with. `left` and `spend`: what came true in the
    horizon from `day` on. `risk`: true chance of leaving if left alone. `kept` and `more_spend`: true effect of being
    on the list, reached or not, on leaving and on spend.
    """

    day: Ints
    customer: Ints
    held: Bools
    left: Bools
    spend: Floats
    risk: Floats
    kept: Floats
    more_spend: Floats

    def first_only(self) -> Chosen:
        """The first time that each customer was chosen; later choices have been touched by the first."""
        rows = np.sort(np.unique(self.customer, return_index=True)[1])
        return Chosen(*(values[rows] for values in vars(self).values()))


def run_programme(
    setting: Setting,
    at_risk: float = 0.4,
    share: float = 0.2,
    programme: str = "loop",
    events: Path | None = None,
) -> Chosen:
    """Live the setting's weeks; every list chooses who leaves with a true chance of `at_risk` or more.

    Asked about is who bought within two horizons; who was chosen rests for one, contacted or held, so that within the
    time by which a choice is judged no other follows. Held is a `share` by the draw of models/holdout.py. What happened
    is written into the folder `events`, where one is given.
    """
    shop = Shop(setting, events)
    shop.history_until(shop.first_list)
    every = [customer_id(index) for index in range(setting.customers)]
    held = in_holdout(every, share, programme)
    rests_until = np.zeros(setting.customers, np.int64)
    known: list[tuple[int, Ints, Floats]] = []
    for _ in range(setting.weeks):
        day = shop.world.day
        asked = np.flatnonzero(shop.world.eligible(day, 2 * setting.horizon_days) & (rests_until <= day))
        truth = shop.truth(shop.today, [every[index] for index in asked])
        some = truth.leaves_alone >= at_risk
        rows, told = asked[some], np.array([truth.leaves_alone, truth.kept_assigned, truth.more_spend_assigned])
        rests_until[rows] = day + setting.horizon_days
        known.append((day, rows, told[:, some]))
        ids = [every[index] for index in rows[~held[rows]]]
        shop.run_week(shop.today, Contacts(shop.today, ids, ["offer"] * len(ids), ["email"] * len(ids)))
    for _ in range(-(-setting.horizon_days // WEEK)):
        shop.run_week(shop.today)
    return _with_outcomes(shop, known, held)


def _with_outcomes(shop: Shop, known: list[tuple[int, Ints, Floats]], held: Bools) -> Chosen:
    world, horizon = shop.world, shop.setting.horizon_days
    customer = np.concatenate([rows for _, rows, _ in known])
    risk, kept, more = np.concatenate([told for _, _, told in known], axis=1)
    return Chosen(
        day=np.repeat([day for day, _, _ in known], [len(rows) for _, rows, _ in known]),
        customer=customer,
        held=held[customer],
        left=np.concatenate([world.left(day)[rows] for day, rows, _ in known]),
        spend=np.concatenate([world.spent(day, day + horizon)[rows] for day, rows, _ in known]),
        risk=risk,
        kept=kept,
        more_spend=more,
    )
