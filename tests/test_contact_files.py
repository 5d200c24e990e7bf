"""Files for tools that write and call: nobody who is held back or objected, ids as they came."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import hostile_ids, sample

from pipeline.errors import PublishError
from pipeline.settings import load_settings
from pipeline.spreadsheets.contact_files import to_contact, write_contact_files
from pipeline.spreadsheets.files import write_spreadsheets
from pipeline.spreadsheets.presets import write_presets

SETTINGS = load_settings()
TABLE, BRIEFING = sample(300, ids=hostile_ids())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def with_columns(table: pa.Table, **columns: list[str | None]) -> pa.Table:
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return table


def test_each_action_has_its_customers_and_nobody_else(tmp_path: Path) -> None:
    written = write_contact_files(tmp_path, TABLE)
    assert [path.name for path in written] == ["contact_offer.csv", "contact_personal_call.csv", "contact_reminder.csv"]
    for path in written:
        action = path.stem.removeprefix("contact_")
        expected = [
            row["customer_id"]
            for row in TABLE.to_pylist()
            if row["contact_this_week"] == "yes" and row["recommended_action"] == action
        ]
        assert [row["customer_id"] for row in rows_of(path)] == expected
        assert {row["action"] for row in rows_of(path)} == {action}


def test_columns_and_bytes_are_those_that_mail_tools_read(tmp_path: Path) -> None:
    table = with_columns(TABLE.slice(0, 1), customer_id=["0012"], recommended_action=["offer"], reason_1=["=1, or 2"])
    write_contact_files(tmp_path, table)
    assert (tmp_path / "contact_offer.csv").read_bytes().decode() == (
        '"customer_id","action","channel","act_by","risk_band","value_tier","reason_1"\r\n'
        f'"0012","offer","{table.column("channel")[0]}",2024-06-10,"high","small","\'=1, or 2"\r\n'
    )


def test_ids_come_out_as_they_came_in(tmp_path: Path) -> None:
    n = len(hostile_ids())
    table = with_columns(
        sample(n, ids=hostile_ids())[0],
        contact_this_week=["yes"] * n, why_not=[None] * n, group=["contact"] * n, recommended_action=["offer"] * n,
    )  # fmt: skip
    write_contact_files(tmp_path, table)
    assert [row["customer_id"] for row in rows_of(tmp_path / "contact_offer.csv")] == (
        table.column("customer_id").to_pylist()
    )


decisions = st.lists(
    st.sampled_from(
        [
            ("yes", None, "contact", "offer"),
            ("yes", None, "contact", "personal_call"),
            ("no", "holdout", "holdout", "offer"),
            ("no", "objected", "contact", "offer"),
            ("no", "low", "contact", "nothing"),
            (None, None, "contact", "offer"),
        ]
    ),
    min_size=1,
    max_size=40,
)


@given(decisions, st.data())
def test_nobody_is_written_to_who_must_not_be_and_nobody_is_lost(
    decided: list[tuple[str | None, ...]], data: st.DataObject
) -> None:
    n = len(decided)
    ids = data.draw(st.lists(st.text(min_size=1), min_size=n, max_size=n, unique=True))
    yes, why_not, group, action = (list(part) for part in zip(*decided, strict=True))
    table = with_columns(
        TABLE.slice(0, n),
        customer_id=ids, contact_this_week=yes, why_not=why_not, group=group, recommended_action=action,
    )  # fmt: skip
    wanted = sorted(name for name, answer in zip(ids, yes, strict=True) if answer == "yes")
    with TemporaryDirectory() as folder:
        files = write_contact_files(Path(folder), table)
        assert sorted(row["customer_id"] for path in files for row in rows_of(path)) == wanted
        for path in write_presets(Path(folder), table):
            assert sorted(next(iter(row.values())) for row in rows_of(path)) == wanted


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("group", "holdout", "1 customers are to be contacted and at the same time held back"),
        ("group", None, "held back"),
        ("why_not", "objected", "marked with a reason against it"),
        ("recommended_action", "nothing", "without an action"),
        ("recommended_action", None, "without an action"),
    ],
)
def test_a_list_that_contradicts_itself_writes_to_nobody(
    column: str, value: str | None, said: str, tmp_path: Path
) -> None:
    table = TABLE.filter(pc.equal(TABLE.column("contact_this_week"), "yes"))
    table = with_columns(table, **{column: [value, *table.column(column).to_pylist()[1:]]})
    with pytest.raises(PublishError, match=said):
        to_contact(table)
    with pytest.raises(PublishError, match=said):
        write_spreadsheets(tmp_path, table, BRIEFING, SETTINGS)
    assert list(tmp_path.iterdir()) == []


def test_an_action_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    table = with_columns(TABLE.slice(0, 1), recommended_action=["../../offer"])
    with pytest.raises(PublishError, match=r"'../../offer' becomes a file's name"):
        write_contact_files(tmp_path, table)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("customers", [0, 1])
def test_with_nobody_to_contact_there_is_no_file(customers: int, tmp_path: Path) -> None:
    table = with_columns(TABLE.slice(0, customers), contact_this_week=["no"] * customers, why_not=["low"] * customers)
    assert write_contact_files(tmp_path, table) == []
    assert list(tmp_path.iterdir()) == []


def test_a_fresh_list_has_all_its_files(tmp_path: Path) -> None:
    write_spreadsheets(tmp_path, TABLE, BRIEFING, SETTINGS)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "contact_offer.csv", "contact_personal_call.csv", "contact_reminder.csv", "data_dictionary.csv",
        "preset_braze.csv", "preset_hubspot.csv", "preset_klaviyo.csv", "risk_list.csv", "risk_list.xlsx",
        "risk_list_2024-06-03.xlsx",
    ]  # fmt: skip
    assert (tmp_path / "risk_list.xlsx").read_bytes() == (tmp_path / "risk_list_2024-06-03.xlsx").read_bytes()


def test_nobody_can_be_written_to_from_a_stale_list(tmp_path: Path) -> None:
    stale = BRIEFING | {"stale": {"since": BRIEFING["valid_until"], "failed": ["freshness"]}}
    write_spreadsheets(tmp_path, TABLE, stale, SETTINGS)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "data_dictionary.csv", "risk_list.xlsx", "risk_list_STALE_2024-06-03.csv", "risk_list_STALE_2024-06-03.xlsx"
    ]  # fmt: skip
