"""The words of the list: event types, numbers with units, and sentences that must be true of the customer."""

from __future__ import annotations

import math
import re
from typing import get_args

import numpy as np
import pytest
from said import reasons, said
from story import Event, World, tell

from features.build import catalog
from features.catalog import Feature, Topic, Unit
from features.spec import FeatureSpec
from features.words import slug, thing, things
from pipeline.language.reasons import as_shown

MONDAY = "2024-06-03"
SHOP = FeatureSpec(activity=("purchase",), feedback=("nps",), lookback_days=(7, 28), active_within_days=56)
UNSCORED: Event = ("reader", "2024-05-22", "nps", None)


def shown(spec: FeatureSpec, name: str, events: list[Event], data_start: str = "2024-01-01") -> str:
    """The sentence for one feature of the only customer: the first whose columns are all known, filled in."""
    return said(spec, name, tell(World(tuple(events), spec, (MONDAY,), data_start)).row(events[0][0], MONDAY))


def bought(*days: str) -> list[Event]:
    """Purchases of one customer on these days."""
    return [("reader", day, "purchase", None) for day in days]


@pytest.mark.parametrize(
    ("types", "role", "one", "many"),
    [
        (("purchase",), "activity", "purchase", "purchases"),
        (("page_view",), "engagement", "page view", "page views"),
        (("visit", "click"), "engagement", "engagement", "engagements"),
        (("visit", "buy"), "activity", "activity", "activities"),
        (("buy",), "activity", "buy", "buys"),
        (("query",), "activity", "query", "queries"),
        (("address",), "activity", "address", "addresses"),
        (("inbox",), "activity", "inbox", "inboxes"),
        (("watch",), "activity", "watch", "watches"),
        (("push",), "activity", "push", "pushes"),
        (("y",), "activity", "y", "ys"),
        (("{odd}",), "activity", "(odd)", "(odd)s"),
    ],
)
def test_words_for_events(types: tuple[str, ...], role: str, one: str, many: str) -> None:
    """A single type goes by its own name, several by their role, in the singular and the plural."""
    assert (thing(types, role), things(types, role)) == (one, many)


@pytest.mark.parametrize(
    ("event_type", "column"),
    [
        ("purchase", "purchase"),
        ("Page View", "Page_View"),
        ("e-mail: open", "e_mail_open"),
        (" [{x}] ", "x"),
        ("größe", "größe"),
        ("a__b", "a__b"),
        ("2fa", "2fa"),
        ('"quoted", listed', "quoted_listed"),
        ("?!", "type"),
        ("", "type"),
    ],
)
def test_event_types_in_column_names(event_type: str, column: str) -> None:
    """Only letters, digits and underscores remain; LightGBM refuses JSON's special characters."""
    assert slug(event_type) == column


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1.4, "days", 1.0),
        (21.5, "days", 22.0),
        (0.354, "share", 0.35),
        (0.001, "share", 0.01),
        (0.999, "share", 0.99),
        (0.0, "share", 0.0),
        (1.0, "share", 1.0),
        (1204.567, "money", 1204.57),
        (3.25, "ratio", 3.2),
        (9.04, "score", 9.0),
        (math.nan, "days", math.inf),
        (-math.inf, "money", math.inf),
    ],
)
def test_values_as_they_are_shown(value: float, unit: Unit, shown: float) -> None:
    """Whole days, whole percents (0% only where it is 0), pennies, else one decimal; all that is unknown is alike."""
    assert as_shown(np.array([value]), unit).tolist() == [shown]


@pytest.mark.parametrize(("value", "unit"), [(-0.001, "money"), (-0.04, "score")])
def test_nothing_is_not_negative(value: float, unit: Unit) -> None:
    """A number that rounds to zero has no sign: "-0.00" reads like a debt."""
    assert math.copysign(1, as_shown(np.array([value]), unit)[0]) == 1


def test_sentences_show_the_customers_own_numbers() -> None:
    """The example of DESIGN section 7, and its second sentence where there is no usual gap yet."""
    regular = bought("2024-04-01", "2024-04-22", "2024-05-13")
    assert shown(SHOP, "days_since_last_activity", regular) == "No purchase for 21 days; usually every 21 days"
    assert shown(SHOP, "days_since_last_activity", bought("2024-06-02")) == "Last purchase 1 day ago"
    assert shown(SHOP, "usual_gap_days", regular) == "Usually a purchase every 21 days"
    assert shown(SHOP, "usual_gap_days", bought("2024-06-02")) == "Only one day with a purchase so far"
    assert shown(SHOP, "overdue_ratio", regular) == "No purchase for 21 days; usually every 21 days"
    late = bought("2024-04-01", "2024-04-08", "2024-04-15")
    assert shown(SHOP, "overdue_ratio", late) == "No purchase for 49 days, 7 times the usual 7 days"
    assert shown(SHOP, "share_activity_28d_of_56d", regular) == (
        "50% of the purchases in the last 56 days were in the last 28 days"
    )


ODD = FeatureSpec(
    activity=("page {view}", "log-in"),
    engagement=("e-mail: open", "}{"),
    friction=("a|b!r:",),
    feedback=("nps {0}",),
    level=("plan%s price",),
    money=("log-in", "plan%s price"),
    lookback_days=(7, 28),
)


@pytest.mark.parametrize("feature", catalog(ODD) + catalog(SHOP), ids=lambda feature: feature.name)
def test_the_catalog_explains_every_feature(feature: Feature) -> None:
    """Each has a family, a unit and a meaning of null, and its window is in its name; so says the dictionary."""
    assert feature.unit in ("days", "events", "money", "share", "ratio", "score", "level", "flag")
    assert feature.window_days is None or feature.name.endswith(f"_{feature.window_days}d")
    line = feature.entry()
    assert set(line) == {"name", "family", "topic", "unit", "window_days", "null"}
    assert "" not in line.values()
    assert feature.topic in get_args(Topic)


@pytest.mark.parametrize(
    "spec",
    [
        FeatureSpec(activity=("page view", "page-view")),
        FeatureSpec(activity=("purchase",), engagement=("visit", "friction"), friction=("return",)),
        FeatureSpec(activity=("purchase",), money=("purchase", "net")),
        FeatureSpec(activity=("purchase",), level=("!", "?")),
    ],
    ids=["same slug", "a type named like a role", "a type named net", "types without a letter"],
)
def test_features_of_one_name_are_refused(spec: FeatureSpec) -> None:
    """Two columns of one name would overwrite each other in silence."""
    with pytest.raises(ValueError, match="declared twice"):
        catalog(spec)


@pytest.mark.parametrize("spec", [ODD, SHOP], ids=["odd types", "one type"])
def test_every_column_in_a_sentence_exists(spec: FeatureSpec) -> None:
    """And the last sentence of each feature shows none: a reason is never without words."""
    names = {feature.name for feature in catalog(spec)}
    for feature in catalog(spec):
        assert {column for sentence in feature.sentences for column in sentence.shows.values()} <= names
        assert feature.sentences[-1].shows == {}
        assert feature.sentences[-1].between is None


UNTRUE: dict[str, tuple[str, list[Event], str]] = {
    "two active days are not one": ("gap_spread_days", bought("2024-05-01", "2024-05-11"), "Only one"),
    "three active days, equal gaps": ("overdue_spreads", bought("2024-05-01", "2024-05-11", "2024-05-21"), "Only one"),
    "a customer of five years is not new": ("is_new", bought("2019-05-01", "2024-05-21"), "new customer"),
    "who never left did not come back": ("is_reactivated", bought("2024-05-21"), "Came back"),
    "an answer without a score": ("score_last_nps", [*bought("2024-05-21"), UNSCORED], "No nps so far"),
    "two answers without a score": ("score_change_nps", [*bought("2024-05-21"), UNSCORED, UNSCORED], "two npses$"),
    "a recent answer without a score": ("score_mean_nps_28d", [*bought("2024-05-21"), UNSCORED], "^No nps in"),
    "two purchases on the first day": (
        "days_to_second_activity",
        bought("2024-05-01", "2024-05-01", "2024-05-11"),
        "second purchase came after 10 days",
    ),
}


@pytest.mark.parametrize(("name", "events", "untrue"), UNTRUE.values(), ids=UNTRUE.keys())
def test_no_sentence_is_untrue_of_its_customer(name: str, events: list[Event], untrue: str) -> None:
    """Marketing repeats these sentences to the customer; `untrue` is a pattern."""
    assert re.search(untrue, shown(SHOP, name, events)) is None


def test_the_records_do_not_stop_at_the_longest_window() -> None:
    """With ten years of data, they do not reach back 56 days."""
    assert "reach back 56 days" not in shown(SHOP, "days_observed", bought("2024-06-01"), data_start="2014-06-03")


def test_names_keep_their_capitals() -> None:
    """EUR stays EUR and VIP stays VIP, wherever in the sentence they stand."""
    spec = FeatureSpec(("VIP visit",), level=("EUR_balance",), money=("VIP visit",), lookback_days=(7, 28))
    told = " ".join(reasons(catalog(spec)).described(feature.name) for feature in catalog(spec))
    assert "VIP visit" in told
    assert [word for word in ("Vip", "vip", "Eur ", "eur ") if word in told] == []


@pytest.mark.parametrize(
    ("value", "words"), [(0, "No quests"), (1, "1 quest"), (2, "2 quests"), (1200, "1,200 quests")]
)
def test_counts_of_things(value: float, words: str) -> None:
    """None, one or many."""
    spec = FeatureSpec(("quest",), lookback_days=(7, 28))
    assert said(spec, "count_activity_7d", {"count_activity_7d": value}) == f"{words} in the last 7 days"


def test_one_is_singular() -> None:
    """One purchase, and one time."""
    assert "1 purchases" not in shown(SHOP, "count_activity_7d", bought("2024-06-01"))
    assert "1 times" not in shown(SHOP, "count_returns", bought("2024-01-01", "2024-06-01"))


@pytest.mark.parametrize("spec", [ODD, SHOP], ids=["odd types", "one type"])
def test_a_becomes_an_before_a_vowel(spec: FeatureSpec) -> None:
    """No "a activity": the sentences are read by people."""
    told = [f" {reasons(catalog(spec)).described(feature.name)}".lower() for feature in catalog(spec)]
    assert [sentence for sentence in told if any(f" a {vowel}" in sentence for vowel in "aeio")] == []
