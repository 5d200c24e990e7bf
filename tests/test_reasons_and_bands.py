"""What a person reads: reasons, sentences, bands and the list that holds them; and who is left alone to measure by."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.build import catalog
from features.catalog import Feature, Unit
from features.sentences import columns_in, columns_needed, sentence
from features.spec import FeatureSpec
from models.bands import band
from models.holdout import in_holdout
from models.reasons import strongest
from pipeline.errors import PublishError
from pipeline.publish import _refuse_bad
from pipeline.risk_list import SCHEMA, TRIGGERS, as_csv, build_list, harmless, write_list
from pipeline.settings import parse_settings
from pipeline.tables import read_table

RANDOM = settings(max_examples=60, deadline=None, derandomize=True)
FAMILIES = ("recency", "recency", "frequency", "frequency", "monetary", "rhythm")  # features 0 to 5

REASONS = {
    "the three strongest families": ([0.5, 0, 0.3, 0, 0.4, 0.1], [0, 4, 2]),
    "a family speaks once": ([0.5, 0.4, 0.3, 0.3, 0.2, 0.1], [0, 2, 4]),
    "its strongest feature speaks": ([0.1, 0.6, 0.2, 0.3, 0, 0.2], [1, 3, 5]),
    "equal families by name": ([0, 0, 0.25, 0.25, 0.5, 0.5], [2, 4, 5]),
    "small windows add up": ([0.5, 0, 0.3, 0.3, 0, 0], [2, 0, -1]),
    "what lowers the risk is no reason": ([-0.5, -0.1, -0.2, -0.3, 0.2, -0.1], [4, -1, -1]),
    "a family that lowers it on the whole": ([0.2, -0.5, 0.1, 0, 0, 0], [2, -1, -1]),
    "a family that raises it on the whole": ([0.5, -0.2, 0, 0, 0.4, 0], [4, 0, -1]),
    "nothing raises it": ([0, 0, 0, 0, 0, 0], [-1, -1, -1]),
}


@pytest.mark.parametrize(("row", "reasons"), REASONS.values(), ids=REASONS.keys())
def test_reasons_by_hand(row: list[float], reasons: list[int]) -> None:
    """At most three features, strongest family first, -1 where there is none."""
    assert strongest(np.array([row]), FAMILIES).tolist() == [reasons]


def test_fewer_families_than_reasons() -> None:
    """Two families give two reasons at most, one row per customer all the same."""
    found = strongest(np.array([[0.2, 0.5, 0.1], [-1.0, -1.0, 0.3]]), ("recency", "recency", "rhythm"))
    assert found.tolist() == [[1, 2, -1], [2, -1, -1]]
    assert strongest(np.zeros((0, 3)), ("recency", "recency", "rhythm")).shape == (0, 3)
    assert strongest(np.array([[0.2, 0.5, 0.1]]), ("a", "b", "c"), most=1).tolist() == [[1]]


@given(st.lists(st.lists(st.integers(-8, 8), min_size=6, max_size=6), min_size=1, max_size=8), st.integers(1, 5))
@RANDOM
def test_reasons_always_raise_the_risk(rows: list[list[int]], most: int) -> None:
    """Whatever the contributions: only positive ones, no family twice, families falling, gaps at the end only."""
    values = np.array(rows, np.float64) / 8
    for row, picked in zip(values, strongest(values, FAMILIES, most).tolist(), strict=True):
        named = [index for index in picked if index >= 0]
        assert picked == named + [-1] * (most - len(named))
        assert all(row[index] > 0 for index in named)
        families = [FAMILIES[index] for index in named]
        assert len(set(families)) == len(families)
        totals = [sum(row[at] for at in range(6) if FAMILIES[at] == family) for family in families]
        assert totals == sorted(totals, reverse=True)


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


def feature(name: str, unit: Unit, null: str = "not known", sentences: tuple[str, ...] = ()) -> Feature:
    """A feature of which only the words matter."""
    return Feature(name, "recency", unit, None, null, sentences, lambda rows: rows.snapshot)


SILENCE = feature(
    "days_silent", "days", "no purchase on record", ("{days_silent}; usually {usual}", "{days_silent} ago")
)
UNITS = {"days_silent": SILENCE, "usual": feature("usual", "days"), "spent": feature("spent", "money")}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"days_silent": 74.0, "usual": 21.0}, "74 days; usually 21 days"),
        ({"days_silent": 1.0, "usual": np.nan}, "1 day ago"),
        ({"days_silent": np.nan, "usual": 21.0}, "No purchase on record"),
        ({"days_silent": np.inf, "usual": 21.0}, "No purchase on record"),
    ],
    ids=["all known", "one is null", "the feature is null", "not finite"],
)
def test_the_first_sentence_that_is_known(values: Mapping[str, float], words: str) -> None:
    """With the customer's own numbers; else the next; else what null means, with a capital."""
    assert sentence(SILENCE, values, UNITS) == words


def test_columns_are_found_in_sentences() -> None:
    """In the order of the sentence; and those that any sentence shows in the order of the catalog."""
    assert columns_in("Away for {a}, {b} times; {{not}} a column") == ["a", "b"]
    shown = feature("own", "money", sentences=("Worth {spent} in {usual}", "Worth nothing"))
    assert columns_needed([UNITS["usual"], UNITS["spent"], shown]) == ["usual", "spent"]


ENGAGEMENT, FRICTION = ("page_view", "e-mail: open"), ("return {goods}", "ticket_opened")
LEVEL, MONEY = ("loyalty_points", "plan {price}"), ("purchase", "return {goods}")
RICH = FeatureSpec(("purchase", "log_in"), ENGAGEMENT, FRICTION, ("nps_score",), LEVEL, MONEY, (7, 28, 91), 182)
FEATURES = catalog(RICH)
BY_NAME = {item.name: item for item in FEATURES}
NUMBERS = st.just(np.nan) | st.sampled_from([0.0, 1.0, -1.0, 0.5]) | st.floats(-1e9, 1e9, width=32)


def machines_words(said: str) -> list[str]:
    """What no person should read: braces, underscores, nan, and names of columns."""
    return re.findall(r"[{}_]|\bnan\b|\binf\b|\bNone\b", said) + [name for name in BY_NAME if name in said]


@given(st.lists(NUMBERS, min_size=5, max_size=5))
@settings(RANDOM, max_examples=30)
def test_no_sentence_speaks_the_machines_language(numbers: list[float]) -> None:
    """Every feature of a rich catalog with random values, null included: words and numbers only."""
    for item in FEATURES:
        columns = dict.fromkeys(name for template in item.sentences for name in columns_in(template))
        said = sentence(item, dict(zip(columns, numbers, strict=False)), BY_NAME)
        assert machines_words(said) == []
        assert said[:1].isupper() or re.match(r"-?\d", said)


EVENTS = {"source": "events.csv", "roles": {"activity": ["purchase"]}}
CHURN = {"horizon_days": 91, "lead_days": 7, "active_within_days": 182}
SHOP = parse_settings({"events": EVENTS, "churn": CHURN, "holdout": {"share": 0.5, "programme": "spring"}})
FORMULAS = ("=1+1", "@x", "\t=cmd", "-2+3", "+1", " =1", "＝1")
TEXTS = ("http://a.b", "007", "1e5", 'a"b,c', "é", "{=1}", "_x0041_", " a")
COLUMNS = (
    "customer_id, as_of, churn_probability, risk_band, priority, expected_value, value_at_risk, value_tier, "
    "reason_1, reason_2, reason_3, uncertain, recommended_action, channel, group, previous_band, "
    "days_since_last_activity, usual_gap_days, horizon_end, valid_until, model_version"
)


def listed(*rows: tuple[str, float]) -> pa.Table:
    """The list of customers with these probabilities, as it is published."""
    n, (ids, probability) = len(rows), zip(*rows, strict=True)
    scores = {
        "customer_id": ids,
        "as_of": [date(2024, 6, 3)] * n,
        "churn_probability": probability,
        "risk_band": ["high"] * n,
        "reason_1": ["=HYPERLINK(1)"] * n,
        "days_since_last_activity": pa.array([74.0] * n, pa.float32()),
        "usual_gap_days": pa.array([21.26] * n, pa.float32()),
        "model_version": ["0" * 12] * n,
    }
    return build_list(pa.table(scores), {"bob": "low"}, SHOP)


def test_the_list_by_hand() -> None:
    """Most urgent first, equal ones by id; dates from as_of, lead and horizon; null where nothing is known yet."""
    table = listed(("zoe", 0.5), ("bob", 0.9), ("ann", 0.5))
    assert (table.schema, ", ".join(table.column_names)) == (SCHEMA, COLUMNS)
    assert table.column("customer_id").to_pylist() == ["bob", "ann", "zoe"]
    first = table.to_pylist()[0]
    assert [first[name] for name in ("priority", "previous_band", "reason_2", "value_tier")] == [1, "low", None, None]
    assert (first["horizon_end"], first["valid_until"]) == (date(2024, 9, 9), date(2024, 6, 10))
    assert (first["days_since_last_activity"], first["usual_gap_days"]) == (74, 21.3)
    drawn = in_holdout(["bob", "ann", "zoe"], 0.5, "spring")
    assert table.column("group").to_pylist() == ["holdout" if held else "contact" for held in drawn]


def test_an_unknown_probability_is_not_published() -> None:
    """It would stand somewhere on the list and be called low."""
    with pytest.raises(PublishError, match="nothing is published, the last list stays"):
        _refuse_bad(listed(("ann", 0.5), ("bob", np.nan)), {"eligible": 2})


@given(st.text(st.sampled_from("=+-@\t\r\n\x00\x0b\x1f \u00a0\ufeff＝'a1")))
@RANDOM
def test_harmless_is_harmless(text: str) -> None:
    """Nothing that a spreadsheet may skip hides a trigger, and doing it twice changes nothing."""
    assert harmless(text).lstrip(" \u00a0\ufeff\t\r\n")[:1] not in [*TRIGGERS]
    assert harmless(harmless(text)) == harmless(text)


def test_no_file_of_the_list_holds_a_formula(tmp_path: Path) -> None:
    """Ids that look like formulas, links or numbers: text for people, unaltered for programs, in bytes that repeat."""
    ids = FORMULAS + TEXTS
    table = listed(*((name, 0.123456789) for name in ids))
    for again in ("", "again"):
        write_list(table, tmp_path / again)
    for name in ("risk_list.xlsx", "risk_list.csv", "risk_list.parquet"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert sorted(read_table(tmp_path / "risk_list.parquet").column("customer_id").to_pylist()) == sorted(ids)
    read = list(csv.DictReader(as_csv(table).splitlines()))
    assert {row["churn_probability"] for row in read} == {"0.123457"}
    book = openpyxl.load_workbook(tmp_path / "risk_list.xlsx")
    assert book.properties.created == book.properties.modified == datetime(2024, 6, 3)
    sheet = book.active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    assert [cell for cell in cells if cell.hyperlink] == []
    shown = [sheet.cell(row, 1).value for row in range(2, len(ids) + 2)]
    assert shown == [row["customer_id"] for row in read]
    assert sorted(shown) == sorted([*TEXTS, *(f"'{name}".replace("\t", " ") for name in FORMULAS)])
