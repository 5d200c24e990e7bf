"""What the simulated shop promises comes true: in bins of its truth, and in the lives it did not lead."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import pytest
from scipy.stats import spearmanr

from models.table import Bools, Floats, Ints
from pipeline.simulation.contacts import Contacts, customer_id
from pipeline.simulation.kinds import Heterogeneity, Setting
from pipeline.simulation.programme import run_programme
from pipeline.simulation.shop import Shop
from pipeline.simulation.truth import Truth
from pipeline.simulation.world import Seen

pytestmark = pytest.mark.slow
WORLDS: tuple[Heterogeneity, ...] = ("engagement", "risk", "none")
EVERY = pytest.mark.parametrize("heterogeneity", WORLDS)
GIVEN = pytest.mark.parametrize("given", ["history", "state"])
Known = Literal["history", "state"]


def setting_of(heterogeneity: Heterogeneity) -> Setting:
    return Setting(seed=11, customers=9000, heterogeneity=heterogeneity, history_days=560, weeks=12)


def ids(rows: Ints) -> list[str]:
    return [customer_id(int(row)) for row in rows]


@cache
def shop_before_its_first_list(heterogeneity: Heterogeneity) -> tuple[Shop, Ints]:
    """A shop and its eligible customers; nobody takes it further."""
    shop = Shop(setting_of(heterogeneity))
    shop.history_until(shop.first_list)
    return shop, np.flatnonzero(shop.world.eligible(shop.world.day, 112))


@cache
def truth(heterogeneity: Heterogeneity, given: Known) -> Truth:
    shop, rows = shop_before_its_first_list(heterogeneity)
    return shop.truth(shop.first_list, ids(rows), given)


@cache
def outcomes(heterogeneity: Heterogeneity, contacted: bool) -> tuple[Bools, Floats]:
    """Who left, and what was spent, of those eligible, in the life in which all of them, or nobody, is on the list."""
    _, rows = shop_before_its_first_list(heterogeneity)
    shop = Shop(setting_of(heterogeneity))
    shop.history_until(shop.first_list)
    day, every = shop.world.day, ids(rows)
    listed = Contacts(shop.first_list, every, ["offer"] * len(every), ["email"] * len(every))
    shop.run_week(shop.first_list, listed if contacted else None)
    for _ in range(7):
        shop.run_week(shop.today)
    return shop.world.left(day)[rows], shop.world.spent(day, day + 56)[rows]


def score(differences: Floats) -> float:
    """A mean in units of its standard error."""
    return float(differences.mean() / (differences.std() / np.sqrt(len(differences))))


@GIVEN
@pytest.mark.parametrize("by", ["truth", "silence", "visits", "e-mails"])
def test_promises_hold_in_every_bin(given: Known, by: str) -> None:
    """12 bins: who left lies within four standard errors of the truth, however customers are sorted by what is seen."""
    shop, rows = shop_before_its_first_list("engagement")
    promised, (left, _) = truth("engagement", given).leaves_alone, outcomes("engagement", False)
    end = 560

    def last(what: Seen) -> Ints:
        return (shop.world.did(what, end - 112, end)[:, rows] * np.arange(112)[:, None]).max(axis=0)

    key = {"truth": promised, "silence": last(Seen.PURCHASE), "visits": last(Seen.VISIT), "e-mails": last(Seen.OPENED)}
    for bin_ in np.array_split(np.argsort(key[by], kind="stable"), 12):
        p = promised[bin_]
        assert abs(left[bin_].sum() - p.sum()) < 4 * np.sqrt((p * (1 - p)).sum()) + 1e-9


@EVERY
@GIVEN
def test_those_on_the_list_leave_as_often_as_said(heterogeneity: Heterogeneity, given: Known) -> None:
    """Bins of the truth about who is on the list, of whom one in ten is not reached."""
    promised, (left, _) = truth(heterogeneity, given).leaves_assigned, outcomes(heterogeneity, True)
    for bin_ in np.array_split(np.argsort(promised, kind="stable"), 12):
        p = promised[bin_]
        assert abs(left[bin_].sum() - p.sum()) < 4 * np.sqrt((p * (1 - p)).sum()) + 1e-9


@EVERY
@GIVEN
def test_two_lives_of_one_customer_differ_by_the_effect(heterogeneity: Heterogeneity, given: Known) -> None:
    """Paired: all, those at risk, and those to whom a contact does most; leaving and spend."""
    known = truth(heterogeneity, given)
    (stayed_away, spent), (left, spent_listed) = (outcomes(heterogeneity, contacted) for contacted in (False, True))
    kept = stayed_away.astype(float) - left
    more = known.spend_assigned - known.spend_alone
    some = [np.ones(len(kept), bool), known.leaves_alone > 0.4, known.kept > np.quantile(known.kept, 0.9)]
    for group in some:
        assert abs(score((kept - known.kept_assigned)[group])) < 4
        assert abs(score((spent_listed - spent - more)[group])) < 4
    assert kept[some[1]].mean() > 0.03


def best(known: Truth, order: Floats, risky: Bools) -> float:
    """Mean effect on the third of those at risk that an order puts first."""
    rows = np.flatnonzero(risky)
    return float(known.kept[rows[np.argsort(-order[risky])[: len(rows) // 3]]].mean())


def test_only_where_the_world_says_so_the_order_by_risk_is_the_order_by_effect() -> None:
    """Those at risk of a whole shop: in the world of readers, risk says next to nothing about who can be kept."""
    for heterogeneity, low, high in (("engagement", 0.0, 0.6), ("risk", 0.85, 1.0)):
        known = truth(heterogeneity, "history")
        risky = known.leaves_alone > 0.4
        share = best(known, known.leaves_alone, risky) / best(known, known.kept, risky)
        assert low <= share <= high, (heterogeneity, share)
    assert spearmanr(truth("risk", "history").leaves_alone, truth("risk", "history").kept)[0] > 0.6


def test_contacts_do_harm_to_some_who_would_have_stayed() -> None:
    known = truth("engagement", "history")
    loyal = known.leaves_alone < 0.1
    assert (known.kept[loyal] < -0.005).mean() > 0.2
    assert known.kept[loyal].mean() < 0


@pytest.mark.parametrize("effect", [0.8, 0.0])
def test_the_holdout_shows_the_true_effect(effect: float) -> None:
    """Six programmes: contact against holdout, each customer once, in units of its standard error."""
    scores = []
    for seed in range(6):
        setting = Setting(seed=seed, customers=1000, effect=effect, history_days=364, weeks=26)
        chosen = run_programme(setting, programme=f"programme-{seed}").first_only()
        held, listed = chosen.left[chosen.held], chosen.left[~chosen.held]
        error = np.sqrt(held.var(ddof=1) / len(held) + listed.var(ddof=1) / len(listed))
        scores.append((held.mean() - listed.mean() - chosen.kept.mean()) / error)
        assert chosen.kept.mean() == pytest.approx(0, abs=1e-12) if effect == 0 else chosen.kept.mean() > 0.05
    assert abs(np.sum(scores)) / np.sqrt(6) < 4
    assert 0.3 < np.sum(np.square(scores)) < 22.5  # chi-squared with 6 degrees: 0.001 on either side
