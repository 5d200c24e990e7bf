"""One shop, a few customers whose ids say what happened to them, and every expected value typed out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from story import Amount, Event, Told, World, as_chunk, number, tell

from features.build import catalog, eligible_rows
from features.rows import Rows, ratio
from features.snapshots import Slices, as_date, day_number, labelled_slices
from features.spec import FeatureSpec
from features.timeline import Timeline

MONDAY = "2024-06-03"  # the snapshot; lookbacks open on 2024-05-27 and 2024-05-06, eligibility on 2024-04-08
SHOP = FeatureSpec(
    activity=("purchase",),
    engagement=("visit", "click"),
    friction=("return",),
    feedback=("nps",),
    level=("points",),
    money=("purchase", "return"),
    lookback_days=(7, 28),
    active_within_days=56,
)
BOUGHT: dict[str, tuple[tuple[str, Amount], ...]] = {
    "steady": (("2024-05-06", 10), ("2024-05-13", 20), ("2024-05-20", 30), ("2024-05-27", 40.5), (MONDAY, 99)),
    "stopped": (("2024-03-04", 5), ("2024-03-14", 5), ("2024-04-08", 5)),
    "stopped_a_day_earlier": (("2024-03-04", 5), ("2024-03-14", 5), ("2024-04-07", 5)),
    "new": (("2024-06-02", 12), ("2024-06-02", 8)),
    "exactly_at_cutoff": (("2024-05-20", 1), (MONDAY, 2)),
    "first_seen_at_cutoff": ((MONDAY, 3),),
    "eager": (("2024-05-01", 1), ("2024-05-28", 1), ("2024-05-29", 1)),
    "came_back": (("2024-01-01", 50), ("2024-01-11", None), ("2024-05-30", 7)),
    "one_timer": (("2024-05-13", 15),),
}
PURCHASES: tuple[Event, ...] = tuple(
    (customer_id, day, "purchase", amount) for customer_id, bought in BOUGHT.items() for day, amount in bought
)
STEADY_DID: tuple[Event, ...] = (
    ("steady", "2024-05-05", "visit", None),
    ("steady", "2024-05-06", "click", None),
    ("steady", "2024-06-01", "visit", None),
    ("steady", "2024-06-01", "visit", None),
    ("steady", "2024-05-28", "return", -4),
    ("steady", "2024-05-29", "return", None),
    ("steady", "2024-04-01", "nps", 9),
    ("steady", "2024-05-07", "nps", 6),
    ("steady", "2024-06-01", "nps", None),
    ("steady", "2024-03-01", "points", 100),
    ("steady", "2024-04-10", "points", 100),
    ("steady", "2024-05-20", "points", 250),
    ("steady", "2024-05-30", "points", 250),
    ("steady", "2024-05-31", "gossip", 1_000),
    ("steady", MONDAY, "points", 0),
    ("steady", MONDAY, "visit", None),
)
SHOP_WORLD = World(PURCHASES + STEADY_DID, SHOP, (MONDAY,), data_start="2024-01-01")


@pytest.fixture(scope="module")
def shop() -> Told:
    """The rows of the shop at the snapshot."""
    return tell(SHOP_WORLD)


def check(told: Told, customer_id: str, **expected: float | None) -> None:
    """Compare the named columns of one customer's row with float32 versions of the values typed out."""
    row = told.row(customer_id, MONDAY)
    rounded = {name: None if value is None else float(np.float32(value)) for name, value in expected.items()}
    assert {name: row[name] for name in expected} == rounded


def test_active_exactly_active_within_days_ago_is_eligible(shop: Told) -> None:
    """56 days ago is inside, 57 days ago is not; an event at the snapshot makes nobody eligible."""
    eligible = ["came_back", "eager", "exactly_at_cutoff", "new", "one_timer", "steady", "stopped"]
    assert shop.keys == [(customer_id, MONDAY) for customer_id in eligible]


def test_only_who_was_active_before_can_lapse(shop: Told) -> None:
    """Three active days, the last 57 and the first 91 days ago; who first came at the snapshot is not yet known."""
    assert shop.lapsed == [(MONDAY, 3, 57, 91)]


def test_recency(shop: Told) -> None:
    """Days since the last event of each kind before the snapshot; never seen is null."""
    check(shop, "steady", days_since_last_activity=7, days_since_last_engagement=2, days_since_last_friction=5)
    check(shop, "steady", days_since_last_visit=2, days_since_last_click=28)
    check(shop, "exactly_at_cutoff", days_since_last_activity=14, days_since_last_engagement=None)
    check(shop, "new", days_since_last_activity=1)


def test_frequency(shop: Told) -> None:
    """A lookback holds the day on which it opens and not the day of the snapshot."""
    check(shop, "steady", count_activity_7d=1, count_activity_28d=4, count_activity_lifetime=4, active_days_28d=4)
    check(shop, "new", count_activity_7d=2, active_days_7d=1, count_activity_lifetime=2, active_days_lifetime=1)
    check(shop, "stopped", count_activity_7d=0, count_activity_28d=0, active_days_28d=0, count_activity_lifetime=3)


def test_monetary(shop: Told) -> None:
    """Sums per type and net of returns; an event without an amount counts in neither sum, mean nor last."""
    check(shop, "steady", amount_purchase_7d=40.5, amount_purchase_28d=100.5, amount_return_28d=-4)
    check(shop, "steady", amount_net_7d=36.5, amount_net_lifetime=96.5, amount_mean_purchase=25.125)
    check(shop, "came_back", amount_purchase_lifetime=57, amount_mean_purchase=28.5, amount_last_purchase=7)
    check(shop, "steady", amount_mean_return=-4, amount_last_return=-4, amount_last_purchase=40.5)
    check(shop, "one_timer", amount_purchase_7d=0, amount_mean_return=None, amount_last_return=None)


def test_engagement_and_friction(shop: Told) -> None:
    """Counts and days per lookback, and their share of all that was done; null where nothing was."""
    check(shop, "steady", count_engagement_7d=2, engaged_days_7d=1, count_engagement_28d=3, count_click_28d=1)
    check(shop, "steady", count_visit_28d=2, share_engagement_28d=3 / 7, count_friction_7d=2, share_friction_28d=2 / 6)
    check(shop, "one_timer", count_engagement_7d=0, share_engagement_7d=None, share_engagement_28d=0)


def test_rhythm(shop: Told) -> None:
    """Gaps join active days; one active day has none, and equal gaps have no spread to be late by."""
    check(shop, "stopped", usual_gap_days=17.5, gap_spread_days=7.5, newest_gap_days=25, longest_gap_days=25)
    check(shop, "stopped", overdue_ratio=3.2, overdue_spreads=38.5 / 7.5, overdue_of_longest=2.24, usual_gap_28d=None)
    check(shop, "steady", usual_gap_days=7, gap_spread_days=0, overdue_ratio=1, overdue_spreads=None, usual_gap_28d=7)
    check(shop, "came_back", newest_gap_days=140, longest_gap_days=140, usual_gap_28d=None)
    check(shop, "new", usual_gap_days=None, gap_spread_days=None, longest_gap_days=None, overdue_ratio=None)


def test_trend(shop: Told) -> None:
    """Which part of twice the lookback fell into its newer half; null where neither half has any."""
    check(shop, "steady", share_activity_7d_of_14d=1 / 2, share_activity_28d_of_56d=1)
    check(shop, "steady", share_engagement_28d_of_56d=3 / 4)
    check(shop, "stopped", share_activity_7d_of_14d=None, share_activity_28d_of_56d=0)


def test_lifecycle(shop: Told) -> None:
    """Tenure from the first day; a break over 56 days opens a new spell; day 28 of a life is not in its first weeks."""
    check(shop, "eager", count_activity_first_28d=2, count_activity_lifetime=3)
    check(shop, "came_back", tenure_days=154, spell_days=4, count_returns=1, is_reactivated=1, is_new=0)
    check(shop, "came_back", days_to_second_activity=10, count_activity_first_28d=2, days_observed=56)
    check(shop, "new", tenure_days=1, spell_days=1, days_to_second_activity=None, is_new=1, is_reactivated=0)
    check(shop, "stopped", tenure_days=91, spell_days=91, count_returns=0, count_activity_first_28d=2)


def test_new_and_returned_turn_at_active_within_days() -> None:
    """A first purchase 56 days ago is new and 57 is not; a break of 56 days is none, after 57 they had lapsed."""
    dates = {
        "new_still": ("2024-04-08", "2024-05-01"),
        "new_no_more": ("2024-04-07", "2024-05-01"),
        "in_time": ("2024-04-01", "2024-05-27"),
        "too_late": ("2024-03-31", "2024-05-27"),
    }
    told = tell(SHOP_WORLD.having((who, day, "purchase", 1) for who, days in dates.items() for day in days))
    check(told, "new_still", is_new=1, tenure_days=56)
    check(told, "new_no_more", is_new=0, tenure_days=57)
    check(told, "in_time", count_returns=0, is_reactivated=0, spell_days=63)
    check(told, "too_late", count_returns=1, is_reactivated=1, spell_days=7)


def test_feedback(shop: Told) -> None:
    """The last score and its change skip an answer without a score, which still counts as an answer."""
    check(shop, "steady", score_last_nps=6, score_change_nps=-3, days_since_last_nps=2, count_nps_7d=1)
    check(shop, "steady", score_mean_nps_7d=None, score_mean_nps_28d=6, count_nps_28d=2)
    check(shop, "new", score_last_nps=None, score_change_nps=None, days_since_last_nps=None, count_nps_28d=0)


def test_level(shop: Told) -> None:
    """The level reported last, how it differs from where the window opened, and since when it stands."""
    check(shop, "steady", level_last_points=250, days_since_change_points=14)
    check(shop, "steady", level_change_points_7d=0, level_change_points_28d=150)
    check(shop, "new", level_last_points=None, days_since_change_points=None, level_change_points_28d=None)


def test_neighbours_in_the_table_are_strangers() -> None:
    """The events of the customer before, and the time since them, are nothing to the next one."""
    did = [("purchase", 1), ("nps", 3), ("points", 7)]
    left = [("a_left_long_ago", "2024-01-01", kind, amount) for kind, amount in (*did, ("return", -2))]
    told = tell(SHOP_WORLD.having([*left, *(("b_new", "2024-05-30", kind, amount) for kind, amount in did)]))
    check(told, "b_new", count_returns=0, is_reactivated=0, spell_days=4, longest_gap_days=None, overdue_ratio=None)
    check(told, "b_new", score_change_nps=None, days_since_change_points=4, level_change_points_7d=None)
    check(told, "b_new", days_since_last_friction=None, amount_last_return=None, amount_net_lifetime=1)


@pytest.mark.parametrize(
    ("bought_again", "leaves"),
    [("2024-06-09", True), ("2024-06-10", False), ("2024-07-07", False), ("2024-07-08", True)],
)
def test_the_label_window_is_half_open(bought_again: str, leaves: bool) -> None:
    """With a lead of 7 and a horizon of 28 days, snapshot + 7 counts and snapshot + 35 does not."""
    events = (("one_timer", "2024-05-13", "purchase", 1), ("one_timer", bought_again, "purchase", 1))
    told = tell(World(events, SHOP, (MONDAY,), lead_days=7, horizon_days=28))
    assert told.labels() == {("one_timer", MONDAY): leaves}


def test_an_event_at_the_snapshot_is_the_labels_alone(shop: Told) -> None:
    """Without a lead it keeps the customer from churning; a visit would not have."""
    stayed = {customer_id for (customer_id, _), churned in shop.labels().items() if not churned}
    assert stayed == {"steady", "exactly_at_cutoff"}


def slices(data_start: str, known_before: str, **changed: int) -> list[str]:
    """The labelled slices of a weekly grid, 28 days of label and 56 of history, at most three."""
    wanted = {"label_days": 28, "every_days": 7, "most": 3, "min_history_days": 56} | changed
    return [str(as_date(day)) for day in labelled_slices(number(data_start), number(known_before), **wanted).days]


def test_labelled_slices_are_the_newest_closed_mondays() -> None:
    """The label of the newest ends by the end of what is known: on that very day at the latest."""
    assert slices("2024-01-01", "2024-06-03") == ["2024-04-22", "2024-04-29", "2024-05-06"]
    assert slices("2024-01-01", "2024-06-02") == ["2024-04-15", "2024-04-22", "2024-04-29"]


def test_labelled_slices_have_enough_history() -> None:
    """A slice exactly 56 days after the first event exists, one a day short of that does not; there may be none."""
    assert slices("2024-03-04", "2024-06-03") == ["2024-04-29", "2024-05-06"]
    assert slices("2024-03-05", "2024-06-03") == ["2024-05-06"]
    assert slices("2024-03-12", "2024-06-03") == []


def test_labelled_slices_of_the_demo() -> None:
    """16 of the 26 asked for, every four weeks from a Monday in 1970, the newest on 2011-08-22 (DESIGN section 2)."""
    found = labelled_slices(number("2009-12-01"), number("2011-12-09"), 91, 28, 26, 182)
    assert (len(found.days), found.asked) == (16, 26)
    assert (str(as_date(found.days[0])), str(as_date(found.days[-1]))) == ("2010-06-28", "2011-08-22")
    assert found == Slices(found.days, 26, number("2010-06-01"), number("2011-09-09"))


def test_day_numbers_count_from_1970() -> None:
    """The grid's origin, Monday 1970-01-05, is day 4; dates before 1970 are negative."""
    assert (number("1970-01-05"), number("1969-12-31"), number("2024-02-29")) == (4, -1, 19782)
    assert day_number(as_date(19782)) == 19782


@pytest.mark.parametrize(
    "events",
    [(), (("looker", "2024-06-01", "visit", None),), (("later", "2024-06-04", "purchase", 1),)],
    ids=["no events", "no activity", "nothing yet"],
)
def test_a_chunk_without_eligible_customers_has_every_column(events: tuple[Event, ...]) -> None:
    """The table has no row and is complete all the same."""
    told = tell(SHOP_WORLD.having(events))
    assert (told.keys, told.lapsed, len(told.churned)) == ([], [], 0)
    assert {name: len(column) for name, column in told.columns.items()} == {item.name: 0 for item in catalog(SHOP)}


def test_huge_amounts_do_not_blur_small_ones() -> None:
    """Trillions before the window, and before the customer, leave every cent in it: running totals are integers."""
    trillion = 999_999_999_999.99
    whales = [(f"whale_{n}", "2024-05-01", "purchase", trillion) for n in range(20)]
    mixed = [("whale_0", "2024-05-29", "purchase", 0.01), ("whale_0", "2024-05-30", "purchase", 0.02)]
    small = [("z_minnow", day, "purchase", 0.01) for day in ("2024-05-01", "2024-05-29", "2024-05-30")]
    told = tell(SHOP_WORLD.having([*whales, *mixed, *small]))
    check(told, "whale_0", amount_purchase_7d=0.03, amount_last_purchase=0.02, amount_purchase_lifetime=1e12)
    check(told, "z_minnow", amount_purchase_7d=0.02, amount_purchase_lifetime=0.03, amount_mean_purchase=0.01)
    check(told, "whale_19", amount_purchase_7d=0, amount_purchase_lifetime=trillion)


def test_edges_are_asked_for_in_advance() -> None:
    """Edges that do not rise are refused, and so is a window whose edge the timeline does not have."""
    _, chunk = as_chunk(PURCHASES, SHOP.types())
    with pytest.raises(ValueError, match="edges must rise"):
        Timeline(chunk, np.array([5, 5]))
    with pytest.raises(ValueError, match="edges must rise"):
        Timeline(chunk, np.array([], np.int64))
    rows: Rows = eligible_rows(chunk, [number(MONDAY)], SHOP, number("2024-01-01")).rows
    with pytest.raises(KeyError):
        rows.count(SHOP.activity, 3)


def test_what_the_catalog_calls_never_null_is_never_null(shop: Told) -> None:
    """Counts, sums and flags of nothing are 0 for every customer of the shop."""
    never = [feature.name for feature in catalog(SHOP) if feature.null.startswith("never null")]
    assert len(never) > 20
    assert [name for name in never if np.isnan(shop.columns[name]).any()] == []


def test_a_quotient_of_nothing_is_null() -> None:
    """Over 0 and over null, whatever stands above; never infinite."""
    with np.errstate(all="raise"):
        counts = ratio(np.array([0, 3, -3, 6], np.int32), np.array([0, 0, 0, 4], np.int32))
        amounts = ratio(np.array([1.0, -1.0, 0.0, np.nan, 5.0]), np.array([0.0, 0.0, np.nan, 2.0, 2.0]))
    assert np.isnan(counts).tolist() == [True, True, True, False]
    assert counts[3] == 1.5
    assert np.isnan(amounts).tolist() == [True, True, True, True, False]
    assert amounts[4] == 2.5
