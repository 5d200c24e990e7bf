"""The words of the list: event types, numbers with units, and sentences that must be true of the customer."""

from __future__ import annotations

import math
import re
from string import Formatter

import pytest
from story import Event, World, tell

from features.build import catalog
from features.catalog import Feature, Unit
from features.sentences import sentence
from features.spec import FeatureSpec
from features.words import Shown, number_in_words, slug, thing, things

MONDAY = "2024-06-03"
SHOP = FeatureSpec(activity=("purchase",), feedback=("nps",), lookback_days=(7, 28), active_within_days=56)
UNSCORED: Event = ("reader", "2024-05-22", "nps", None)


def shown(spec: FeatureSpec, name: str, events: list[Event], data_start: str = "2024-01-01") -> str:
    """The sentence for one feature of the only customer: the first whose columns are all known, filled in."""
    row = tell(World(tuple(events), spec, (MONDAY,), data_start)).row(events[0][0], MONDAY)
    features = {feature.name: feature for feature in catalog(spec)}
    values = {column: math.nan if value is None else value for column, value in row.items()}
    return sentence(features[name], values, features)


def columns_of(sentence: str) -> set[str]:
    """The columns that a sentence asks for."""
    return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}


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
    ("value", "unit", "words"),
    [
        (1.0, "days", "1 day"),
        (0.0, "days", "0 days"),
        (1.4, "days", "1 day"),
        (1.6, "days", "2 days"),
        (21.46, "days", "21 days"),
        (1204.0, "days", "1,204 days"),
        (0.354, "share", "35%"),
        (1.0, "share", "100%"),
        (1204.5, "money", "1,204.50"),
        (-3.0, "money", "-3.00"),
        (3.0, "events", "3"),
        (12000.0, "events", "12,000"),
        (3.25, "ratio", "3.2"),
        (9.0, "score", "9"),
        (-1.5, "level", "-1.5"),
        (1.0, "flag", "1"),
    ],
)
def test_numbers_with_their_unit(value: float, unit: Unit, words: str) -> None:
    """Whole days, whole percents, two decimals of money, and one decimal where a number is not whole."""
    assert number_in_words(value, unit) == words


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_unknown_numbers_have_no_words(value: float) -> None:
    """So that a sentence is never shown with a number that is not known."""
    assert number_in_words(value, "days") is None


@pytest.mark.parametrize(("value", "unit"), [(-0.001, "money"), (-0.04, "score")])
def test_nothing_is_not_negative(value: float, unit: Unit) -> None:
    """A number that rounds to zero has no sign: "-0.00" reads like a debt."""
    assert "-" not in str(number_in_words(value, unit))


def test_sentences_show_the_customers_own_numbers() -> None:
    """The example of DESIGN section 7, and its second sentence where there is no usual gap yet."""
    regular = bought("2024-04-01", "2024-04-22", "2024-05-13")
    assert shown(SHOP, "days_since_last_activity", regular) == "No purchase for 21 days; usually every 21 days"
    assert shown(SHOP, "days_since_last_activity", bought("2024-06-02")) == "Last purchase 1 day ago"
    assert shown(SHOP, "usual_gap_days", regular) == "Usually a purchase every 21 days"
    assert shown(SHOP, "usual_gap_days", bought("2024-06-02")) == "Only one day with a purchase so far"
    late = "Away for 21 days, 1 times the usual gap of 21 days"
    assert shown(SHOP, "overdue_ratio", regular) == late
    assert shown(SHOP, "share_activity_28d_of_56d", regular) == (
        "50% of the purchases of the last 56 days fell into the last 28"
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
    assert set(line) == {"name", "family", "unit", "window_days", "null", "sentence"}
    assert "" not in line.values()


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
    """Braces in a type's name are no columns: each sentence can be filled, and nothing is left to fill."""
    names = [feature.name for feature in catalog(spec)]
    assert len(names) == len(set(names))
    for template in (template for feature in catalog(spec) for template in feature.sentences):
        assert columns_of(template) <= set(names)
        filled = template.format_map(dict.fromkeys(names, Shown(7, "events")))
        assert not {"{", "}", "|"} & set(filled)


@pytest.mark.parametrize("feature", catalog(ODD) + catalog(SHOP), ids=lambda feature: feature.name)
def test_a_column_that_may_be_null_has_a_sentence_for_that(feature: Feature) -> None:
    """Unless it is known of every eligible customer: a reason is never without words."""
    always_known = ("days_since_last_activity", "tenure_days", "spell_days")
    if not feature.null.startswith("never null") and feature.name not in always_known:
        assert columns_of(feature.sentences[-1]) == set()


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
    said = " ".join(sentence for feature in catalog(spec) for sentence in feature.sentences)
    assert [word for word in ("Vip", "vip", "Eur ", "eur ") if word in said] == []


@pytest.mark.parametrize(("value", "words"), [(0, "no buys"), (1, "1 buy"), (2, "2 buys"), (1200, "1,200 buys")])
def test_counts_of_things(value: float, words: str) -> None:
    """None, one or many."""
    assert f"{Shown(value, 'events'):buy|buys}" == words


def test_one_is_singular() -> None:
    """One purchase, and one time."""
    assert "1 purchases" not in shown(SHOP, "count_activity_7d", bought("2024-06-01"))
    assert "1 times" not in shown(SHOP, "count_returns", bought("2024-01-01", "2024-06-01"))


@pytest.mark.parametrize("spec", [ODD, SHOP], ids=["odd types", "one type"])
def test_a_becomes_an_before_a_vowel(spec: FeatureSpec) -> None:
    """No "a activity": the sentences are read by people."""
    said = [f" {sentence}".lower() for feature in catalog(spec) for sentence in (feature.null, *feature.sentences)]
    assert [sentence for sentence in said if any(f" a {vowel}" in sentence for vowel in "aeio")] == []
