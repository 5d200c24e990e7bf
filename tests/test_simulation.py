"""The simulated shop: draws that stay a customer's own, contacts that do what they are said to, and an exact truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import exp, pi, sin
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import lognorm

from models.holdout import in_holdout
from models.table import Floats
from pipeline.errors import ConfigError, EventError
from pipeline.listing.schema import SCHEMA
from pipeline.settings import parse_settings
from pipeline.simulation import kinds
from pipeline.simulation.contacts import Contacts, contacts_of, customer_id, make
from pipeline.simulation.draws import Purpose, chosen, uniform
from pipeline.simulation.events import EVENTS, LOG
from pipeline.simulation.kinds import Setting
from pipeline.simulation.programme import run_programme
from pipeline.simulation.project import project_settings
from pipeline.simulation.shop import Shop
from pipeline.simulation.world import Seen, World

START = date(2021, 1, 4)
SMALL = Setting(seed=3, customers=60, history_days=84, weeks=4)
FIRST = START + timedelta(days=84)


def everybody(setting: Setting, as_of: date = FIRST, channel: str = "email") -> Contacts:
    ids = [customer_id(index) for index in range(setting.customers)]
    return Contacts(as_of, ids, ["offer"] * len(ids), [channel] * len(ids))


def lived(setting: Setting, contacts: Contacts | None = None, weeks: int = 3) -> World:
    """A world after its history, a week with these contacts, and more weeks without any."""
    shop = Shop(setting)
    shop.history_until(shop.first_list)
    shop.run_week(shop.first_list, contacts)
    for _ in range(weeks - 1):
        shop.run_week(shop.today)
    return shop.world


def seen(world: World) -> NDArray[np.uint8]:
    return np.stack(world.seen)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# Draws


def test_a_draw_is_a_customers_own_however_many_there_are() -> None:
    few, many = uniform(7, Purpose.BUYS, 5, 3), uniform(7, Purpose.BUYS, 5, 1000)
    assert few.tolist() == many[:3].tolist()
    others = [uniform(8, Purpose.BUYS, 5, 3), uniform(7, Purpose.BUYS, 6, 3), uniform(7, Purpose.VISITS, 5, 3)]
    assert all(few[0] != other[0] for other in others)
    assert abs(many.mean() - 0.5) < 4 / np.sqrt(12 * 1000)


def test_a_value_is_drawn_by_its_weight() -> None:
    assert chosen(np.array([0.0, 0.19, 0.2, 0.7, 0.999]), np.array([0.2, 0.5, 0.3])).tolist() == [0, 0, 1, 2, 2]
    assert chosen(np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.1, 0.9]])).tolist() == [0, 1]
    assert chosen(np.array([np.nextafter(1, 0)]), np.full(10, 0.1)).tolist() == [9]  # ten tenths add up to less than 1


def test_more_customers_leave_the_first_ones_as_they_are() -> None:
    one, two = lived(SMALL), lived(replace(SMALL, customers=90))
    assert np.array_equal(seen(one), seen(two)[:, :60])
    assert np.array_equal(np.stack(one.states), np.stack(two.states)[:, :60])


def test_another_seed_is_another_world() -> None:
    assert not np.array_equal(seen(lived(SMALL)), seen(lived(replace(SMALL, seed=4))))


# Files


def run(folder: Path, *stops: int) -> Shop:
    shop = Shop(SMALL, folder / "events", folder / "contacts")
    for stop in stops:
        shop.history_until(START + timedelta(days=stop))
    shop.run_week(FIRST, everybody(SMALL))
    shop.run_week(shop.today)
    return shop


def test_files_are_the_same_however_the_weeks_are_cut(tmp_path: Path) -> None:
    run(tmp_path / "whole", 84)
    run(tmp_path / "parts", 7, 56, 84)
    for kind in ("events", "contacts"):
        assert contents(tmp_path / "whole" / kind) == contents(tmp_path / "parts" / kind)
    assert len(contents(tmp_path / "whole/events")) == 14
    # The first is empty: a log exists before any contact.
    assert list(contents(tmp_path / "whole/contacts")) == ["contacts-2021-01-04.parquet", "contacts-2021-03-29.parquet"]


def test_a_week_of_events_is_sorted_and_whole(tmp_path: Path) -> None:
    shop = run(tmp_path, 84)
    table = pq.read_table(tmp_path / "events/events-2021-03-29.parquet")
    assert table.schema == EVENTS
    rows = table.to_pylist()
    assert rows == sorted(rows, key=lambda row: (row["customer_id"], row["event_time"], row["event_type"]))
    assert len(rows) == len({(row["customer_id"], row["event_time"], row["event_type"]) for row in rows})
    assert {row["event_time"].replace(tzinfo=None).date() for row in rows} <= {
        FIRST + timedelta(days=d) for d in range(7)
    }
    for name, flag in (("purchase", Seen.PURCHASE), ("visit", Seen.VISIT), ("email_opened", Seen.OPENED)):
        there = {(row["customer_id"], row["event_time"].date()) for row in rows if row["event_type"] == name}
        days, people = np.nonzero(shop.world.did(flag, 84, 91))
        assert there == {
            (customer_id(int(c)), FIRST + timedelta(days=int(d))) for d, c in zip(days, people, strict=True)
        }
    paid = [row["amount"] for row in rows if row["event_type"] == "purchase"]
    assert sum(paid) == pytest.approx(Decimal(shop.world.spent(84, 91).sum()), abs=Decimal("0.001"))
    assert all((row["amount"] is None) == (row["event_type"] != "purchase") for row in rows)


def test_the_log_names_every_contact_made_and_no_other(tmp_path: Path) -> None:
    shop = run(tmp_path, 84)
    log = pq.read_table(tmp_path / "contacts/contacts-2021-03-29.parquet")
    assert log.schema == LOG
    rows = log.to_pylist()
    days, people = np.nonzero(shop.world.did(Seen.CONTACTED, 84, 91))
    made = {(customer_id(int(c)), datetime(2021, 3, 29 + int(d), 9)) for d, c in zip(days, people, strict=True)}
    # Who comes later than the contact cannot be contacted; the list of a pipeline never names them.
    later = {customer_id(int(c)) for c in np.flatnonzero(shop.world.people.first >= 84)}
    assert {
        (r["customer_id"], r["contact_time"].replace(tzinfo=None)) for r in rows if r["customer_id"] not in later
    } == made
    assert {(row["action"], row["channel"], row["offer"], row["cost"]) for row in rows} == {
        ("offer", "email", True, Decimal("0.50"))
    }


# The life of a customer


def test_nothing_comes_before_the_first_purchase_and_clicks_follow_e_mails() -> None:
    world = lived(SMALL, everybody(SMALL))
    happened = seen(world)
    for customer, first in enumerate(world.people.first):
        assert not happened[:first, customer].any()
        if first < world.day:
            assert happened[first, customer] == Seen.PURCHASE
    opened, mailed, clicked = (happened & flag > 0 for flag in (Seen.OPENED, Seen.MAILED, Seen.CLICKED))
    assert not (opened & ~mailed).any()
    assert not (clicked & ~opened).any()
    assert opened.any()
    mondays_on = np.flatnonzero(mailed[:84].any(axis=1)) % 7
    assert set(mondays_on) == {kinds.NEWSLETTER}


def test_the_night_after_the_first_purchase_may_already_change_a_customer() -> None:
    world = lived(Setting(seed=3, customers=6000, history_days=84, weeks=2), weeks=2)
    came = np.flatnonzero(world.people.first < 84)
    early = np.stack(world.states)[world.people.first[came] + 1, came]
    hazard = world.kinds.ends[kinds.ACTIVE, world.people.kind[came]]
    expected = hazard.sum()
    assert abs((early == kinds.WANING).sum() - expected) < 4 * np.sqrt(expected)
    assert expected > 16  # none at all would be noticed


def test_who_is_gone_buys_nothing_and_nobody_comes_back_uncontacted() -> None:
    world = lived(replace(SMALL, customers=400))
    states, bought = np.stack(world.states), seen(world) & Seen.PURCHASE > 0
    assert not (bought & (states == kinds.GONE)).any()
    assert (states == kinds.GONE).any()
    assert (np.diff(states.astype(int), axis=0) >= 0).all()
    assert not (states == kinds.RETAINED).any()


# Contacts


def test_without_effect_a_contact_changes_nothing_but_the_answers_to_its_own_e_mail() -> None:
    setting = replace(SMALL, effect=0.0)
    alone, called = lived(setting), lived(setting, everybody(setting, channel="phone"))
    assert np.array_equal(seen(alone), seen(called) & ~np.uint8(Seen.CONTACTED))
    mailed = seen(lived(setting, everybody(setting)))
    answers = np.uint8(Seen.MAILED | Seen.OPENED | Seen.CLICKED | Seen.CONTACTED)
    assert np.array_equal(seen(alone) & ~answers, mailed & ~answers)
    differs = (seen(alone) ^ mailed) > 0
    assert differs.any()
    assert not (differs & ~(mailed & Seen.CONTACTED > 0)).any()


@settings(max_examples=15)
@given(st.sets(st.integers(0, 59)))
def test_a_contact_changes_its_own_customer_alone_and_from_its_day_on(who: set[int]) -> None:
    ids = [customer_id(index) for index in sorted(who)]
    contacts = Contacts(FIRST, ids, ["reminder"] * len(ids), ["email"] * len(ids))
    alone, contacted = seen(lived(SMALL)), lived(SMALL, contacts)
    differs = (alone ^ seen(contacted)) > 0
    assert not differs[:84].any()
    assert set(np.flatnonzero(differs.any(axis=0))) <= who
    reverse = Contacts(FIRST, ids[::-1], ["reminder"] * len(ids), ["email"] * len(ids))
    assert np.array_equal(seen(contacted), seen(lived(SMALL, reverse)))


def test_a_contact_moves_waning_persuadables_back_and_annoys_some_who_were_active() -> None:
    setting = Setting(seed=5, customers=3000, history_days=364, weeks=2, effect=1.0, reached=1.0, delays=(0,))
    world = lived(setting, everybody(setting, START + timedelta(days=364)), weeks=1)
    alone = lived(setting, weeks=1)
    response, came = world.people.kind % 3, world.people.first < 364
    before, after, otherwise = world.states[364], world.states[365], alone.states[365]
    waning = came & (before == kinds.WANING)
    kept = waning & (response == kinds.PERSUADABLE)
    assert kept.sum() > 50
    assert (after[kept] != kinds.GONE).all()
    assert (after[kept] == kinds.RETAINED).mean() > 0.95  # a night has passed
    active = came & (before == kinds.ACTIVE)
    annoyed = active & (response == kinds.DISTURBED)
    share = ((after == kinds.WANING) & (otherwise == kinds.ACTIVE))[annoyed].mean()
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / annoyed.sum())
    untouched = came & ~kept & ~annoyed
    assert np.array_equal(after[untouched], otherwise[untouched])


def test_nine_of_ten_contacts_are_made_within_the_days_that_the_setting_names() -> None:
    setting = Setting(customers=2000, delays=(0, 3), history_days=84)
    made = make(everybody(setting), setting)
    assert abs(len(made.place) - 1800) < 4 * np.sqrt(2000 * 0.09)
    assert set(made.day.tolist()) == {84, 87}
    assert abs((made.day == 84).mean() - 0.5) < 0.05
    halves = Shop(replace(setting, customers=50, reached=0.5))
    halves.history_until(FIRST)
    truth = halves.truth(FIRST, [customer_id(index) for index in range(50)])
    assert truth.kept_assigned == pytest.approx(truth.kept / 2, nan_ok=True)
    assert truth.spend_assigned * 2 == pytest.approx(truth.spend_alone + truth.spend_contacted, nan_ok=True)
    assert len(make(everybody(replace(setting, reached=0.0)), replace(setting, reached=0.0)).place) == 0


def list_of(*rows: tuple[str, str], as_of: date = FIRST) -> pa.Table:
    """A list in the columns of marketing's; who is contacted gets a reminder by phone."""
    given_ = {
        "customer_id": [name for name, _ in rows],
        "contact_this_week": [answer for _, answer in rows],
        "recommended_action": ["reminder"] * len(rows),
        "channel": ["phone"] * len(rows),
        "as_of": [as_of] * len(rows),
    }
    return pa.table([pa.array(given_.get(item.name, [None] * len(rows)), item.type) for item in SCHEMA], schema=SCHEMA)


def test_a_list_names_whom_to_contact() -> None:
    contacts = contacts_of(list_of(("c000002", "yes"), ("c000001", "no"), ("c000000", "yes")), FIRST)
    assert list(contacts.customer_id) == ["c000002", "c000000"]
    assert list(contacts.action) == ["reminder", "reminder"]
    assert list(contacts.channel) == ["phone", "phone"]
    assert list(contacts_of(list_of(), FIRST).customer_id) == []


def test_a_list_of_another_week_is_refused() -> None:
    with pytest.raises(EventError, match="The list is of 2021-03-22, but the week from 2021-03-29 on is simulated"):
        contacts_of(list_of(("c000001", "yes"), as_of=date(2021, 3, 22)), FIRST)
    shop = Shop(SMALL)
    shop.history_until(FIRST)
    with pytest.raises(EventError, match="those of 2021-03-22, not of 2021-03-29"):
        shop.run_week(FIRST, everybody(SMALL, date(2021, 3, 22)))
    with pytest.raises(EventError, match="the shop's next day is 2021-03-29"):
        shop.run_week(date(2021, 4, 5))
    with pytest.raises(EventError, match="no Monday after 2021-03-29"):
        shop.history_until(FIRST)


@pytest.mark.parametrize("name", ["c000060", "c00001", "x000001", "c", "", "c-00001", "c00000²"])
def test_an_unknown_customer_is_refused(name: str) -> None:
    with pytest.raises(EventError, match="is no customer of the simulated shop, which has 60"):
        make(Contacts(FIRST, [name], ["offer"], ["email"]), SMALL)


def test_a_customer_contacted_twice_is_refused() -> None:
    with pytest.raises(EventError, match="c000007 is to be contacted twice in the week of 2021-03-29"):
        make(Contacts(FIRST, ["c000007", "c000001", "c000007"], ["offer"] * 3, ["email"] * 3), SMALL)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"effect": 1.5}, "effect is 1.5"),
        ({"reached": -0.1}, "reached is -0.1"),
        ({"start": date(2021, 1, 5)}, "2021-01-05, no Monday"),
        ({"delays": (7,)}, "within its week"),
        ({"delays": ()}, "within its week"),
        ({"customers": 0}, "must be 1 or more"),
        ({"seed": -1}, "must not be negative"),
        ({"heterogeneity": "luck"}, "known are engagement, risk, none"),
    ],
)
def test_a_setting_that_cannot_be_simulated_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        replace(SMALL, **changes)  # type: ignore[arg-type]


def test_the_projects_settings_are_settings() -> None:
    parsed = parse_settings(project_settings(Setting(), "data/raw/shop", date(2023, 1, 2)))
    assert (parsed.churn.horizon_days, parsed.churn.active_within_days) == (56, 112)
    assert parsed.holdout.share == 0.2
    assert parsed.campaign.cool_down_days == 56
    assert parsed.snapshots.as_of == "2023-01-02"
    assert parse_settings(project_settings(Setting(), "data/raw/shop")).snapshots.as_of == "latest"


# The truth, by formulas typed anew: one customer, one kind and one matrix at a time


def states_of_a_kind(rate: float, hazard: float, chat: float, opening: float) -> list[dict[str, float]]:
    buys, visits = (rate, rate, 0.1 * rate, 0.0), (chat, chat, 0.3 * chat, 0.0)
    opens, clicks, tickets = (1.0, 1.0, 0.5, 0.1), (0.3, 0.3, 0.12, 0.03), (0.002, 0.002, 0.015, 0.0)
    ends = (hazard, 1 / 120, 1 / 150, 0.0)
    return [
        {
            "buys": buys[s],
            "visits": visits[s] + 0.005,
            "opens": opening * opens[s],
            "clicks": clicks[s],
            "ticket": tickets[s],
            "ends": ends[s],
        }
        for s in range(4)
    ]


def chance_of_day(state: dict[str, float], flags: int, day: int) -> float:
    """Probability of exactly what was seen on a day."""
    season = 1 + 0.15 * sin(2 * pi * day / 365.25)
    buys = 1 - exp(-state["buys"] * season)
    total = buys if flags & 1 else 1 - buys
    total *= state["visits"] if flags & 2 else 1 - state["visits"]
    total *= state["ticket"] if flags & 32 else 1 - state["ticket"]
    if flags & 4:
        total *= state["opens"] if flags & 8 else 1 - state["opens"]
    if flags & 8:
        total *= state["clicks"] if flags & 16 else 1 - state["clicks"]
    return total


def night(states: Sequence[dict[str, float]]) -> Floats:
    moves = np.eye(4)
    for before, after in ((0, 2), (1, 2), (2, 3)):
        moves[before, before], moves[before, after] = 1 - states[before]["ends"], states[before]["ends"]
    return moves


def answer(response: str, effect: float) -> Floats:
    moves = np.eye(4)
    if response == "persuadable":
        moves[2] = (0, effect, 1 - effect, 0)
    if response == "disturbed":
        moves[0] = (1 - 0.3 * effect, 0, 0.3 * effect, 0)
        moves[1] = (0, 1 - 0.3 * effect, 0.3 * effect, 0)
    return moves


def by_hand(flags: Sequence[int], first: int, effect: float, contact: int | None, horizon: int) -> tuple[float, float]:
    """P(no purchase) and expected number of purchases in the horizon after the days seen, with a contact, or none."""
    weight = leaves = purchases = 0.0
    answers = {0.02: (0.8, 0.0, 0.2), 0.1: (0.5, 0.4, 0.1), 0.4: (0.05, 0.95, 0.0)}
    for rate, a in ((0.03, 0.3), (0.05, 0.3), (0.09, 0.25), (0.18, 0.15)):
        for hazard, b in ((1 / 1200, 0.35), (1 / 300, 0.4), (1 / 120, 0.25)):
            for chat, c, opening in ((0.02, 0.3, 0.08), (0.1, 0.3, 0.3), (0.4, 0.4, 0.65)):
                for response, d in zip(("unmoved", "persuadable", "disturbed"), answers[chat], strict=True):
                    states = states_of_a_kind(rate, hazard, chat, opening)
                    vector = np.array([a * b * c * d, 0, 0, 0]) @ night(states)
                    for day in range(first + 1, len(flags)):
                        if flags[day] & 64:
                            vector = vector @ answer(response, effect)
                        vector = vector * [chance_of_day(state, flags[day], day) for state in states] @ night(states)
                    weight += vector.sum()
                    silent = vector.copy()
                    for day in range(len(flags), len(flags) + horizon):
                        if day - len(flags) == contact:
                            silent, vector = silent @ answer(response, effect), vector @ answer(response, effect)
                        season = 1 + 0.15 * sin(2 * pi * day / 365.25)
                        stays = np.array([exp(-state["buys"] * season) for state in states])
                        purchases += float(vector @ (1 - stays))
                        silent, vector = (silent * stays) @ night(states), vector @ night(states)
                    leaves += silent.sum()
    return leaves / weight, purchases / weight


def test_the_truth_given_the_history_is_what_the_formulas_say() -> None:
    setting = replace(SMALL, customers=12, reached=1.0, delays=(1,))
    shop = Shop(setting)
    shop.history_until(FIRST)
    shop.run_week(FIRST, everybody(setting))
    shop.run_week(shop.today)
    as_of = shop.today
    came = np.flatnonzero(shop.world.people.first < 98)
    assert len(came) > 4
    assert (seen(shop.world)[:, came] & Seen.CONTACTED > 0).any()
    truth = shop.truth(as_of, [customer_id(int(index)) for index in came])
    for place, index in enumerate(came[:5]):
        flags = [int(day[index]) for day in shop.world.seen]
        first = int(shop.world.people.first[index])
        alone, purchases = by_hand(flags, first, 0.8, None, 56)
        contacted, more = by_hand(flags, first, 0.8, 1, 56)
        assert truth.leaves_alone[place] == pytest.approx(alone, rel=1e-9)
        assert truth.leaves_contacted[place] == pytest.approx(contacted, rel=1e-9)
        assert truth.leaves_assigned[place] == pytest.approx(contacted, rel=1e-9)
        assert truth.spend_alone[place] / truth.spend_contacted[place] == pytest.approx(purchases / more, rel=1e-9)


def test_of_baskets_as_much_is_known_as_the_amounts_paid_tell() -> None:
    """Bayes over the three sizes with SciPy's lognormal density; the chances of leaving do not depend on amounts."""
    shop = Shop(replace(SMALL, customers=30))
    shop.history_until(FIRST)
    who = [customer_id(int(index)) for index in np.flatnonzero(shop.world.people.first < 84)]
    spend = shop.truth(FIRST, who).spend_alone
    for place, name in enumerate(who[:3]):
        days = np.flatnonzero(seen(shop.world)[:, int(name[1:])] & Seen.PURCHASE)
        before = [np.flatnonzero(shop.world.seen[day] & Seen.PURCHASE).searchsorted(int(name[1:])) for day in days]
        paid = np.array([shop.world.paid[day][at] for day, at in zip(days, before, strict=True)])
        likely = [
            weight * np.prod(lognorm.pdf(paid, 0.5, scale=mean * exp(-0.125)))
            for mean, weight in ((15.0, 0.4), (35.0, 0.4), (80.0, 0.2))
        ]
        basket = float(np.dot(likely, [15.0, 35.0, 80.0]) / np.sum(likely))
        flags = [int(day[int(name[1:])]) for day in shop.world.seen]
        _, purchases = by_hand(flags, int(days[0]), 0.8, None, 56)
        assert spend[place] == pytest.approx(basket * purchases, rel=1e-6)


def test_who_has_not_come_yet_has_no_truth_and_days_can_be_asked_again() -> None:
    shop = Shop(SMALL)
    shop.history_until(FIRST)
    ids = [customer_id(index) for index in range(60)]
    before = shop.truth(FIRST, ids)
    assert np.array_equal(np.isnan(before.leaves_alone), shop.world.people.first >= 84)
    assert np.array_equal(np.isnan(before.spend_contacted), shop.world.people.first >= 84)
    shop.run_week(FIRST, everybody(SMALL))
    shop.truth(shop.today, ids)
    again = shop.truth(FIRST, ids)
    assert np.array_equal(before.leaves_alone, again.leaves_alone, equal_nan=True)
    assert np.array_equal(before.kept_assigned, again.kept_assigned, equal_nan=True)


def test_without_effect_nobody_is_kept() -> None:
    setting = replace(SMALL, effect=0.0)
    shop = Shop(setting)
    shop.history_until(FIRST)
    came = np.flatnonzero(shop.world.people.first < 84)
    for known in ("history", "state"):
        truth = shop.truth(FIRST, [customer_id(int(index)) for index in came], given=known)
        assert truth.kept == pytest.approx(np.zeros(len(came)), abs=1e-12)
        assert truth.spend_contacted == pytest.approx(truth.spend_alone)


def test_an_outcome_is_not_told_before_its_time() -> None:
    shop = Shop(SMALL)
    shop.history_until(FIRST)
    with pytest.raises(ValueError, match="days 84 to 140 were not all lived, the next day is 84"):
        shop.left(FIRST, ["c000000"])
    with pytest.raises(EventError, match="2020-12-28 is before 2021-01-04"):
        shop.left(date(2020, 12, 28), ["c000000"])


# Programmes


def test_a_programme_holds_back_by_the_draw_and_lets_the_chosen_rest() -> None:
    setting = Setting(seed=9, customers=250, history_days=280, weeks=12)
    chosen_ = run_programme(setting, share=0.3, programme="spring")
    assert len(chosen_.customer) > 40
    assert (chosen_.risk >= 0.4).all()
    names = [customer_id(int(index)) for index in chosen_.customer]
    assert np.array_equal(chosen_.held, in_holdout(names, 0.3, "spring"))
    for customer in np.unique(chosen_.customer):
        days = chosen_.day[chosen_.customer == customer]
        assert (np.diff(days) >= 56).all()
    assert set(chosen_.day.tolist()) <= set(range(280, 280 + 12 * 7, 7))
    first = chosen_.first_only()
    assert len(first.customer) == len(set(chosen_.customer.tolist())) < len(chosen_.customer)
    assert first.day.sum() == sum(min(chosen_.day[chosen_.customer == name]) for name in set(chosen_.customer.tolist()))
    assert (chosen_.spend[chosen_.left] == 0).all()
    assert (chosen_.spend[~chosen_.left] > 0).all()
