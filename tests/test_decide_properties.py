"""What holds for every list: who is never contacted, no capacity exceeded, an answer for all, no order of rows."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from campaigns import MONDAY, campaign, many, past_of, take
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bands import band
from pipeline.listing.decide import Decisions, Rows, decide
from pipeline.settings import Settings

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
SIZE = st.integers(0, 60)
SEED = st.integers(0, 1000)
COUNT = st.one_of(st.none(), st.integers(1, 12))


@st.composite
def campaigns(draw: Any) -> Settings:
    """Any cut, capacity, holdout, cost and cool-down over the default playbook, all of it tight for 60 customers."""
    actions = {
        "personal_call": {"channel": "phone", "within_days": 2, "capacity": draw(COUNT), "otherwise": "offer"},
        "offer": {"channel": "email", "capacity": draw(COUNT), "offer": True,
                  "otherwise": draw(st.sampled_from([None, "reminder"]))},
        "reminder": {"channel": "email", "capacity": draw(COUNT)},
        "welcome": {"channel": "phone", "capacity": draw(COUNT)},
        "ask_for_referral": {"channel": "email"},
    }  # fmt: skip
    return campaign(
        risk={"cut": draw(st.sampled_from(["probability", "capacity", "cost"])), "capacity": draw(st.integers(1, 12))},
        campaign={"actions": actions, "cool_down_days": draw(st.sampled_from([0, 7, 8, 28]))},
        costs={"contact": draw(st.sampled_from([0.0, 1.0, 3.0])), "offer": 5.0, "saving_rate": 0.2},
        holdout={"share": draw(st.sampled_from([0.0, 0.1, 0.5])), "programme": "p", "rotate_days": 182},
        tiers={"vip_share": 0.2, "small_share": 0.3},
    )


def second_week(n: int, seed: int, settings: Settings) -> tuple[Rows, Decisions, Decisions]:
    """(the second week's rows, the first week's decisions, the second's): new probabilities for the same customers."""
    first = many(n, seed)
    before = decide(first, None, settings)
    now = replace(many(n, seed + 1), customer_id=first.customer_id, as_of=MONDAY + timedelta(days=7))
    return now, before, decide(now, past_of(first, before), settings)


@given(SIZE, SEED, campaigns())
@RANDOM
def test_everybody_has_an_answer_and_nobody_is_contacted_who_must_not_be(n: int, seed: int, tight: Settings) -> None:
    """Yes, or exactly one reason; never an objector, the holdout, the resting; never more than there are places."""
    now, before, done = second_week(n, seed, tight)
    assert [why is None for why in done.why_not] == done.contact.tolist()
    yes = done.contact
    assert not yes[now.no_contact].any()
    assert not yes[done.group == "holdout"].any()
    rest = tight.campaign.cool_down_days
    assert not (rest > 7 and yes[before.contact].any())
    assert not yes[done.recommended_action == "nothing"].any()
    counts = Counter(done.recommended_action[yes].tolist())
    for name, action in tight.campaign.actions.items():
        assert action.capacity is None or counts[name] <= action.capacity
    if tight.risk.cut == "capacity" and tight.risk.capacity is not None:
        assert yes[done.risk_band != "low"].sum() <= tight.risk.capacity
    assert sorted(done.priority.tolist()) == list(range(1, n + 1))
    assert np.isnat(done.act_by).tolist() == (~yes).tolist()
    assert [channel is None for channel in done.channel] == (done.recommended_action == "nothing").tolist()


@given(SIZE, SEED, campaigns())
@RANDOM
def test_the_first_reason_that_holds_is_the_one_given(n: int, seed: int, tight: Settings) -> None:
    """Objected, then nothing planned, then rest; and only who is drawn is held back, only the undrawn find it full."""
    now, before, done = second_week(n, seed, tight)
    why, low = done.why_not, done.recommended_action == "nothing"
    assert ((why == "objected") == now.no_contact).all()
    assert ((why == "low") == (low & ~now.no_contact)).all()
    chosen = before.contact | (before.why_not == "holdout")
    resting = chosen & (tight.campaign.cool_down_days > 7)
    assert ((why == "cool_down") == (resting & ~low & ~now.no_contact)).all()
    assert (done.group[why == "holdout"] == "holdout").all()
    assert tight.risk.cut == "cost" or not (why == "value_below_cost").any()


@given(st.integers(1, 60), SEED, st.integers(0, 1000), campaigns())
@RANDOM
def test_the_order_of_rows_is_irrelevant(n: int, seed: int, shuffle: int, tight: Settings) -> None:
    """The same decisions for each customer, its place included."""
    made = many(n, seed)
    at = np.random.default_rng(shuffle).permutation(n)
    one, other = decide(made, None, tight), decide(take(made, at.tolist()), None, tight)
    for field in fields(Decisions):
        value = getattr(one, field.name)
        if isinstance(value, np.ndarray):
            assert value[at].tolist() == getattr(other, field.name).tolist(), field.name
        else:
            assert value == getattr(other, field.name), field.name


@given(st.integers(1, 40), st.integers(1, 20), SEED, campaigns())
@RANDOM
def test_more_customers_do_not_change_the_draw(n: int, more: int, seed: int, tight: Settings) -> None:
    """Nor their bands; places and tiers are relative, so they may."""
    made = many(n + more, seed)
    all_of_them, some = decide(made, None, tight), decide(take(made, range(n)), None, tight)
    assert all_of_them.group[:n].tolist() == some.group.tolist()
    assert all_of_them.risk_band[:n].tolist() == some.risk_band.tolist()


@given(SIZE, SEED, campaigns())
@RANDOM
def test_those_to_contact_come_first_and_each_part_falls(n: int, seed: int, tight: Settings) -> None:
    """To contact and at risk, to contact otherwise, then the other bands; in each part value at risk falls."""
    made = many(n, seed)
    done = decide(made, None, tight)
    order = np.argsort(done.priority)
    rising = {"high": 2, "medium": 3, "low": 4}
    part = [int(done.risk_band[at] == "low") if done.contact[at] else rising[done.risk_band[at]] for at in order]
    places = list(zip(part, (-done.value_at_risk[order]).tolist(), strict=True))
    assert places == sorted(places)


def within_chance(held: int, both: int, share: float) -> bool:
    """Whether so many of both are what chance makes of a share: within 4.5 standard errors."""
    return abs(held - share * both) <= 4.5 * np.sqrt(both * share * (1 - share)) + 1


def shares(done: Decisions) -> Counter[tuple[str, str, str]]:
    """How many of each band and action are chosen, and held back."""
    keys = zip(done.risk_band.tolist(), done.recommended_action.tolist(), done.why_not.tolist(), strict=True)
    return Counter((name, action, "held" if why else "yes") for name, action, why in keys if why in (None, "holdout"))


WEEKS = {"probability": None, "capacity": 1500, "cost": None}


@pytest.mark.parametrize("cut", WEEKS)
def test_the_held_back_are_like_the_contacted_week_after_week(cut: str) -> None:
    """Ten weeks of 30,000 customers: in each band and action the share of the held among the chosen is the draw's.

    Were the held back not to rest as the contacted do, they would gather on top, and the later weeks would show it.
    """
    actions = {
        "personal_call": {"channel": "phone", "capacity": 300, "otherwise": "offer"},
        "offer": {"channel": "email", "capacity": 1000, "offer": True},
        "reminder": {"channel": "email", "capacity": 1500}, "welcome": {"channel": "phone", "capacity": 100},
        "ask_for_referral": {"channel": "email", "capacity": 200},
    }  # fmt: skip
    settings = campaign(
        campaign={"actions": actions}, holdout={"share": 0.1, "programme": "p", "rotate_days": 182},
        risk={"cut": cut, "capacity": WEEKS[cut]}, costs={"contact": 0.5, "offer": 5.0, "saving_rate": 0.3},
    )  # fmt: skip
    made, before, total = many(30_000, 1), None, Counter[tuple[str, str, str]]()
    for week in range(10):
        now = replace(made, as_of=MONDAY + timedelta(days=7 * week))
        done = decide(now, before, settings)
        before, counts = past_of(now, done), shares(done)
        total += counts
        for name, action in {key[:2] for key in counts}:
            held, yes = counts[name, action, "held"], counts[name, action, "yes"]
            assert within_chance(held, held + yes, 0.1), (week, name, action, held, yes)
    assert sum(total.values()) > 10_000
    for name, action in {key[:2] for key in total}:
        held, yes = total[name, action, "held"], total[name, action, "yes"]
        assert within_chance(held, held + yes, 0.1), (name, action, held, yes)


def test_without_late_leaving_bands_are_raw() -> None:
    """leave_by 0: whatever the list before said."""
    now, _, done = second_week(500, 3, campaign(risk={"leave_by": 0.0}))
    assert done.risk_band.tolist() == done.raw_band.tolist() == band(now.churn_probability, 0.4, 0.7).tolist()
    _, _, late = second_week(500, 3, campaign(risk={"leave_by": 0.1}))
    assert late.risk_band.tolist() != late.raw_band.tolist()


def test_a_million_customers() -> None:
    """In seconds: 4 measured, where a loop over customers for each decision would take a minute."""
    made, settings = many(1_000_000, 5), campaign(holdout={"share": 0.1, "programme": "p", "rotate_days": 182})
    started = time.process_time()
    done = decide(made, None, settings)
    assert time.process_time() - started < 15
    assert len(done.priority) == 1_000_000
    assert within_chance(int((done.group == "holdout").sum()), 1_000_000, 0.1)
