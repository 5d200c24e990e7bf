"""Whom to contact, how and when, and who is left alone: small lists, typed out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from campaigns import BEFORE, campaign, past, rows, story, told

from models.holdout import in_holdout
from pipeline.errors import ArtifactError
from pipeline.listing.decide import decide

# By expected value: the first is VIP, the last five are small.
SHOP = {
    "ann": (0.9, 900.0), "bob": (0.8, 300.0), "cid": (0.75, 200.0), "dan": (0.5, 150.0), "eve": (0.45, 140.0),
    "flo": (0.2, 90.0), "gus": (0.1, 80.0), "hal": (0.71, 70.0), "ida": (0.5, 60.0), "jon": (0.05, 10.0),
}  # fmt: skip
ALL = {"playbook": [{"action": "write"}], "actions": {"write": {"channel": "email"}}}


def test_the_default_playbook() -> None:
    """High and VIP: a call within two days; high: an offer; medium: a reminder; low: nothing."""
    made = rows(SHOP)
    done = story(
        made, decide(made, None, campaign()), "risk_band", "value_tier", "recommended_action", "channel", "act_by"
    )
    assert done["ann"] == ("high", "vip", "personal_call", "phone", "2024-06-05")
    assert done["bob"] == ("high", "regular", "offer", "email", "2024-06-10")
    assert done["hal"] == ("high", "small", "offer", "email", "2024-06-10")
    assert done["eve"] == ("medium", "regular", "reminder", "email", "2024-06-10")
    assert done["jon"] == ("low", "small", "nothing", None, None)
    assert told(made)["jon"] == ("low", "nothing", "low")


def test_valuable_customers_in_other_stages() -> None:
    """A new VIP is welcomed, unless the risk is high; a VIP at low risk is asked for a referral."""
    settings = campaign(tiers={"vip_share": 0.5, "small_share": 0.0})
    two = {"ann": (0.1, 10.0), "bob": (0.1, 9.0)}
    made = rows(two, lifecycle_stage=np.array(["new", "active"], object))
    assert told(made, None, settings)["ann"][1] == "welcome"
    made = rows(two, lifecycle_stage=np.array(["active", "new"], object))
    assert told(made, None, settings)["ann"][1] == "ask_for_referral"
    assert told(rows({"ann": (0.1, 10.0)})) == {"ann": ("low", "nothing", "low")}  # a tenth of one customer is nobody


def test_a_playbook_by_lifecycle() -> None:
    """Whoever came back is greeted; the others get what all get."""
    actions = {"greet": {"channel": "letter", "within_days": 0}, "write": {"channel": "email", "within_days": 3}}
    rules = [{"lifecycle": ["reactivated"], "action": "greet"}, {"action": "write"}]
    made = rows({"ann": (0.1, 1.0), "bob": (0.9, 1.0)}, lifecycle_stage=np.array(["reactivated", "active"], object))
    done = decide(made, None, campaign(campaign={"actions": actions, "playbook": rules}))
    assert story(made, done, "recommended_action", "channel", "act_by", "contact") == {
        "ann": ("greet", "letter", "2024-06-03", True),
        "bob": ("write", "email", "2024-06-06", True),
    }


def test_the_order_of_the_list() -> None:
    """To contact in high and medium by value at risk; then the others by band and value at risk."""
    made = rows(SHOP, no_contact=[name in ("bob", "dan") for name in SHOP])
    done = decide(made, None, campaign())
    order = sorted(SHOP, key=lambda name: story(made, done, "priority")[name])
    # 810, 150, 63, 49.70, 30; then bob in high, dan in medium; then low with 18, 8, 0.50
    assert order == ["ann", "cid", "eve", "hal", "ida", "bob", "dan", "flo", "gus", "jon"]
    assert story(made, done, "value_at_risk")["ann"] == (810.0,)


def test_equal_customers_by_probability_then_by_id() -> None:
    """All three show 40.00 at risk; the likelier first, then the smaller id as text."""
    made = rows({"9": (0.5, 80.0), "10": (0.5, 80.004), "x": (0.8, 50.0)})
    assert story(made, decide(made, None, campaign()), "priority") == {"x": (1,), "10": (2,), "9": (3,)}


def test_who_asked_not_to_be_contacted_is_not() -> None:
    """Whatever else holds for them; they keep their band, and the playbook's action stays to be seen."""
    made = rows(SHOP, no_contact=[name in ("ann", "jon") for name in SHOP])
    done = told(made)
    assert (done["ann"], done["jon"]) == (("high", "personal_call", "objected"), ("low", "nothing", "objected"))
    assert story(made, decide(made, None, campaign()), "contact", "act_by")["ann"] == (False, None)


@pytest.mark.parametrize(
    ("last", "days", "why"),
    [("2024-05-27", 8, "cool_down"), ("2024-05-27", 7, None), ("2024-05-06", 28, None), ("2024-05-07", 28, "cool_down"),
     ("2024-06-02", 0, None), (None, 365, None)],
)  # fmt: skip
def test_a_contact_is_followed_by_rest(last: str | None, days: int, why: str | None) -> None:
    """Fewer days than the cool-down: rest; as many: contact again."""
    before = past(1, last_contact=np.array([last], "datetime64[D]"))
    made = rows({"ann": (0.9, 1.0)})
    assert told(made, before, campaign(campaign={"cool_down_days": days})) == {"ann": ("high", "offer", why)}


def test_a_yes_on_the_previous_list_counts_as_a_contact() -> None:
    """On that list's date, also for who is not contacted now; otherwise the date is carried on."""
    made = rows({"ann": (0.9, 1.0), "bob": (0.9, 1.0), "cid": (0.9, 1.0)})
    before = past(3, contact=[True, False, False], last_contact=np.array(["2024-01-01", "2024-01-01", "NaT"], "M8[D]"))
    done = story(made, decide(made, before, campaign()), "last_contact", "why_not")
    assert done == {"ann": ("2024-05-27", "cool_down"), "bob": ("2024-01-01", None), "cid": (None, None)}


def test_who_was_held_back_rests_like_the_contacted() -> None:
    """Or else they would stand on top of the next list while the contacted rest; they had no contact, though."""
    made = rows({"ann": (0.9, 1.0), "bob": (0.9, 1.0)})
    before = past(2, why_not=np.array(["holdout", "over_capacity"], object))
    done = decide(made, before, campaign())
    assert story(made, done, "last_contact", "last_chosen", "why_not") == {
        "ann": (None, "2024-05-27", "cool_down"),
        "bob": (None, None, None),
    }
    again = past(2, date(2024, 6, 10), last_chosen=done.last_chosen, why_not=done.why_not)
    later = decide(rows({"ann": (0.9, 1.0), "bob": (0.9, 1.0)}, date(2024, 6, 17)), again, campaign())
    assert story(made, later, "last_chosen", "why_not")["ann"] == ("2024-05-27", "cool_down")


def test_a_contact_asks_for_rest_though_no_list_chose_the_customer() -> None:
    """As a contact log will know it: last_contact counts beside last_chosen."""
    never, lately = np.array(["NaT"], "M8[D]"), np.array(["2024-05-20"], "M8[D]")
    made = rows({"ann": (0.9, 1.0)})
    assert told(made, past(1, last_contact=lately, last_chosen=never))["ann"][2] == "cool_down"
    assert told(made, past(1, last_contact=never, last_chosen=lately))["ann"][2] == "cool_down"
    assert told(made, past(1, last_contact=never, last_chosen=never))["ann"][2] is None


def test_tiers_are_of_value_whatever_the_risk() -> None:
    """Ann spends most, though less is at risk with her than with bob."""
    made = rows({"ann": (0.1, 100.0), "bob": (0.9, 50.0)})
    done = decide(made, None, campaign(tiers={"vip_share": 0.5, "small_share": 0.5}))
    assert story(made, done, "value_tier", "priority") == {"ann": ("vip", 2), "bob": ("small", 1)}


def test_since_when_at_risk() -> None:
    """Without a break in high or medium; a list that does not know since when counts from its own date."""
    five = {"still": (0.5, 1.0), "unknown": (0.9, 1.0), "new": (0.5, 1.0), "again": (0.8, 1.0), "low": (0.1, 1.0)}
    since = np.array(["2024-04-01", "NaT", "NaT", "NaT", "2024-04-01"], "M8[D]")
    before = past(5, risk_band=np.array(["high", "medium", None, "low", "high"], object), listed_since=since)
    made = rows(five)
    done = {name: day for name, (day,) in story(made, decide(made, before, campaign()), "listed_since").items()}
    assert done == {
        "still": "2024-04-01", "unknown": "2024-05-27", "new": "2024-06-03", "again": "2024-06-03", "low": None,
    }  # fmt: skip
    first = story(made, decide(made, None, campaign()), "listed_since")
    assert (first["still"], first["low"]) == (("2024-06-03",), (None,))


def test_bands_are_left_late_only_where_the_last_list_means_the_same() -> None:
    """0.66 was high at 0.7 less 0.05; under other edges, or on the first list, it is medium."""
    made = rows({"ann": (0.66, 1.0)})
    high = past(1, risk_band=np.array(["high"], object))
    done = decide(made, high, campaign())
    assert story(made, done, "raw_band", "risk_band", "recommended_action") == {"ann": ("medium", "high", "offer")}
    assert told(made, past(1, risk_band=np.array(["high"], object), steady=False))["ann"][0] == "medium"
    assert told(made)["ann"][0] == "medium"


OWN = {
    "phone": "email", "SMS ": "sms", "E-Mail": "email", "WhatsApp": "whatsapp", "push": "push", "letter": "letter",
    "app": "app", "web": "email", "store": "email", "": "email",
}  # fmt: skip


@pytest.mark.parametrize(("own", "used"), [*OWN.items(), (None, "email")])
def test_the_channel_that_a_customer_uses(own: str | None, used: str) -> None:
    """A written action goes by the customer's own written channel; a call stays a call whatever they prefer."""
    made = rows({"ann": (0.9, 9.0), "bob": (0.9, 1.0)}, preferred_channel=np.array([own, own], object))
    done = story(made, decide(made, None, campaign(tiers={"vip_share": 0.5, "small_share": 0.5})), "channel")
    assert done == {"ann": ("phone",), "bob": (used,)}


def test_more_calls_than_there_is_time_for_become_offers() -> None:
    """Two calls a week and one offer: best first, and then nothing."""
    four = {"ann": (0.9, 40.0), "bob": (0.9, 30.0), "cid": (0.9, 20.0), "dan": (0.9, 10.0)}
    actions = {
        "call": {"channel": "phone", "capacity": 2, "otherwise": "offer"},
        "offer": {"channel": "email", "capacity": 1, "offer": True},
    }
    settings = campaign(campaign={"actions": actions, "playbook": [{"action": "call"}]})
    assert told(rows(four), None, settings) == {
        "ann": ("high", "call", None),
        "bob": ("high", "call", None),
        "cid": ("high", "offer", None),
        "dan": ("high", "call", "over_capacity"),
    }


def test_the_cut_by_capacity_marks_the_highest_value_at_risk() -> None:
    """Three of high and medium; bands stay; what low gets (here: all of it) takes no place."""
    made = rows(SHOP)
    done = told(made, None, campaign(risk={"cut": "capacity", "capacity": 3}, campaign=ALL))
    assert {name for name, (_, _, why) in done.items() if why is None} == {"ann", "bob", "cid", "flo", "gus", "jon"}
    assert {why for _, _, why in done.values()} == {None, "over_capacity"}
    assert {name: band for name, (band, _, _) in done.items()} == {
        name: band for name, (band, _, _) in told(made).items()
    }


def test_the_cut_by_cost_contacts_where_it_pays() -> None:
    """A tenth is saved, a contact costs 1: it pays from 10 at risk on (p x V x 0.1 > 1)."""
    costs = {"contact": 1.0, "offer": 5.0, "saving_rate": 0.1}
    settings = campaign(risk={"cut": "cost"}, campaign=ALL, costs=costs)
    made = rows({"pays": (0.5, 20.1), "even": (0.5, 20.0), "loses": (0.9, 11.0), "sure": (0.01, 1500.0)})
    done = told(made, None, settings)
    assert {name: why for name, (_, _, why) in done.items()} == {
        "pays": None, "even": "value_below_cost", "loses": "value_below_cost", "sure": None,
    }  # fmt: skip
    offer = {"playbook": [{"action": "write"}], "actions": {"write": {"channel": "email", "offer": True}}}
    dearer = campaign(risk={"cut": "cost"}, campaign=offer, costs=costs)
    assert {why for _, _, why in told(made, None, dearer).values()} == {"value_below_cost"}


def test_without_amounts_frequency_stands_in_and_cost_says_that_it_cannot() -> None:
    """Order by how often and how likely; no value at risk; the cut is by probability, and a note says why."""
    nan = float("nan")
    made = rows({"rare": (0.9, nan), "often": (0.8, nan), "safe": (0.2, nan)}, frequency=np.array([1.0, 5.0, 9.0]))
    done = decide(made, None, campaign(risk={"cut": "cost"}, tiers={"vip_share": 0.34, "small_share": 0.34}))
    assert story(made, done, "priority", "value_tier", "why_not") == {
        "rare": (2, "small", None),
        "often": (1, "regular", None),
        "safe": (3, "vip", None),
    }
    assert np.isnan(done.value_at_risk).all()
    assert (done.cut.asked, done.cut.applied, done.cut.notes) == (
        "cost",
        "probability",
        ("warning-cost-without-amounts",),
    )
    assert done.cut.break_even is None
    plain = decide(made, None, campaign())
    assert (plain.cut.applied, plain.cut.notes) == ("probability", ())


def test_the_holdout_takes_no_place() -> None:
    """Ten alike, four places, half held back: those before the fourth contact are held, those behind find it full."""
    settings = campaign(
        campaign={"playbook": [{"action": "write"}], "actions": {"write": {"channel": "email", "capacity": 4}}},
        holdout={"share": 0.5, "programme": "p", "rotate_days": None},
    )
    names = [f"{number:02d}" for number in range(20)]
    made = rows({name: (0.9, 100.0 - place) for place, name in enumerate(names)})
    done = decide(made, None, settings)
    held, places, expected = in_holdout(names, 0.5, "p"), 4, {}
    for name, out in zip(names, held, strict=True):
        expected[name] = "over_capacity" if places == 0 else "holdout" if out else None
        places -= expected[name] is None
    assert {name: why for name, (why,) in story(made, done, "why_not").items()} == expected
    assert list(expected.values()).count(None) == 4
    assert story(made, done, "group") == {
        n: ("holdout" if out else "contact",) for n, out in zip(names, held, strict=True)
    }


def test_the_draw_turns_with_its_days() -> None:
    """The programme names its rotation; the next day of drawing is said."""
    settings = campaign(holdout={"share": 0.1, "programme": "spring", "rotate_days": 182})
    done = decide(rows(SHOP), None, settings)
    assert (done.programme, done.next_draw) == ("spring.109", date(2024, 10, 28))
    once = decide(rows(SHOP), None, campaign())
    assert (once.programme, once.next_draw) == ("p", None)


def test_too_many_in_high_and_what_would_be_fewer() -> None:
    """Four of ten are high; three are allowed by share, two by the team's capacity."""
    made = rows(SHOP)  # high: 0.9, 0.8, 0.75, 0.71
    cut = decide(made, None, campaign(risk={"most_high_share": 0.3, "capacity": 2}, evaluation={"capacity": 7})).cut
    assert (cut.high, cut.high_share, cut.too_many_high) == (4, 0.4, True)
    assert cut.proposals == (
        {"kind": "high", "value": 0.72, "customers": 3},
        {"kind": "high", "value": 0.76, "customers": 2},
        {"kind": "capacity", "value": 7},
    )
    fine = decide(made, None, campaign(risk={"most_high_share": 0.4})).cut
    assert (fine.too_many_high, fine.proposals) == (False, ())
    twice = decide(made, None, campaign(risk={"most_high_share": 0.2, "capacity": 2}, evaluation={"capacity": 7})).cut
    assert twice.proposals == ({"kind": "high", "value": 0.76, "customers": 2}, {"kind": "capacity", "value": 7})
    hundred = rows({f"{number:02d}": (0.9 if number < 29 else 0.1, 1.0) for number in range(100)})
    assert not decide(hundred, None, campaign(risk={"most_high_share": 0.29})).cut.too_many_high  # 0.29 * 100 < 29
    by_team = decide(made, None, campaign(risk={"cut": "capacity", "capacity": 2})).cut
    assert by_team.proposals == ({"kind": "high", "value": 0.76, "customers": 2},)


def test_break_even_overall_and_per_action() -> None:
    """A call and an offer: each alone and both together."""
    two = {"ann": (0.8, 100.0), "bob": (0.8, 50.0)}
    settings = campaign(tiers={"vip_share": 0.4, "small_share": 0.5}, costs={"contact": 4.0, "offer": 5.0})
    objects = {**two, "cid": (0.9, 9.0)}  # would have an offer too
    cut = decide(rows(objects, no_contact=[False, False, True]), None, settings).cut
    # ann: 4 / (0.8 x 100); bob: (4 + 5 x 0.2) / (0.8 x (50 - 5)); both: 9 / 116
    assert cut.by_action["personal_call"].saving_rate == pytest.approx(0.05)  # type: ignore[union-attr]
    assert cut.by_action["offer"].saving_rate == pytest.approx(5 / 36)  # type: ignore[union-attr]
    assert cut.break_even is not None
    assert (cut.break_even.saving_rate, cut.break_even.one_in) == (pytest.approx(9 / 116), 12)
    assert set(cut.by_action) == {"personal_call", "offer"}
    part = cut.to_json(settings)
    assert part["break_even"] == {"saving_rate": cut.break_even.saving_rate, "one_in": 12}
    assert (part["name"], part["high"], part["costs"]["saving_rate"]) == ("probability", 0.7, 0.05)


def test_nobody_and_one() -> None:
    """A list of nobody is a list; of one, the one is first."""
    nobody = decide(rows({}), None, campaign())
    assert (len(nobody.priority), nobody.cut.high_share, nobody.cut.break_even) == (0, 0.0, None)
    assert decide(rows({}), past(0), campaign()).contact.tolist() == []
    assert decide(rows({"ann": (1.0, 0.0)}), None, campaign()).priority.tolist() == [1]


@pytest.mark.parametrize(
    ("columns", "told_is"),
    [
        ({"churn_probability": [0.5, np.nan]}, r"1 of 2 churn probabilities are not between 0 and 1"),
        ({"churn_probability": [0.5, 1.5]}, r"1 of 2 churn probabilities are not between 0 and 1"),
        ({"expected_value": [1.0, np.nan]}, r"unknown for 1 of 2 customers, must be known for all or for none"),
        ({"expected_value": [np.nan] * 2, "frequency": [1.0, np.nan]}, r"and where for none, their frequency"),
        ({"lifecycle_stage": np.array(["new", "old"], object)}, r"a lifecycle stage is none of new, active, reactiv"),
        ({"lifecycle_stage": np.array(["new", None], object)}, r"a lifecycle stage is none of"),
        ({"no_contact": [True]}, r"the parts of a list hold \[1, 2\] entries"),
    ],
)
def test_what_no_list_can_be_made_of(columns: dict[str, list[float]], told_is: str) -> None:
    """Refused with the numbers, never guessed."""
    with pytest.raises(ArtifactError, match=told_is):
        decide(rows({"ann": (0.5, 1.0), "bob": (0.5, 1.0)}, **columns), None, campaign())
    with pytest.raises(ArtifactError, match=r"the parts of a list hold \[1, 2\] entries"):
        decide(rows({"ann": (0.5, 1.0), "bob": (0.5, 1.0)}), past(1, BEFORE), campaign())
