"""CSV for spreadsheets: harmless, split where the language's Excel splits, ids whole, numbers numbers."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import hostile_ids, sample

from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.settings import load_settings
from pipeline.spreadsheets.csv_files import BATCH, DIALECTS, TOOLS, decimals, write_csv
from pipeline.spreadsheets.dictionary import write_dictionary
from pipeline.spreadsheets.files import write_risk_list
from pipeline.spreadsheets.harmless import DIRECTION, TRIGGERS, harmless, harmless_column

# Letters that matter beside any others: triggers, spaces of all kinds, invisible signs, breaks, marks of direction.
NASTY = st.text(st.sampled_from([*TRIGGERS, *" \t\r\n\u00a0\u3000\ufeff\u200b\u00ad\u202e\u2066\x00\x85'\"a0я"]))


def read(path: Path, separator: str = ",") -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13085", "13085"),
        ("0000123", "0000123"),
        ("=1+1", "'=1+1"),
        ("+48 600 100 200", "'+48 600 100 200"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1", "' =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\u00ad=1", "'\u00ad=1"),
        ("a\nb\r\nc", "a b  c"),
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("\u200f=1", "[U+200F]=1"),
        ("'=1", "'=1"),
        ("", ""),
        ("é\u0301ü😀", "é\u0301ü😀"),
    ],
)
def test_what_a_spreadsheet_could_obey_is_made_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.one_of(NASTY, st.text()))
def test_harmless_texts_are_harmless_and_stay_so(text: str) -> None:
    made = harmless(text)
    seen = made.lstrip(" \u00a0\u3000\ufeff\u200b\u00ad\u2060")
    assert seen[:1] not in [*TRIGGERS]
    assert not any(ord(letter) < 32 for letter in made)
    assert not DIRECTION.search(made)
    assert harmless(made) == made


@given(st.lists(st.one_of(st.none(), NASTY, st.text())))
def test_a_column_is_made_harmless_like_its_texts(texts: list[str | None]) -> None:
    column = harmless_column(pa.array(texts, pa.string()))
    assert column.to_pylist() == [None if text is None else harmless(text) for text in texts]


@given(st.lists(st.one_of(st.none(), st.floats(-1e14, 1e14)), min_size=1))
def test_numbers_have_no_exponent_and_at_most_six_digits(numbers: list[float | None]) -> None:
    for text, number in zip(decimals(pa.array(numbers, pa.float64())).to_pylist(), numbers, strict=True):
        if number is None:
            assert text is None
            continue
        assert "e" not in text.lower()
        assert text != "-0"
        assert float(text) == pytest.approx(number, abs=1e-6, rel=1e-12)
        assert len(text.partition(".")[2]) <= 6


def test_numbers_that_are_none_are_empty_and_enormous_ones_survive() -> None:
    assert decimals(pa.array([float("nan"), float("inf"), -0.0, 100.0])).to_pylist() == [None, None, "0", "100"]
    assert [float(text) for text in decimals(pa.array([1e300, 1.5])).to_pylist()] == [1e300, 1.5]


SMALL = {
    "customer_id": pa.chunked_array([["0012", "=1", 'say "hi"; a,b']]),
    "share": pa.chunked_array([[0.5, None, 1234.25]]),
    "day": pa.chunked_array([[date(2024, 6, 3), None, date(2024, 6, 4)]]),
    "reason_1": pa.chunked_array([pa.array([None, "", "No purchase\nfor 3 days"], pa.string())]),
}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            '\ufeff"customer_id","share","day","reason_1"\r\n'
            '"0012",0.5,2024-06-03,\r\n'
            '"\'=1",,,""\r\n'
            '"say ""hi""; a,b",1234.25,2024-06-04,"No purchase for 3 days"\r\n',
        ),
        *(
            (
                language,
                '\ufeff"customer_id";"share";"day";"reason_1"\r\n'
                '"0012";0,5;2024-06-03;\r\n'
                '"\'=1";;;""\r\n'
                '"say ""hi""; a,b";1234,25;2024-06-04;"No purchase for 3 days"\r\n',
            )
            for language in ("ru", "pl")
        ),
    ],
)
def test_separator_and_decimal_sign_follow_the_language(language: str, expected: str, tmp_path: Path) -> None:
    write_csv(SMALL, tmp_path / "small.csv", DIALECTS[language])
    assert (tmp_path / "small.csv").read_bytes().decode() == expected


def test_tools_get_ids_as_they_came_without_a_mark(tmp_path: Path) -> None:
    write_csv(SMALL, tmp_path / "small.csv", TOOLS, frozenset({"customer_id"}))
    assert (tmp_path / "small.csv").read_bytes().startswith(b'"customer_id","share"')
    assert [row[0] for row in read(tmp_path / "small.csv")] == ["customer_id", "0012", "=1", 'say "hi"; a,b']


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_has_every_customer_and_no_formula(language: str, tmp_path: Path) -> None:
    table, _ = sample(60, ids=hostile_ids())
    write_risk_list(tmp_path / "risk_list.csv", table, language)
    header, *rows = read(tmp_path / "risk_list.csv", DIALECTS[language].separator)
    assert header == [name for name in table.column_names if name != "activity"]
    assert [row[1] for row in rows] == [harmless(name) for name in table.column("customer_id").to_pylist()]
    cells = [cell.lstrip(" \u00a0\ufeff") for row in rows for cell in row]
    numbers = {f"-{number}" for number in range(10)}
    assert not [cell for cell in cells if cell[:1] and cell[:1] in TRIGGERS and cell[:2] not in numbers]
    at = header.index("churn_probability")
    read_back = [float(row[at].replace(DIALECTS[language].decimal, ".")) for row in rows]
    assert read_back == pytest.approx(table.column("churn_probability").to_pylist(), abs=5e-7)


@pytest.mark.parametrize("customers", [0, 1, 3])
def test_lists_of_any_size_have_a_line_per_customer(customers: int, tmp_path: Path) -> None:
    table, _ = sample(customers)
    write_risk_list(tmp_path / "risk_list.csv", table, "en")
    assert len(read(tmp_path / "risk_list.csv")) == 1 + customers


def test_batches_do_not_show(tmp_path: Path) -> None:
    n = BATCH * 2 + 3
    pieces = [[f"{number:07d}" for number in range(start, min(start + 30_000, n))] for start in range(0, n, 30_000)]
    write_csv({"id": pa.chunked_array(pieces)}, tmp_path / "many.csv", TOOLS)
    assert [row[0] for row in read(tmp_path / "many.csv")[1:]] == [f"{number:07d}" for number in range(n)]


def test_a_heading_of_ones_own_is_harmless_too(tmp_path: Path) -> None:
    write_csv({"=cmd|'/c calc'!A0": pa.chunked_array([["x"]])}, tmp_path / "odd.csv", DIALECTS["en"])
    assert read(tmp_path / "odd.csv")[0] == ["'=cmd|'/c calc'!A0"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dictionary_explains_every_column_and_every_kind_of_file(language: str, tmp_path: Path) -> None:
    table, briefing = sample(5)
    table = table.append_column("usual_shop", pa.array(["a"] * 5))
    path = tmp_path / "data_dictionary.csv"
    write_dictionary(path, table, briefing, Texts(language), load_settings())
    header, *lines = read(path, DIALECTS[language].separator)
    assert header == ["column", "heading", "meaning", "unit", "empty", "values"]
    by_name = {line[0]: line for line in lines}
    assert set(table.column_names) <= set(by_name)
    assert all(line[2] for line in lines)
    columns = [by_name[name] for name in table.column_names]
    assert all(line[1] and line[3] and line[4] for line in columns)
    assert {"contact_<action>.csv", "preset_klaviyo.csv", "risk_list.csv"} <= set(by_name)


def test_the_dictionary_names_units_and_values(tmp_path: Path) -> None:
    table, briefing = sample(5)
    path = tmp_path / "data_dictionary.csv"
    write_dictionary(path, table, briefing, Texts("en"), load_settings())
    by_name = {line[0]: line for line in read(path)}
    assert by_name["value_at_risk"][3:5] == ["amount in GBP", "amounts are not known"]
    assert by_name["churn_probability"][3] == "share from 0 to 1"
    assert by_name["risk_band"][5] == "high (High); medium (Medium); low (Low)"
    assert by_name["activity"][3] == "52 numbers, only in risk_list.parquet"


def test_columns_that_are_never_empty_are_not(tmp_path: Path) -> None:
    table, briefing = sample(300)
    path = tmp_path / "data_dictionary.csv"
    write_dictionary(path, table, briefing, Texts("en"), load_settings())
    never = [line[0] for line in read(path) if line[4] == "never empty"]
    assert never == [
        "priority", "customer_id", "contact_this_week", "risk_band", "churn_probability", "value_tier",
        "recommended_action", "group", "lifecycle_stage", "raw_band", "programme", "days_since_last_activity", "as_of",
        "horizon_end", "valid_until", "model_version", "last_activity", "activities_12m", "activity",
    ]  # fmt: skip
    assert [name for name in never if table.column(name).null_count] == []
