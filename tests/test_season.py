"""The season as a clock: a sum over days typed by hand as its oracle, and synthetic years whose profile is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.season import FEWEST_NEWCOMERS, NEWCOMERS_DAYS, QUIETEST, YEAR, Activity, Season, growth, knowable, seasonal
from models.table import Floats, Ints

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
START = 15_000  # day number of the first known day
WEEKS = np.arange(52)
CHRISTMAS: Floats = np.where((WEEKS >= 44) & (WEEKS < 50), 3.0, 1.0)
CHRISTMAS = CHRISTMAS / CHRISTMAS.mean()
SUMMER: Floats = 1 + 0.5 * np.sin(2 * np.pi * WEEKS / 52)  # mean 1 by symmetry

DAYS = st.integers(-30_000, 30_000)  # 1887 to 2052
SPANS = st.integers(1, 2_000)


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    """Any season that `seasonal` could have made, anchored anywhere."""
    weeks = np.array(draw(st.lists(st.floats(0.05, 20), min_size=52, max_size=52)))
    return Season(draw(DAYS), tuple((weeks / weeks.mean()).tolist()), 1.0)


def day_by_day(season: Season, start: int, end: int) -> float:
    """Seasonal days between two days, told slowly: each day counts what its week of the year says."""
    return sum(season.weeks[(day - season.anchor) // 7 % 52] for day in range(start, end))


def elapsed(season: Season, start: int, end: int) -> float:
    """Of one pair of days."""
    return float(season.elapsed(np.array([start]), np.array([end]))[0])


def years(*profiles: Floats, scale: float = 1000.0, missing: int = 0) -> Activity:
    """A year of activity per profile; `missing` days of the first are not known; a tenth are always newcomers."""
    daily = np.concatenate([np.repeat(part * scale, 7) for part in profiles])
    active: Ints = np.round(daily[missing:]).astype(np.int64)
    return Activity(START + missing, active, active // 10)


@pytest.mark.parametrize("start", [0, -400, START])
def test_without_weeks_a_day_is_a_day(start: int) -> None:
    """The empty season counts plain days, of one pair as of many."""
    ends = np.array([start, start + 1, start + 500])
    assert Season().elapsed(np.full(3, start), ends).tolist() == [0, 1, 500]


@RANDOM
@given(seasons(), DAYS, SPANS)
def test_the_clock_is_a_sum_over_days(season: Season, start: int, span: int) -> None:
    """Wherever the span lies: after the anchor, before it or across it."""
    assert elapsed(season, start, start + span) == pytest.approx(day_by_day(season, start, start + span), rel=1e-9)


@RANDOM
@given(seasons(), st.integers(1, 5_000), SPANS)
def test_before_the_anchor_weeks_are_the_same(season: Season, before: int, span: int) -> None:
    """Division that rounds towards 0 would tell the weeks before the anchor in reverse."""
    start = season.anchor - before
    assert elapsed(season, start, start + span) == pytest.approx(day_by_day(season, start, start + span), rel=1e-9)


@RANDOM
@given(seasons(), DAYS, SPANS, SPANS)
def test_spans_add_up(season: Season, start: int, one: int, other: int) -> None:
    """And every span takes time, or a customer's last active day could fall onto the first."""
    middle, end = start + one, start + one + other
    parts = elapsed(season, start, middle), elapsed(season, middle, end)
    assert sum(parts) == pytest.approx(elapsed(season, start, end), abs=1e-7)
    assert min(parts) > 0
    assert elapsed(season, end, start) == pytest.approx(-sum(parts), abs=1e-7)


@RANDOM
@given(seasons(), DAYS, SPANS, st.integers(-20, 20))
def test_years_repeat(season: Season, start: int, span: int, later: int) -> None:
    """A span of any other year takes as long, and a whole year always its 364 days: the mean factor is 1."""
    moved = start + later * YEAR
    assert elapsed(season, moved, moved + span) == pytest.approx(elapsed(season, start, start + span), abs=1e-7)
    assert elapsed(season, start, start + YEAR) == pytest.approx(YEAR, abs=1e-7)


@pytest.mark.parametrize("profile", [CHRISTMAS, SUMMER], ids=["Christmas", "summer"])
@pytest.mark.parametrize("missing", [0, 98], ids=["two years", "14 weeks fewer"])
def test_a_known_profile_is_found(profile: Floats, missing: int) -> None:
    """Every week of the year to come counts what it counted, wherever in the year the data begin."""
    season = seasonal(years(profile, profile, missing=missing), 1.0)
    opens = START + 2 * YEAR + 7 * WEEKS
    assert season.elapsed(opens, opens + 7) == pytest.approx(7 * profile, rel=2e-3)  # counts are whole customers


def test_only_whole_years_are_read() -> None:
    """A summer of which the data hold only the second half would weigh twice: the oldest part of a year is left out."""
    flat = np.ones(52)
    newest = seasonal(years(flat, CHRISTMAS, missing=280), 1.0)
    assert newest.weeks == pytest.approx(CHRISTMAS, rel=2e-3)
    assert newest.anchor == START + 2 * YEAR


def test_years_count_the_same() -> None:
    """Of two unlike years the mean."""
    found = seasonal(years(SUMMER, SUMMER[::-1], scale=100.0), 1.0)
    assert found.weeks == pytest.approx((SUMMER + SUMMER[::-1]) / 2, rel=2e-2)


def grown(log_growth: float, days: int, profile: Floats) -> Activity:
    """Activity that grows steadily, e to the `log_growth` a year, the newest of so many days closing a year."""
    day = np.arange(days)
    season = np.repeat(profile, 7)[(day - days) % YEAR]
    active = np.round(2000 * np.exp(log_growth * (day - days) / YEAR) * season).astype(np.int64)
    return Activity(START, active, active // 10)


@pytest.mark.parametrize("log_growth", [-0.7, -0.2, 0.0, 0.3, 1.1])
@pytest.mark.parametrize("profile", [CHRISTMAS, SUMMER, np.ones(52)], ids=["Christmas", "summer", "none"])
@pytest.mark.parametrize("days", [YEAR + 91, YEAR + 300, 2 * YEAR, 3 * YEAR + 50])
def test_growth_is_no_season(log_growth: float, profile: Floats, days: int) -> None:
    """More customers in each week than a year before say nothing of how often each of them comes."""
    activity = grown(log_growth, days, profile)
    assert growth(activity.active) == pytest.approx(log_growth, abs=0.01)
    assert seasonal(activity, 1.0).weeks == pytest.approx(profile, rel=0.03)


def test_where_growth_is_not_known_or_no_growth() -> None:
    """Under 13 weeks known twice; weeks without activity; and never more than fourfold."""
    assert growth(grown(0.5, YEAR + 90, SUMMER).active) == 0
    assert growth(grown(0.5, YEAR + 91, SUMMER).active) == pytest.approx(0.5, abs=0.01)
    silent = grown(0.5, 2 * YEAR, SUMMER).active.copy()
    silent[: YEAR - 12 * 7] = 0
    assert growth(silent) == 0
    assert growth(grown(1.5, 2 * YEAR, SUMMER).active) == pytest.approx(np.log(4))
    assert growth(grown(-1.5, 2 * YEAR, SUMMER).active) == pytest.approx(-np.log(4))
    assert growth(np.zeros(0, np.int64)) == 0


@pytest.mark.parametrize("dead", [0.0, 0.1], ids=["nothing came in", "a tenth came in"])
def test_an_outage_of_one_year_is_no_season_of_the_next(dead: float) -> None:
    """Seven weeks of a broken export; a shop that closes in the same weeks of both years does so again."""
    broken = SUMMER.copy()
    broken[36:43] *= dead
    assert seasonal(years(SUMMER, broken), 1.0).weeks == pytest.approx(SUMMER, rel=0.06)
    both = seasonal(years(broken, broken), 1.0)
    assert max(both.weeks[36:43]) < 0.15


@pytest.mark.parametrize("strength", [0.25, 0.5, 1.0])
def test_strength_is_a_power(strength: float) -> None:
    """Half strength is the square root: Christmas's three times becomes 1.7 times; the mean factor stays 1."""
    season = seasonal(years(CHRISTMAS), strength)
    assert season.weeks[44] / season.weeks[0] == pytest.approx(3**strength, rel=1e-2)
    assert np.mean(season.weeks) == pytest.approx(1, abs=1e-12)
    assert (len(season.weeks), season.strength) == (52, strength)


def test_no_strength_is_no_season() -> None:
    """The same object as where nothing is known: every day counts one."""
    assert seasonal(years(CHRISTMAS), 0.0) == Season()


def test_weekends_are_no_season() -> None:
    """A shop closed on Sundays has 52 equal weeks, whatever weekday its data begin on."""
    active = np.tile([10, 20, 30, 40, 50, 60, 0], 60)[3:]
    assert seasonal(Activity(START, active, active), 1.0).weeks == pytest.approx([1.0] * 52)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_under_a_year_is_refused(strength: float) -> None:
    """With both numbers; exactly a year is enough."""
    whole = years(CHRISTMAS)
    with pytest.raises(ValueError, match="a season needs 364 days of activity, and 363 are known"):
        seasonal(whole.before(START + 363), strength)
    assert seasonal(whole.before(START + 364), strength).strength == strength


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_an_outage_does_not_stop_the_clock(strength: float) -> None:
    """A week without a sale still counts a little: a stopped clock would put two purchases on one day."""
    outage = np.ones(52)
    outage[20] = 0
    season = seasonal(years(outage), strength)
    mean = (51 + QUIETEST * 52 / 51) / 52
    assert min(season.weeks) == season.weeks[20] == pytest.approx(QUIETEST**strength / mean, rel=0.05)
    days = np.arange(START, START + YEAR)
    assert (season.elapsed(days, days + 1) > 0.04).all()


def test_what_was_known_at_midnight() -> None:
    """`before` keeps the days before a day, never that day itself; before the first day nothing was known."""
    whole = Activity(START, np.array([5, 6, 7]), np.array([5, 1, 2]))
    found = whole.before(START + 2)
    assert (found.start, found.active.tolist(), found.newcomers.tolist()) == (START, [5, 6], [5, 1])
    assert whole.before(START + 90).active.tolist() == [5, 6, 7]
    for day in (START, START - 1, START - 2000):
        assert (whole.before(day).active.tolist(), whole.before(day).newcomers.tolist()) == ([], [])


def entries(days: int, *newcomers: tuple[int, int, int]) -> Activity:
    """So many days of 50 active customers; newcomers as (from day, to day, a day)."""
    new = np.zeros(days, np.int64)
    for first, last, count in newcomers:
        new[first:last] = count
    return Activity(START, np.full(days, 50), new)


LATE = YEAR - NEWCOMERS_DAYS  # where the latest half of one year begins
KNOWABLE = {
    "a year": (entries(YEAR, (0, YEAR, 2)), True),
    "two years": (entries(2 * YEAR, (0, 2 * YEAR, 2)), True),
    "a day too few": (entries(YEAR - 1, (0, YEAR, 2)), False),
    "nothing at all": (entries(0), False),
    "closed cohort": (entries(YEAR, (0, 90, 2)), False),
    "cohort closed a day before the latest half": (entries(YEAR, (0, LATE, 2)), False),
    "a tenth lately": (entries(YEAR, (0, LATE, 9), (LATE, YEAR, 1)), True),
    "a little under a tenth lately": (entries(YEAR, (0, LATE, 9), (LATE, YEAR - 1, 1)), False),
    "all lately": (entries(YEAR, (LATE, YEAR, 1)), True),
    "newcomers have dried up": (entries(2 * YEAR, (0, 2 * YEAR - NEWCOMERS_DAYS, 2)), False),
}


@pytest.mark.parametrize(("activity", "answer"), KNOWABLE.values(), ids=KNOWABLE.keys())
def test_where_a_season_can_be_known(activity: Activity, answer: bool) -> None:
    """After a whole year, and only while customers still come: a closed cohort's decline would pass for a season."""
    assert pytest.approx(0.1) == FEWEST_NEWCOMERS  # the rows above say a tenth
    assert knowable(activity) is answer


@RANDOM
@given(seasons())
def test_json_brings_the_season_back(season: Season) -> None:
    """To the last bit, through text."""
    assert Season.from_json(json.loads(json.dumps(season.to_json(), allow_nan=False))) == season


def test_json_brings_no_season_back() -> None:
    """The empty one too."""
    again = Season.from_json(json.loads(json.dumps(Season().to_json())))
    assert again == Season()
    assert again.elapsed(np.array([3]), np.array([10])).tolist() == [7]
