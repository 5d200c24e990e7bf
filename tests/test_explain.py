"""Why each customer is where it is: topics and sentences for some rows of the table, whatever else is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.build import catalog
from features.leaning import AWAY, HEALED, HURTS, KEEPS, MUTE, NEITHER, Lean
from features.spec import FeatureSpec
from pipeline.errors import ArtifactError
from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.listing import reasons
from pipeline.listing.reasons import LOWER, RAISE, Explained, explain

SHOP = FeatureSpec(("purchase",), friction=("return",), money=("purchase", "return"), lookback_days=(14, 28))
FEATURES = catalog(SHOP)
NAMES = tuple(feature.name for feature in FEATURES)
BY_NAME = {feature.name: feature for feature in FEATURES}


class Weights:
    """A model whose contributions are typed: row by row in the order of the table, nothing where none is named."""

    def __init__(self, parts: Sequence[dict[str, float]]) -> None:
        self.members = SimpleNamespace(names=NAMES)
        self.parts = np.array([[part.get(name, 0.0) for name in NAMES] for part in parts])

    def contributions(self, table: Any) -> np.ndarray:
        """By the row's number, which the table carries as its snapshot."""
        return self.parts[table.snapshot]


def customers(rows: Sequence[dict[str, float | None]]) -> pa.Table:
    """The table of features; a column that a row does not name is 1. The snapshot is the number of the row."""
    columns: dict[str, pa.Array] = {
        name: pa.array([np.nan if (value := row.get(name, 1.0)) is None else value for row in rows], pa.float32())
        for name in NAMES
    }
    return pa.table({"snapshot": pa.array(range(len(rows)), pa.int32()).cast(pa.date32()), **columns})


def asked(table: pa.Table, model: Any, rows: Sequence[int], language: str = "en") -> Explained:
    """Reasons of these rows, amounts in euros."""
    return explain(table, model, FEATURES, Texts(language), np.array(rows, np.int64), "EUR")


# Three customers: who is away for long, who bought for 900, and who is like all others.
PEOPLE = customers([
    {"days_since_last_activity": 74, "usual_gap_days": 21, "count_activity_28d": 0, "amount_purchase_28d": 0},
    {"days_since_last_activity": 2, "usual_gap_days": 7, "count_activity_28d": 5, "amount_purchase_28d": 900},
    {"days_since_last_activity": 21, "usual_gap_days": 21, "count_activity_28d": 2, "amount_purchase_28d": 90},
])  # fmt: skip
PARTS = [
    {
        "days_since_last_activity": 0.5,
        "count_activity_28d": 0.3,
        "active_days_lifetime": -0.1,
        "amount_mean_return": -0.4,
    },
    {"amount_purchase_28d": -0.6, "count_activity_28d": -0.7, "days_since_last_activity": 0.2},
    {},
]


def test_reasons_of_three_customers() -> None:
    """The absent one's silence and pace; the good one's pace alone, since 2 days of absence are no bad sign."""
    found = asked(PEOPLE, Weights(PARTS), [0, 1, 2])
    assert found.texts == {
        "reason_1": ["No purchase for 74 days; usually every 21 days", None, None],
        "reason_2": ["No purchases in the last 28 days", None, None],
        "reason_3": [None, None, None],
        "reason_lowers": ["An average return is worth €1.00", "5 purchases in the last 28 days", None],
    }
    assert found.topics == {
        "reason_1": ["silence", None, None],
        "reason_2": ["pace", None, None],
        "reason_3": [None, None, None],
        "reason_lowers": ["trouble", "pace", None],
    }


BETTER_SAID = {  # values, contributions, column, what is said instead of the strongest push
    "that nothing happened is what silence says": (
        {"count_activity_28d": 0},
        {"count_activity_28d": 0.5, "count_activity_lifetime": 0.3},
        ("reason_1", "1 purchase so far"),
    ),
    "unless it is by far the strongest": (
        {"count_activity_28d": 0},
        {"count_activity_28d": 0.5, "count_activity_lifetime": 0.2},
        ("reason_1", "No purchases in the last 28 days"),
    ),
    "an amount of nothing is better said by the count": (
        {"count_friction_28d": 0, "amount_return_28d": 0},
        {"amount_return_28d": -0.5, "count_friction_28d": -0.1},
        ("reason_lowers", "No returns in the last 28 days"),
    ),
}


@pytest.mark.parametrize(("values", "parts", "told"), BETTER_SAID.values(), ids=BETTER_SAID.keys())
def test_the_better_sentence_speaks(
    values: dict[str, float | None], parts: dict[str, float], told: tuple[str, str]
) -> None:
    """Beside a customer who is 1 in everything."""
    found = asked(customers([values, {}]), Weights([parts, {}]), [0])
    assert found.texts[told[0]] == [told[1]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chunk", [1, 2, 20_000])
def test_each_customer_has_its_own_reasons(language: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order asked for, alone or together, twice or not at all, whatever fits into a chunk."""
    whole = asked(PEOPLE, Weights(PARTS), [0, 1, 2], language)
    monkeypatch.setattr(reasons, "CHUNK", chunk)
    for rows in ([], [2], [1, 0], [0, 0, 2, 1, 0]):
        found = asked(PEOPLE, Weights(PARTS), rows, language)
        for name in (*RAISE, LOWER):
            assert found.texts[name] == [whole.texts[name][row] for row in rows]
            assert found.topics[name] == [whole.topics[name][row] for row in rows]


NUMBERS = st.none() | st.sampled_from([0.0, 1.0, 2.0, 30.0, -5.0])
PUSH = st.integers(-4, 4).map(lambda quarter: quarter / 4)
DRAWN = st.lists(
    st.tuples(st.lists(NUMBERS, min_size=9, max_size=9), st.lists(PUSH, min_size=9, max_size=9)), min_size=1
)


@given(DRAWN, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_reason_reads_as_its_opposite(drawn: list[tuple[list[float | None], list[float]]], random: Any) -> None:
    """Nor is a topic told twice or both ways, and every reason that has a topic has a text."""
    names = random.sample(NAMES, 9)
    table = customers([dict(zip(names, values, strict=True)) for values, _ in drawn])
    model = Weights([dict(zip(names, parts, strict=True)) for _, parts in drawn])
    found = asked(table, model, range(len(drawn)))
    signs = {
        name: BY_NAME[name].lean.of(values := table.column(name).to_numpy(), BY_NAME[name].lean.center(values))
        for name in NAMES
    }
    for row in range(len(drawn)):
        told = [found.topics[name][row] for name in (*RAISE, LOWER)]
        assert [topic is None for topic in told] == [found.texts[name][row] is None for name in (*RAISE, LOWER)]
        named = [topic for topic in told if topic is not None]
        assert len(set(named)) == len(named)
        for topic, way in zip(told, (1, 1, 1, -1), strict=True):
            features = [at for at, name in enumerate(NAMES) if BY_NAME[name].topic == topic]
            pushes = way * model.parts[row]
            assert topic is None or pushes[features].sum() > 0
            assert topic is None or any(pushes[at] > 0 and signs[NAMES[at]][row] in (0, way) for at in features)


LEANS = {  # the lean, 0, below the middle of 10, the middle, above it, null
    "the more the better": (KEEPS, [1, 1, 0, -1, 1]),
    "the longer ago the worse": (AWAY, [-1, -1, 0, 1, 1]),
    "the more the worse": (HURTS, [-1, -1, 0, 1, -1]),
    "the longer ago the better": (HEALED, [1, 1, 0, -1, -1]),
    "nothing to read": (NEITHER, [0, 0, 0, 0, 0]),
    "only none is good": (Lean(none=-1), [-1, 0, 0, 0, 0]),
    "null is about something else": (Lean(1, none=-1, unknown=None), [-1, -1, 0, 1, MUTE]),
}


@pytest.mark.parametrize(("lean", "signs"), LEANS.values(), ids=LEANS.keys())
def test_how_values_are_read(lean: Lean, signs: list[int]) -> None:
    """The middle is the median of those that are known and not 0."""
    values = np.array([0, 4, 10, 80, np.nan])
    assert lean.center(values) == 10
    assert lean.of(values, 10.0).tolist() == signs


def test_amounts_of_returns_are_read_by_their_size() -> None:
    """They may be negative."""
    values = np.array([-4.0, -10.0, -80.0, 0.0])
    assert HURTS.of(values, HURTS.center(values)).tolist() == [-1, 0, 1, -1]
    assert (KEEPS.center(np.zeros(3)), Lean(1, middle=0.5).center(values)) == (0, 0.5)


def test_a_feature_that_is_none_any_more() -> None:
    """The champion is older than the settings: named, with the remedy."""
    model = Weights([{}])
    model.members.names = ("count_visits_3d", *NAMES)
    with pytest.raises(ArtifactError, match=r"needs the feature count_visits_3d, .* run `make repro`"):
        explain(customers([{}]), model, FEATURES, Texts("en"), np.array([0]))  # type: ignore[arg-type]
