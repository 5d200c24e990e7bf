"""params.yaml about the list and acting on it: what is refused, by name, before any work; and what a playbook says."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from campaigns import campaign
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.sections.acting import ACTIONS, BANDS, NOTHING, PLAYBOOK, STAGES, TIERS, Campaign, Rule

RANDOM = settings(max_examples=100, deadline=None, derandomize=True)
ONE = {"write": {"channel": "email"}}
HOLE = r"campaign: playbook has no rule for band {}, tier {}, lifecycle {}: add one at its end, with action nothing if"


def test_the_defaults_are_those_of_params_yaml() -> None:
    """A section left out is the same as the one that the demo spells out."""
    shown = campaign(campaign={})
    assert (shown.campaign.actions, shown.campaign.playbook) == (ACTIONS, PLAYBOOK)
    assert (shown.risk.cut, shown.risk.leave_by, shown.campaign.cool_down_days) == ("probability", 0.05, 28)


@pytest.mark.parametrize(
    ("playbook", "band", "tier", "stage"),
    [
        ([], "high", "vip", "new"),
        ([{"band": "high", "action": "write"}], "medium", "vip", "new"),
        (
            [{"band": ["high", "medium"], "action": "write"}, {"tier": "vip", "action": "write"}],
            "low",
            "regular",
            "new",
        ),
        ([{"lifecycle": ["new", "active"], "action": "write"}], "high", "vip", "reactivated"),
        ([{"tier": ["vip", "regular"], "action": "nothing"}], "high", "small", "new"),
    ],
)
def test_a_hole_in_the_playbook_is_named(playbook: list[dict[str, Any]], band: str, tier: str, stage: str) -> None:
    """The first kind of customer without a rule."""
    with pytest.raises(ConfigError, match=HOLE.format(band, tier, stage)):
        campaign(campaign={"actions": ONE, "playbook": playbook})


RULES = st.lists(
    st.builds(
        lambda **keys: {name: value for name, value in keys.items() if value},
        action=st.just("write"),
        band=st.lists(st.sampled_from(BANDS), unique=True),
        tier=st.lists(st.sampled_from(TIERS), unique=True),
        lifecycle=st.lists(st.sampled_from(STAGES), unique=True),
    ),
    max_size=6,
)


@given(RULES)
@RANDOM
def test_a_playbook_is_taken_exactly_where_it_answers_for_everybody(rules: list[dict[str, Any]]) -> None:
    """27 kinds of customers, each under at least one rule."""
    missing = [
        kind
        for kind in product(BANDS, TIERS, STAGES)
        if not any(
            all(value in rule.get(key, [value]) for key, value in zip(("band", "tier", "lifecycle"), kind, strict=True))
            for rule in rules
        )
    ]
    if missing:
        with pytest.raises(ConfigError, match=HOLE.format(*missing[0])):
            campaign(campaign={"actions": ONE, "playbook": rules})
    else:
        book = campaign(campaign={"actions": ONE, "playbook": rules}).campaign
        assert {book.action_of(*kind) for kind in product(BANDS, TIERS, STAGES)} == {"write"}


def test_the_first_rule_that_fits() -> None:
    """Keys left out fit everybody; one name is the same as a list of one."""
    rules = (Rule(action="write", band=("low",), tier=("vip",)), Rule(action=NOTHING))
    book = Campaign(actions=dict(ACTIONS) | {"write": ACTIONS["offer"]}, playbook=rules)
    assert (book.action_of("low", "vip", "new"), book.action_of("low", "small", "new")) == ("write", NOTHING)
    one, many = ({"band": band, "action": "write"} for band in ("high", ["high"]))
    rest = {"action": "nothing"}
    books = [campaign(campaign={"actions": ONE, "playbook": [rule, rest]}).campaign.playbook for rule in (one, many)]
    assert books[0] == books[1]


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"campaign": {"playbook": [{"action": "ofer"}]}}, "rule 1 of playbook names 'ofer', known are ask_for_ref"),
        ({"campaign": {"actions": {"a": {"channel": "sms", "otherwise": "b"}}, "playbook": [{"action": "a"}]}},
         "actions.a.otherwise names 'b', which is no action"),
        ({"campaign": {"actions": {"a": {"channel": "sms", "otherwise": "a"}}, "playbook": [{"action": "a"}]}},
         "actions.a.otherwise leads back to 'a'"),
        ({"campaign": {"actions": {"a": {"channel": "sms", "otherwise": "nothing"}}, "playbook": [{"action": "a"}]}},
         "actions.a.otherwise names 'nothing', which is no action"),
        ({"campaign": {"actions": {"Win Back": {"channel": "sms"}}, "playbook": [{"action": "Win Back"}]}},
         "action 'Win Back' becomes a file's name: use small letters, digits and _"),
        ({"campaign": {"actions": {"a/b": {"channel": "sms"}}, "playbook": [{"action": "a/b"}]}}, "'a/b' becomes a"),
        ({"campaign": {"actions": {"": {"channel": "sms"}}, "playbook": [{"action": ""}]}}, "'' becomes a file's"),
        ({"campaign": {"actions": {"1st": {"channel": "sms"}}, "playbook": [{"action": "1st"}]}}, "'1st' becomes a"),
        ({"campaign": {"actions": {"a" * 42: {"channel": "sms"}}, "playbook": [{"action": "nothing"}]}}, "becomes a f"),
        ({"campaign": {"actions": {"nothing": {"channel": "sms"}}, "playbook": [{"action": "nothing"}]}},
         "action 'nothing' becomes a file's name.* and not 'nothing'"),
        ({"campaign": {"actions": {"a": {"channel": "sms", "capacity": 0}}, "playbook": [{"action": "a"}]}},
         r"campaign\.actions\.a\.capacity: .*greater than or equal to 1.*got 0"),
        ({"campaign": {"playbook": [{"band": "hot", "action": "nothing"}]}}, r"campaign\.playbook\.0\.band.*'hot'"),
        ({"campaign": {"playbook": [{"bnd": "high", "action": "nothing"}]}}, r"unknown key campaign\.playbook\.0\.bnd"),
        ({"risk": {"cut": "capacity"}}, "cut is capacity, but capacity is null: say how many can be contacted a week"),
        ({"risk": {"cut": "profit"}}, r"risk\.cut: .*'probability', 'capacity' or 'cost'.*'profit'"),
        ({"risk": {"leave_by": 0.4}}, r"leave_by \(0\.4\) must be smaller than medium \(0\.4\) and than the distance"),
        ({"risk": {"leave_by": 0.3, "medium": 0.5}}, r"from medium to high \(0\.20\), or nobody could ever leave"),
        ({"risk": {"leave_by": -0.1}}, r"risk\.leave_by: .*greater than or equal to 0.*-0\.1"),
        ({"lists": {"show": ["last_order"]}}, "lists.show names 'last_order'; known are last_activity, activities"),
        ({"campaign": {"channel_from": "channel"}}, "campaign.channel_from names 'channel', which events.keep does n"),
        ({"tiers": {"vip_share": 0.6}}, r"vip_share \(0\.6\) and small_share \(0\.5\) are more than everybody"),
        ({"costs": {"saving_rate": 0.0}}, r"costs\.saving_rate: .*greater than 0.*got 0"),
        ({"costs": {"contact": float("nan")}}, r"costs\.contact: "),
        ({"money_unit": {"currency": "eur"}}, r"money_unit\.currency: .*'eur'"),
        ({"holdout": {"share": 1.0}}, r"holdout\.share: .*less than 1.*got 1"),
        ({"holdout": {"rotate_days": 6}}, r"holdout\.rotate_days: .*greater than or equal to 7.*got 6"),
        ({"report": {"language": "de"}}, r"report\.language: .*'en', 'ru' or 'pl'.*'de'"),
    ],
)  # fmt: skip
def test_refused_by_name(sections: dict[str, Any], told: str) -> None:
    """The key, the value, the rule; where it helps, what is known instead."""
    with pytest.raises(ConfigError, match=told):
        campaign(**sections)


def test_cost_needs_money() -> None:
    """Without amounts nobody knows where a contact pays; with them, the cut is taken."""
    events = {"source": "data/raw/x.csv", "roles": {"activity": ["purchase"]}}
    with pytest.raises(ConfigError, match=r"risk\.cut is cost, but events\.money is empty"):
        campaign(events=events, risk={"cut": "cost"})
    assert campaign(events={**events, "money": ["purchase"]}, risk={"cut": "cost"}).risk.cut == "cost"


def test_what_is_shown_may_be_kept_or_displayed() -> None:
    """A column of events.keep, one of customers.display, and the list's own facts."""
    events = {"source": "data/raw/x.csv", "roles": {"activity": ["purchase"]}, "keep": ["store"]}
    shown = campaign(events=events, lists={"show": ["store", "last_contact"]}, campaign={"channel_from": "store"})
    assert (shown.lists.show, shown.campaign.channel_from) == (("store", "last_contact"), "store")
