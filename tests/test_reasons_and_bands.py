"""What a person reads: reasons and bands; and who is left alone to measure by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bands import band
from models.holdout import in_holdout
from models.reasons import strongest

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
TOPICS = ("silence", "silence", "pace", "pace", "spend", "term")  # of the features a to f
NAMES = tuple("abcdef")

REASONS = {  # contributions, the three that raise, the one that lowers
    "the three strongest topics": ([0.5, 0, 0.3, 0, 0.4, 0.1], [0, 4, 2], -1),
    "a topic speaks once": ([0.5, 0.4, 0.3, 0.3, 0.2, 0.1], [0, 2, 4], -1),
    "its strongest feature speaks": ([0.1, 0.6, 0.2, 0.3, 0, 0.2], [1, 3, 5], -1),
    "equal topics by name": ([0, 0, 0.25, 0.25, 0.5, 0.5], [2, 4, 5], -1),
    "small windows add up": ([0.5, 0, 0.3, 0.3, 0, 0], [2, 0, -1], -1),
    "what lowers the risk is no reason to leave": ([-0.5, -0.1, -0.2, -0.3, 0.2, -0.1], [4, -1, -1], 0),
    "a topic that lowers it on the whole": ([0.2, -0.5, 0.1, 0, 0, 0], [2, -1, -1], 1),
    "a topic that raises it on the whole": ([0.5, -0.2, 0, 0, 0.4, 0], [4, 0, -1], -1),
    "the strongest of two that lower it": ([-0.1, 0, -0.2, 0.1, -0.3, 0], [-1, -1, -1], 4),
    "nothing does anything": ([0, 0, 0, 0, 0, 0], [-1, -1, -1], -1),
}


@pytest.mark.parametrize(("row", "raises", "lowers"), REASONS.values(), ids=REASONS.keys())
def test_reasons_by_hand(row: list[float], raises: list[int], lowers: int) -> None:
    """At most three features, strongest topic first, and the one that lowers the risk most; -1 where there is none."""
    found = strongest(np.array([row]), NAMES, TOPICS)
    assert (found.raises.tolist(), found.lowers.tolist()) == ([raises], [lowers])
    assert found.topics == ("pace", "silence", "spend", "term")


def test_fewer_topics_than_reasons() -> None:
    """Two topics give two reasons at most, one row per customer all the same."""
    topics = ("silence", "silence", "term")
    found = strongest(np.array([[0.2, 0.5, 0.1], [-1.0, -1.0, 0.3]]), "abc", topics)
    assert found.raises.tolist() == [[1, 2, -1], [2, -1, -1]]
    assert found.raises_topic.tolist() == [[0, 1, -1], [1, -1, -1]]
    assert (found.lowers.tolist(), found.lowers_topic.tolist()) == ([-1, 0], [-1, 0])
    assert strongest(np.zeros((0, 3)), "abc", topics).raises.shape == (0, 3)
    assert strongest(np.array([[0.2, 0.5, 0.1]]), "abc", "xyz", most=1).raises.tolist() == [[1]]


FITS = {  # how well the features a and b of one topic fit, both of which raise the risk, a twice as much
    "both": ([1, 1], 0),
    "the weaker one better": ([0.25, 1], 1),
    "the weaker one not enough better": ([0.75, 1], 0),
    "only the weaker one": ([0, 0.1], 1),
    "neither: the topic is passed over": ([0, 0], -1),
}


@pytest.mark.parametrize(("fits", "speaker"), FITS.values(), ids=FITS.keys())
def test_a_topic_is_spoken_for_by_what_fits(fits: list[float], speaker: int) -> None:
    """What it counts does not change; whether it can be told does."""
    values, weights = np.array([[0.4, 0.2]]), np.array([fits], np.float64)
    up = strongest(values, "ab", ("pace", "pace"), fits=(weights, 1 - weights))
    down = strongest(-values, "ab", ("pace", "pace"), fits=(1 - weights, weights))
    assert (up.raises[0, 0], down.lowers[0]) == (speaker, speaker)
    assert (up.totals[0, 0], down.totals[0, 0]) == (pytest.approx(0.6), pytest.approx(-0.6))


ROWS = st.lists(st.lists(st.integers(-8, 8), min_size=6, max_size=6), min_size=1, max_size=8)


@given(ROWS, st.integers(1, 5))
@RANDOM
def test_reasons_always_push_their_way(rows: list[list[int]], most: int) -> None:
    """Whatever the contributions: no topic twice or both ways, totals fall and have the sign, gaps at the end only."""
    values = np.array(rows, np.float64) / 8
    found = strongest(values, NAMES, TOPICS, most)
    assert found.totals.sum(axis=1).tolist() == values.sum(axis=1).tolist()  # eighths: exact
    for at, row in enumerate(values):
        picked = [index for index in found.raises[at].tolist() if index >= 0]
        assert found.raises[at].tolist() == picked + [-1] * (most - len(picked))
        assert all(row[index] > 0 for index in picked)
        named = [TOPICS[index] for index in picked]
        assert named == [found.topics[topic] for topic in found.raises_topic[at].tolist() if topic >= 0]
        assert len(set(named)) == len(named)
        totals = [sum(row[feature] for feature in range(6) if TOPICS[feature] == name) for name in named]
        assert totals == sorted(totals, reverse=True)
        assert all(total > 0 for total in totals)
        lowers = found.lowers[at]
        if lowers >= 0:
            assert row[lowers] < 0
            assert sum(row[feature] for feature in range(6) if TOPICS[feature] == TOPICS[lowers]) < 0
            assert TOPICS[lowers] not in named


@given(ROWS, st.permutations(range(6)))
@RANDOM
def test_the_order_of_columns_changes_nothing(rows: list[list[int]], order: list[int]) -> None:
    """To the last bit, ties included: a feature that moves in the table must not change what people read."""
    values, fits = np.array(rows, np.float64) / 7, np.full((len(rows), 6), 0.5)
    before = strongest(values, NAMES, TOPICS, fits=(fits, fits))
    after = strongest(values[:, order], [NAMES[at] for at in order], [TOPICS[at] for at in order], fits=(fits, fits))
    assert after.totals.tobytes() == before.totals.tobytes()
    assert after.raises_topic.tolist() == before.raises_topic.tolist()
    moved = np.append(order, -1)  # -1 stays
    assert moved[after.raises].tolist() == before.raises.tolist()
    assert moved[after.lowers].tolist() == before.lowers.tolist()


@pytest.mark.parametrize(
    ("probability", "name"),
    [(0.0, "low"), (0.3999999, "low"), (0.4, "medium"), (0.6999999, "medium"), (0.7, "high"), (1.0, "high")],
)
def test_a_probability_on_a_cut_belongs_to_the_higher_band(probability: float, name: str) -> None:
    """The cuts are 0.4 and 0.7."""
    assert band(np.array([probability]), 0.4, 0.7).tolist() == [name]


IDS = [f"C{number:05}" for number in range(20_000)]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.5])
def test_the_holdout_has_its_share(share: float) -> None:
    """Of 20,000 ids, within four standard errors."""
    expected, error = 20_000 * share, np.sqrt(20_000 * share * (1 - share))
    assert in_holdout(IDS, share, "spring").sum() == pytest.approx(expected, abs=4 * error)


def test_the_draw_hangs_on_the_id_alone() -> None:
    """More customers, fewer, or another order: each stays where it was; a larger share releases nobody."""
    drawn = dict(zip(IDS, in_holdout(IDS, 0.1, "spring"), strict=True))
    later = [*reversed(IDS[5000:]), "new", "é", "=1+1"]
    assert [drawn[name] for name in later[:-3]] == in_holdout(later, 0.1, "spring")[:-3].tolist()
    assert not (in_holdout(IDS, 0.1, "spring") & ~in_holdout(IDS, 0.2, "spring")).any()


def test_another_programme_draws_others() -> None:
    """Those held out of both are as many as chance makes: 1% of 20,000, within four standard errors."""
    spring, autumn = (in_holdout(IDS, 0.1, programme) for programme in ("spring", "autumn"))
    assert (spring & autumn).sum() == pytest.approx(200, abs=4 * np.sqrt(200 * 0.99))


def test_the_holdout_is_alike_in_every_band() -> None:
    """The draw does not know the risk: each band's share is within four standard errors of a tenth."""
    bands = band(np.linspace(0, 1, 20_000), 0.4, 0.7)
    held = in_holdout(IDS, 0.1, "spring")
    for name in ("low", "medium", "high"):
        n = (bands == name).sum()
        assert held[bands == name].mean() == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / n))
