"""The workbook, opened again: every customer, no formula, no link, what matters in front, equal bytes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from samples import hostile_ids, sample

from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.pages.telling import MARKS
from pipeline.settings import load_settings
from pipeline.spreadsheets import list_sheet, phrases, rows
from pipeline.spreadsheets.harmless import harmless
from pipeline.spreadsheets.styles import SIGNS
from pipeline.spreadsheets.workbook import write_workbook

SETTINGS = load_settings()
TABLE, BRIEFING = sample(120, ids=hostile_ids())
HEADER, FIRST = 2, 3  # rows of the sheet with the customers, counted from 1
LAST = f"{get_column_letter(len(TABLE.column_names) - 1)}{HEADER + TABLE.num_rows}"  # all but `activity`


def opened(
    folder: Path, table: pa.Table = TABLE, briefing: dict[str, Any] = BRIEFING, language: str = "en", **names: str
) -> Workbook:
    path = folder / "risk_list.xlsx"
    write_workbook(path, table, briefing, Texts(language, names), SETTINGS, ["One.", "Two."])
    return openpyxl.load_workbook(path)


def column(sheet: Worksheet, heading: str) -> list[Any]:
    """The cells of a column of the list, by its heading."""
    at = [cell.value for cell in sheet[HEADER]].index(heading) + 1
    return [sheet.cell(row, at) for row in range(FIRST, sheet.max_row + 1)]


def texts_of(sheet: Worksheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def seen(sheet: Worksheet) -> list[str]:
    """Headings of the columns that are not grouped away."""
    hidden = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            hidden |= set(range(dimension.min, dimension.max + 1))
    return [cell.value for cell in sheet[HEADER] if cell.column not in hidden and cell.value]


def test_the_list_has_the_rows_and_ids_of_the_table(tmp_path: Path) -> None:
    sheet = opened(tmp_path)["List"]
    assert [cell.value for cell in column(sheet, "Customer")] == [
        harmless(name) for name in TABLE.column("customer_id").to_pylist()
    ]
    assert sheet.max_row == HEADER + TABLE.num_rows
    read = [cell.value for cell in column(sheet, "Chance of leaving")]
    assert read == pytest.approx(TABLE.column("churn_probability").to_pylist(), abs=5e-7)
    assert [cell.value.date() for cell in column(sheet, "Act by")] == TABLE.column("act_by").to_pylist()
    assert [cell.value for cell in column(sheet, "Spend in 12 months")] == TABLE.column("spend_12m").to_pylist()
    assert [cell.value for cell in column(sheet, "Third reason")] == [None] * TABLE.num_rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_is_a_formula_or_a_link(language: str, tmp_path: Path) -> None:
    book = opened(tmp_path, language=language)
    assert len(book.sheetnames) == 3
    for sheet in book:
        for row in sheet.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f" or cell.hyperlink]
    for part in ("externalLinks", "hyperlink", "<f>", "<f "):
        assert part not in everything(tmp_path / "risk_list.xlsx")


def everything(path: Path) -> str:
    """All of a workbook's XML."""
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return "\n".join(name + archive.read(name).decode() for name in archive.namelist())


def test_ids_are_texts_with_their_leading_zeros(tmp_path: Path) -> None:
    cells = {cell.value: cell for cell in column(opened(tmp_path)["List"], "Customer")}
    for name in ("0000123", "007", "1e5", "TRUE", "2024-01-01"):
        assert cells[name].data_type in {"s", "inlineStr"}
        assert cells[name].number_format == "@"


def test_a_text_that_spells_out_a_sign_of_xml_stays_what_it_is(tmp_path: Path) -> None:
    names = ["_x003D_1+1", "  two  spaces ", "a&b<c>", "\ufffe\uffff", "x" * 40_000]
    table, briefing = sample(5, ids=names)
    read = sorted(cell.value for cell in column(opened(tmp_path, table, briefing)["List"], "Customer"))
    # A reader of the format takes _x005F_ for an underscore (LibreOffice does, see test_workbook_office), openpyxl not.
    assert read == sorted(["_x005F_x003D_1+1", "  two  spaces ", "a&b<c>", "  ", "x" * rows.LONGEST])


def test_at_most_fifteen_columns_are_seen_and_the_rest_is_grouped(tmp_path: Path) -> None:
    sheet = opened(tmp_path)["List"]
    assert seen(sheet) == [
        "Priority", "Customer", "Contact this week", "Why not", "Risk", "Chance of leaving", "Value tier",
        "Value at risk", "Action", "Channel", "Act by", "Main reason", "Second reason", "Speaks for staying",
        "Uncertain because",
    ]  # fmt: skip
    assert len([cell for cell in sheet[HEADER] if cell.value]) == len(TABLE.column_names) - 1
    assert sheet.column_dimensions["P"].outlineLevel == 1
    assert sheet.freeze_panes == "D3"
    assert sheet.auto_filter.ref == f"A2:{LAST}"


def test_headings_carry_the_data_dictionary_and_the_band_warns(tmp_path: Path) -> None:
    sheet = opened(tmp_path)["List"]
    notes = {cell.value: cell.comment.text for cell in sheet[HEADER]}
    assert all(notes.values())
    warning = "Never filter on “Risk” alone: among high and medium risk are customers who are held back"
    assert warning in notes["Risk"]
    assert warning in sheet["A1"].value


def test_words_numbers_and_days_look_as_people_write_them(tmp_path: Path) -> None:
    sheet = opened(tmp_path)["List"]
    assert {cell.value for cell in column(sheet, "Risk")} == {"▲ High", "● Medium", "▼ Low"}
    assert {cell.value for cell in column(sheet, "Contact this week")} == {"Yes", "No"}
    assert column(sheet, "Chance of leaving")[0].number_format == '[>=0.995]">99%";[<0.005]"<1%";0%'
    assert column(sheet, "Value at risk")[0].number_format == '[<10]"£"0.00;"£"#,##0'
    assert column(sheet, "Act by")[0].number_format == "[$-809]d mmm yyyy"


@pytest.mark.parametrize(
    ("language", "band", "money", "day"),
    [
        ("ru", "▲ Высокий", '[<10]0.00\u00a0"£";#,##0\u00a0"£"', "dd.mm.yyyy"),
        ("pl", "▲ Wysokie", '[<10]0.00\u00a0"GBP";#,##0\u00a0"GBP"', "dd.mm.yyyy"),
    ],
)
def test_the_list_speaks_russian_and_polish(language: str, band: str, money: str, day: str, tmp_path: Path) -> None:
    sheet = opened(tmp_path, language=language).worksheets[1]
    first = [cell.value for cell in sheet[FIRST]]
    formats = {cell.number_format for cell in sheet[FIRST]}
    assert band in first
    assert {money, day} <= formats


def test_bands_differ_in_grey_and_rows_not_to_contact_are_quiet(tmp_path: Path) -> None:
    sheet = opened(tmp_path)["List"]
    looks = {cell.value: (cell.font.b, cell.font.i) for cell in column(sheet, "Risk")}
    assert looks == {"▲ High": (True, False), "● Medium": (False, True), "▼ Low": (False, False)}
    answers = [cell.value for cell in column(sheet, "Contact this week")]
    colours = [cell.font.color.rgb for cell in column(sheet, "Customer")]
    assert {colour for colour, answer in zip(colours, answers, strict=True) if answer == "Yes"} == {"FF1F2933"}
    assert {colour for colour, answer in zip(colours, answers, strict=True) if answer == "No"} == {"FF5F6B76"}
    held = [cell for cell in column(sheet, "Why not") if cell.value == "Held back for comparison: do not contact"]
    assert held
    assert {(cell.font.b, cell.font.color.rgb) for cell in held} == {(True, "FFA61B1B")}


def test_signs_of_risk_are_those_of_the_page() -> None:
    assert SIGNS == MARKS


def test_the_first_sheet_answers_five_questions(tmp_path: Path) -> None:
    sheet = opened(tmp_path)["Summary"]
    answers = {row[0].value: row[1].value for row in sheet.iter_rows(max_row=12) if row[1].value}
    yes = BRIEFING["contact"]["yes"]
    assert sheet["A1"].value == "Whom to contact: the list of 3 June 2024"
    assert answers["Whom first?"].startswith(f"{yes} customers: the rows with “Yes” under “Contact this week”")
    held = BRIEFING["contact"]["why_not"]["holdout"]
    assert f"Held back for comparison: do not contact ({held})" in answers["Whom not, and why?"]
    assert answers["Until when?"].endswith("The list itself is valid until 10 June 2024.")
    assert "of revenue with the customers to contact" in answers["How much is at stake?"]
    assert answers["Is it up to date?"] == (
        "List of 3 June 2024, with everything known up to 2 June 2024. Use it until 10 June 2024, then open the next "
        "one."
    )


def test_the_first_customers_named_are_the_first_of_the_list(tmp_path: Path) -> None:
    sheet = opened(tmp_path)["Summary"]
    at = next(row[0].row for row in sheet.iter_rows() if row[0].value == "The first to contact")
    named = [sheet.cell(row, 1).value for row in range(at + 2, at + 7)]
    yes = [row["customer_id"] for row in TABLE.to_pylist() if row["contact_this_week"] == "yes"]
    assert named == [harmless(name) for name in yes[:5]]


def test_the_saving_rate_is_called_an_assumption(tmp_path: Path) -> None:
    said = texts_of(opened(tmp_path)["Summary"])
    assert (
        "With £0.50 for a contact and £5.00 for an offer, it pays if it saves 1 in 14 of those who would leave (7.0%)."
    ) in said
    assert (
        "ASSUMPTION, not yet measured: a contact saves 5.0% of those who would leave. If that is true, contacting does "
        "not pay."
    ) in said
    never = BRIEFING | {"cut": BRIEFING["cut"] | {"break_even": None}}
    assert [text for text in texts_of(opened(tmp_path, briefing=never)["Summary"]) if "cannot pay" in text]


def moves_of(folder: Path, moves: dict[str, Any] | None) -> list[list[Any]]:
    """The table of what has moved, without empty cells."""
    sheet = opened(folder, briefing=BRIEFING | {"movements": moves})["Summary"]
    lines = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    return [line for line in lines if line]


def test_what_moved_is_told_with_its_causes(tmp_path: Path) -> None:
    up = {"data": 30, "model": 6, "calibration": 3, "cut": 2, "unknown": 0}
    moves = BRIEFING["movements"] | {"back": 4, "banded_up": up}
    lines = moves_of(tmp_path, moves)
    assert ["Higher risk than before", 41, 30, 9, 2] in lines
    assert ["Back on the list", 4] in lines
    unknown = {"data": 0, "model": 0, "calibration": 0, "cut": 2, "unknown": 39}
    lines = moves_of(tmp_path, moves | {"banded_up": unknown})
    assert ["Higher risk than before", 41, 0, 0, 2, 39] in lines
    assert ["Lower risk than before", 22, 20, 2, 0, 0] in lines


def test_promises_are_told_per_band(tmp_path: Path) -> None:
    promise = BRIEFING["promise"] | {"high": {"customers": 9, "expected_leavers": 7.6, "low": 6.9, "high": 8.1}}
    sheet = opened(tmp_path, briefing=BRIEFING | {"promise": promise})["Summary"]
    high = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    told = BRIEFING["bands"]["high"]
    assert ["▲ High", told["customers"], told["contact"], 8, 6, 9, told["value_at_risk"]] in high


def test_sentences_and_remarks_stand_on_the_first_sheet(tmp_path: Path) -> None:
    briefing = BRIEFING | {"warnings": [{"key": "warning-not_in_any_catalogue", "values": {}}]}
    said = texts_of(opened(tmp_path, briefing=briefing)["Summary"])
    assert {"One.", "Two.", "not in any catalogue"} <= set(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stale_list_says_so_in_the_first_row_of_both_sheets(language: str, tmp_path: Path) -> None:
    stale = BRIEFING | {"stale": {"since": "2024-06-10", "failed": []}}
    book = opened(tmp_path, briefing=stale, language=language)
    begins = {"en": "OUT OF DATE", "ru": "УСТАРЕЛ", "pl": "NIEAKTUALNA"}[language]
    summary, listed = book.worksheets[:2]
    assert summary["A1"].value.startswith(begins)
    assert listed["A1"].value.startswith(begins)
    names = {harmless(name) for name in TABLE.column("customer_id").to_pylist()}
    assert not names & set(texts_of(summary))
    assert not begins.startswith(opened(tmp_path, language=language).worksheets[0]["A1"].value[:5])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("customers", [0, 1])
def test_lists_of_nobody_and_of_one(customers: int, language: str, tmp_path: Path) -> None:
    table, briefing = sample(customers)
    briefing["movements"] = None
    sheet = opened(tmp_path, table, briefing, language).worksheets[1]
    assert sheet.max_row == HEADER + customers
    assert [cell.value for cell in sheet["B"][HEADER:]] == table.column("customer_id").to_pylist()


def test_without_amounts_frequency_stands_in_and_the_sheets_say_so(tmp_path: Path) -> None:
    table, briefing = sample(120, money=False)
    book = opened(tmp_path, table, briefing)
    assert "Value at risk" not in seen(book["List"])
    assert "Amounts are not known" in book["List"]["A1"].value
    said = texts_of(book["Summary"])
    assert [text for text in said if text.startswith("Not known: the data has no amounts. How often customers are")]
    assert not [text for text in said if "£" in text or text == "Value at risk"]


def test_a_sheet_that_is_full_keeps_the_most_urgent_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_sheet, "MOST_ROWS", 50)
    sheet = opened(tmp_path)["List"]
    assert sheet.max_row == HEADER + 50
    assert [cell.value for cell in column(sheet, "Priority")] == list(range(1, 51))
    assert "these are the 50 most urgent of 120 customers" in sheet["A1"].value


def test_rows_do_not_depend_on_the_size_of_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(tmp_path)
    whole = (tmp_path / "risk_list.xlsx").read_bytes()
    monkeypatch.setattr(rows, "BATCH", 7)
    opened(tmp_path, pa.concat_tables([TABLE.slice(0, 11), TABLE.slice(11)]))
    assert everything(tmp_path / "risk_list.xlsx") == everything_of(whole, tmp_path)


def everything_of(content: bytes, folder: Path) -> str:
    (folder / "other.xlsx").write_bytes(content)
    return everything(folder / "other.xlsx")


def test_equal_lists_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        opened(tmp_path / name)
    first, second = ((tmp_path / name / "risk_list.xlsx").read_bytes() for name in ("one", "two"))
    assert first == second
    book = openpyxl.load_workbook(tmp_path / "one" / "risk_list.xlsx")
    assert book.properties.created.date() == date(2024, 6, 3)
    with ZipFile(tmp_path / "one" / "risk_list.xlsx") as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_sheet_says_how_large_it_is_to_those_who_read_it_in_pieces(tmp_path: Path) -> None:
    opened(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "risk_list.xlsx", read_only=True)
    assert book["List"].calculate_dimension() == f"A1:{LAST}"
    book.close()


def test_columns_of_ones_own_are_shown_under_their_names(tmp_path: Path) -> None:
    table = TABLE.append_column("usual_shop", pa.array(["=Leeds", *["York"] * (TABLE.num_rows - 1)]))
    table = table.append_column("risk", pa.array([1.5] * TABLE.num_rows))
    table = table.append_column("member", pa.array([True] * TABLE.num_rows))
    sheet = opened(tmp_path, table, usual_shop="Favourite shop", risk="Risk")["List"]
    assert [cell.value for cell in column(sheet, "Favourite shop")][:2] == ["'=Leeds", "York"]
    assert column(sheet, "Risk (risk)")[0].value == 1.5
    assert column(sheet, "member")[0].value == "true"


def test_many_channels_of_ones_own_are_still_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = TABLE.set_column(
        TABLE.column_names.index("channel"), "channel", pa.array([f"kiosk_{row}" for row in range(TABLE.num_rows)])
    )
    for most in (200, 3):
        monkeypatch.setattr(list_sheet, "MOST_WORDS", most)
        read = [cell.value for cell in column(opened(tmp_path, table)["List"], "Channel")]
        assert read[:2] == (["kiosk 0", "kiosk 1"] if most == 200 else ["kiosk_0", "kiosk_1"])


def test_definitions_explain_every_column_and_every_band(tmp_path: Path) -> None:
    book = opened(tmp_path)
    said = texts_of(book["Definitions"])
    assert {cell.value for cell in book["List"][HEADER] if cell.value} <= set(said)
    assert "A customer has left who is not active (purchase) for 91 days, up to 2 September 2024." in said
    assert "Chance of leaving below 40%." in said
    assert "Of 100 customers at 70%, about 70 leave and 30 stay. It says nothing certain about one customer." in said


@pytest.mark.parametrize("definition", ["inactivity", "cancellation", "lapse"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_meaning_of_leaving_has_its_sentence(definition: str, language: str, tmp_path: Path) -> None:
    briefing = BRIEFING | {"definition": definition}
    said = texts_of(opened(tmp_path, briefing=briefing, language=language).worksheets[2])
    assert len([text for text in said if "91" in text]) == 1


def test_no_russian_sentence_ends_with_two_stops(tmp_path: Path) -> None:
    book = opened(tmp_path, language="ru")
    assert not [text for sheet in book for text in texts_of(sheet) if ".." in text]


def test_contacts_that_cost_nothing_pay_whatever_they_save() -> None:
    """A break-even of 0 is one in nobody: it is said in words, in every language."""
    briefing = sample(30)[1]
    briefing["cut"]["break_even"] = {"saving_rate": 0.0, "one_in": None}
    assert phrases.pays(briefing, Texts("en")) == ["Contacting costs nothing, so it pays whatever it saves."]
    assert all(len(phrases.pays(briefing, Texts(language))) == 1 for language in ("ru", "pl"))


@pytest.mark.parametrize(
    ("definition", "listed", "gone"),
    [
        ("inactivity", "Customers who were active within the last 182 days.", "Inactive for too long to count"),
        ("cancellation", "Customers who had joined by then and had not cancelled.", "They have cancelled already."),
        ("lapse", "Customers whose last renewal, a permitted delay included,", "Their last renewal ran out, and none"),
    ],
)
def test_who_is_on_the_list_and_who_is_gone_follow_the_definition(
    definition: str, listed: str, gone: str, tmp_path: Path
) -> None:
    table, figures = sample(40)
    book = opened(tmp_path, table, figures | {"definition": definition})
    told = "\n".join(text for sheet in book for text in texts_of(sheet))
    assert listed in told
    assert gone in told
