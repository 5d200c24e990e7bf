"""report.html and summary.html without a browser: whole in themselves, harmless, small, honest, the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fluent.syntax import ast, parse
from hypothesis import given
from hypothesis import strategies as st
from samples import TIERS, briefing, hostile_ids, sample

from pipeline.language.catalogue import FOLDER, LANGUAGES, Texts
from pipeline.listing.list_gate import LOOK_AT
from pipeline.pages import document, explained, report, rows, sheets, spread
from pipeline.pages.files import write_pages
from pipeline.pages.summary_page import summary
from pipeline.pages.telling import LEAST, Telling
from pipeline.pages.tiles import tiles
from pipeline.sections.acting import BANDS
from pipeline.settings import Settings, load_settings

SETTINGS = load_settings()


class Parsed(HTMLParser):
    """All elements of a page with their attributes, the text of scripts and styles, and the text a person reads."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[str, str]] = []
        self.read = ""
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        self._open = ""

    def handle_data(self, data: str) -> None:  # noqa: D102
        if self._open in ("script", "style"):
            self.inside.append((self._open, data))
        else:
            self.read += data


def settings_for(language: str, **sections: Any) -> Settings:
    return Settings.model_validate(SETTINGS.model_dump() | {"report": {"language": language}} | sections)


def written(folder: Path, table: pa.Table, figures: dict[str, Any], language: str = "en") -> tuple[str, str]:
    folder.mkdir(exist_ok=True, parents=True)
    write_pages(folder, table, figures, settings_for(language))
    return (folder / "report.html").read_text("utf-8"), (folder / "summary.html").read_text("utf-8")


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return written(tmp_path_factory.mktemp("list"), *sample(300))


def test_nothing_is_asked_of_the_outside(pages: tuple[str, str]) -> None:
    for page in pages:
        for tag, attributes in Parsed(page).elements:
            assert tag not in ("link", "iframe", "object", "embed", "base", "img", "image")
            for name, value in attributes.items():
                assert not name.startswith("on"), "an event handler in an attribute"
                assert name != "style", "a style that the policy forbids"
                if name in ("href", "src", "action", "xlink:href", "clip-path", "srcset"):
                    assert re.match(r"(url\()?#", value or ""), f"{tag} {name}={value}"
        assert "@import" not in page
        assert "eval(" not in page
        assert "innerHTML" not in page


def test_the_policy_allows_this_script_and_this_style_alone(pages: tuple[str, str]) -> None:
    for page in pages:
        parsed = Parsed(page)
        policies = [a["content"] for tag, a in parsed.elements if tag == "meta" and "http-equiv" in a]
        assert len(policies) == 1
        policy = policies[0] or ""
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "http" not in policy
        inlined = [(kind, text) for kind, text in parsed.inside if not text.startswith("{")]
        assert [kind for kind, _ in inlined] == ["style", "script"]
        for kind, text in inlined:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}'" in policy


def test_ids_with_markup_are_text(tmp_path: Path) -> None:
    ids = hostile_ids()
    page, mailed = written(tmp_path, *sample(300, ids=ids))
    elements = Parsed(page).elements
    assert [tag for tag, _ in elements if tag == "script"] == ["script", "script"]
    assert not [tag for tag, _ in elements if tag == "img"]
    assert "<script>alert" not in page
    assert "onerror" not in re.sub(r"(?s)<script type.*?</script>|&[a-z#0-9]+;", "", page).replace("x onerror=", "")
    assert set(ids) <= set(data_of(page)["id"]), "ids for the download are as they came"
    assert not [character for character in page if character in "\u202e\u200f\x00" and page.count(character) > 1]
    for name in ids:
        if len(name) > 6:
            assert name not in mailed


def test_what_acts_instead_of_being_read_is_written_out() -> None:
    assert rows.shown("\u202egnp.exe") == "[U+202E]gnp.exe"
    assert rows.shown("a\tb\nc\x00") == "a[U+0009]b[U+000A]c[U+0000]"
    assert rows.shown("é\u0301ü😀 0012") == "é\u0301ü😀 0012"


@given(st.text())
def test_data_can_neither_end_its_element_nor_change(text: str) -> None:
    written_out = str(document.as_json({"id": [text]}))
    assert not set("<>&\u2028\u2029\n\r") & set(written_out)
    assert json.loads(written_out) == {"id": [text]}


def test_the_mailed_page_has_no_customer(pages: tuple[str, str]) -> None:
    _, mailed = pages
    assert not re.findall(r"001\d{4}", mailed), "ids of the sample are 0010000 and on"
    assert "application/json" not in mailed
    assert "usually every" not in mailed, "a reason of a single customer"
    assert "Personal data" not in mailed


def test_the_mailed_page_refuses_to_be_made_for_insiders() -> None:
    with pytest.raises(ValueError, match="least=LEAST"):
        summary(*sample(30), Telling(Texts("en"), SETTINGS))


def counts_told(all_sheets: list[sheets.Sheet]) -> list[int]:
    columns = {"Customers", "Up", "Down", "Held back", "Contacted"}
    told = []
    for sheet in all_sheets:
        for at, head in enumerate(sheet.head):
            if head in columns:
                told += [int(row[at].replace(",", "")) for row in sheet.rows if row[at][0].isdigit()]
    return told


@pytest.mark.parametrize("n", [0, 1, 9, 25, 60, 300, 1500])
def test_no_small_group_is_told_when_mailed(n: int) -> None:
    table, figures = sample(n)
    telling = Telling(Texts("en"), SETTINGS, LEAST)
    made = [sheets.actions(figures, telling), sheets.left_alone(figures, telling), sheets.reasons(figures, telling),
            *sheets.moves(figures, telling), spread.risk(table, figures, telling)[1],
            spread.value(table, figures, telling)[1]]  # fmt: skip
    told = counts_told(made)
    assert not [count for count in told if 0 < count < LEAST]
    insider = Telling(Texts("en"), SETTINGS)
    everything = counts_told([spread.value(table, figures, insider)[1]])
    assert sum(everything) == n
    for tile in tiles(figures, telling)[:4]:
        assert tile.value in ("0", "fewer than 10", "not shown") or int(tile.value.replace(",", "")) >= LEAST


cells = st.fixed_dictionaries({(band, tier): st.integers(0, 40) for band in BANDS for tier in TIERS})


@given(cells)
def test_no_small_cell_can_be_worked_out_from_rows_and_columns(counts: dict[tuple[str, str], int]) -> None:
    hidden = spread.hidden_cells(counts, LEAST)
    for line in [[(b, t) for t in TIERS] for b in BANDS] + [[(b, t) for b in BANDS] for t in TIERS]:
        inside = [cell for cell in line if cell in hidden]
        others = [cell for cell in line if counts[cell] and cell not in hidden]
        assert all(counts[cell] >= LEAST for cell in others)
        assert not inside or not others or (len(inside) > 1 and sum(counts[cell] for cell in inside) >= LEAST)


def test_no_more_is_hidden_than_is_needed() -> None:
    counts = {(band, tier): 100 for band in BANDS for tier in TIERS} | {("low", "small"): 4, ("medium", "vip"): 20}
    counts |= {("low", "vip"): 30, ("medium", "small"): 25}
    square = {("low", "small"), ("low", "vip"), ("medium", "vip"), ("medium", "small")}
    assert spread.hidden_cells(counts, LEAST) == square
    assert spread.hidden_cells(counts | {("low", "small"): 10}, LEAST) == set()
    assert spread.hidden_cells(counts, 0) == set()


def test_the_bar_of_a_chance_on_an_edge_begins_there() -> None:
    table = pa.table({"churn_probability": [0.0, 0.049, 0.05, 0.35, 0.7, 0.999, 1.0]})
    counts = spread.histogram(table)
    assert {number: count for number, count in enumerate(counts) if count} == {0: 2, 1: 1, 7: 1, 14: 1, 19: 2}


def test_sums_of_the_plot_are_those_of_the_briefing() -> None:
    table, figures = sample(300)
    counts, amounts = spread.by_band_and_tier(table)
    for band in BANDS:
        assert sum(counts[band, tier] for tier in TIERS) == figures["bands"][band]["customers"]
        expected = figures["bands"][band]["value_at_risk"]
        assert sum(amounts[band, tier] for tier in TIERS) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n", [0, 1, 300])
def test_every_language_and_size_makes_whole_pages(tmp_path: Path, language: str, n: int) -> None:
    for money in (True, False):
        for page in written(tmp_path, *sample(n, money=money), language):
            parsed = Parsed(page)
            assert ("html", language) == (parsed.elements[0][0], parsed.elements[0][1]["lang"])
            assert not re.search(r"\b(None|nan|undefined)\b|\{ ?\$|г\.\.", parsed.read)
            ids = [a["id"] for _, a in parsed.elements if "id" in a]
            assert len(ids) == len(set(ids)), "an id twice"
            pointed = [a[name] for _, a in parsed.elements for name in ("aria-labelledby", "for") if name in a]
            assert set(pointed) <= set(ids)
            assert ("£" in page or "GBP" in page) == money


def test_without_amounts_there_is_no_money_and_it_is_said(tmp_path: Path) -> None:
    page, _ = written(tmp_path, *sample(300, money=False))
    assert "£" not in page
    assert "stands in for value" in page
    assert 'data-sort="value_at_risk"' not in page
    assert data_of(page)["money"] is False


def test_without_javascript_the_first_fifty_are_there(pages: tuple[str, str]) -> None:
    body = pages[0].split('<tbody role="rowgroup" id="rows">')[1].split("</tbody>")[0]
    assert body.count("<tr role") == rows.FIRST == 50
    assert "<details>" in body
    assert "No purchase for" in body


def test_the_same_list_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a", *sample(300)), written(tmp_path / "b", *sample(300))
    assert first == second
    assert "/" + "work/" not in first[0] + first[1], "no path of a machine"


def test_a_stale_list_says_so_and_nobody_can_mail_from_it(tmp_path: Path) -> None:
    table, figures = sample(300)
    page, mailed = written(
        tmp_path, table, figures | {"stale": {"since": "2024-06-10", "failed": ["freshness", "bands"]}}
    )
    failed = {"name": "not_all_equal", "passed": False, "value": 1, "limit": 0, "key": "check-not_all_equal"}
    again = written(tmp_path, table, figures | {"stale": {"since": None, "failed": [failed]}})[0]
    assert (
        "valid until 10 June 2024. The newer one was not published because it did not pass its checks (all cust"
        in again
    )
    for text in (page, mailed):
        assert "This list was valid until 10 June 2024." in text
        assert "the data are too old and the shares of high, medium and low have jumped" in text
    assert data_of(page)["stale"] is True


def test_columns_that_are_added_are_shown_and_named(tmp_path: Path) -> None:
    table, figures = sample(3)
    table = table.append_column("favourite_store", pa.array(["<b>North</b>", None, "South"]))
    data = data_of(written(tmp_path, table, figures)[0])
    assert "favourite store" in data["labels"]
    place = data["labels"].index("favourite store")
    told = [dict(facts).get(place) for facts in data["facts"]]
    assert told == ["<b>North</b>", None, "South"]


@pytest.mark.parametrize(
    ("definition", "gone", "meaning"),
    [
        (
            "inactivity",
            "1,204 more have already gone quiet",
            "Somebody who was active in the 182 days before 3 June 2024",
        ),
        (
            "cancellation",
            "1,204 more have already cancelled",
            "Somebody who had joined before 3 June 2024 and had not ",
        ),
        ("lapse", "1,204 more have already lapsed", "Somebody whose last renewal, a permitted delay included, had "),
    ],
)
def test_who_counts_as_active_follows_the_definition(definition: str, gone: str, meaning: str) -> None:
    figures, telling = sample(300)[1] | {"definition": definition}, Telling(Texts("en"), SETTINGS)
    assert tiles(figures, telling)[0].note == gone
    assert dict(explained.words(figures, telling))["Active customer"].startswith(meaning)


def test_without_anybody_at_high_risk_the_reasons_of_others_are_not_denied(tmp_path: Path) -> None:
    table, figures = sample(300)
    figures["reasons"] = []
    assert "No reasons were worked out for this list." in written(tmp_path / "some", table, figures)[1]
    figures["bands"]["high"] = {"customers": 0, "contact": 0, "value_at_risk": 0.0}
    page = written(tmp_path / "nobody", table, figures)[1]
    assert "Nobody is at high risk this week." in page
    assert "No reasons were worked out" not in page


def test_too_many_at_high_risk_is_said_with_ways_out() -> None:
    figures = sample(300)[1]
    figures["cut"] |= {"too_many_high": True, "high_share": 0.58, "proposals": [
        {"kind": "high", "value": 0.82, "customers": 118}, {"kind": "capacity", "value": 300}]}  # fmt: skip
    said, ways = explained.proposals(figures, Telling(Texts("en"), SETTINGS))
    assert said.startswith("58% of all customers are at high risk")
    assert ways == [
        "let high begin at 82%: 118 customers",
        "contact only the 300 contacts with the highest value at risk",
    ]


def test_the_break_even_is_a_claim_and_the_saving_rate_an_assumption() -> None:
    figures = sample(300)[1]
    said = explained.cut(figures, Telling(Texts("en"), SETTINGS))
    assert "Contacting pays if it saves 1 in 14 of those who would otherwise leave (7%)." in said
    assert any(sentence.startswith("Assumption, not a measurement: a contact saves 5%") for sentence in said)
    figures["cut"]["break_even"] = {"saving_rate": 0.0, "one_in": None}
    free = explained.cut(figures, Telling(Texts("en"), SETTINGS))
    assert "Contacting costs nothing, so it pays whatever it saves." in free
    figures["cut"]["break_even"] = None
    assert "At these costs contacting cannot pay, whatever it saves." in explained.cut(
        figures, Telling(Texts("en"), SETTINGS)
    )
    withheld = sample(300, money=False)[1]
    assert not [text for text in explained.cut(withheld, Telling(Texts("en"), SETTINGS)) if "£" in text]


def test_from_where_on_each_action_pays() -> None:
    figures, telling = sample(300)[1], Telling(Texts("en"), SETTINGS)
    figures["cut"]["break_even_by_action"] = {"offer": {"saving_rate": 0.1, "one_in": 10}, "reminder": None}
    sheet = sheets.actions(figures, telling)
    assert sheet.head[-1] == "Pays if it saves"
    assert [(row[0], row[-1]) for row in sheet.rows] == [
        ("Personal call", "–"), ("Offer", "1 in 10"), ("Reminder", "–"), ("All to contact", "1 in 14"),
    ]  # fmt: skip


def test_no_earlier_list_and_unknown_parts_of_a_change() -> None:
    figures, telling = sample(300)[1], Telling(Texts("en"), SETTINGS)
    assert "+1.2 points: +1.0 from customers" in sheets.moves_mean(figures, telling)
    figures["movements"]["mean_model"] = None
    assert sheets.moves_mean(figures, telling) == "On average the chance of leaving changed by +1.2 points."
    for nothing in (None, {"previous": None}):
        figures["movements"] = nothing
        assert sheets.moves(figures, telling) == []
        assert sheets.moves_mean(figures, telling) == ""


def tiled(times: int) -> tuple[pa.Table, dict[str, Any]]:
    table, _ = sample(2000)
    figures = briefing(table.slice(0, 50))
    many = pa.concat_tables([table] * times)
    figures["customers"] = len(many)
    return many, figures


def test_half_a_million_customers_make_a_small_page_in_time(tmp_path: Path) -> None:
    many, figures = tiled(250)
    start = time.perf_counter()
    page, mailed = written(tmp_path, many, figures)
    assert time.perf_counter() - start < 20
    assert len(page.encode()) < 5_000_000
    assert len(mailed.encode()) < 200_000
    assert len(data_of(page)["id"]) == report.TOP
    assert "The 4,000 most urgent of 500,000 customers" in page


def test_long_texts_make_fewer_rows_not_a_large_page(tmp_path: Path) -> None:
    table, figures = sample(2000)
    long = pa.array(["long " * 2000] * len(table))
    table = table.set_column(table.column_names.index("reason_1"), "reason_1", long)
    page, _ = written(tmp_path, table, figures)
    assert len(page.encode()) < 5_000_000
    kept = len(data_of(page)["id"])
    assert 0 < kept < 2000
    assert f"The {kept} most urgent of 2,000 customers" in page


def test_every_check_of_the_lists_gate_has_a_text() -> None:
    assert {f"check-{name}" for name in LOOK_AT} <= set(texts_of("en"))


def texts_of(language: str) -> dict[str, ast.Message]:
    body = parse((FOLDER / language / "page.ftl").read_text("utf-8")).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)], "a text that Fluent cannot read"
    messages = [entry for entry in body if isinstance(entry, ast.Message)]
    found = {entry.id.name: entry for entry in messages}
    assert len(found) == len(messages), "a key twice"
    return found


def test_the_three_languages_have_the_same_texts() -> None:
    english, russian, polish = (set(texts_of(language)) for language in LANGUAGES)
    helpers = {"n-of-customers", "n-with-customers", "n-of-days", "n-last-days"}  # forms that one language needs
    assert english - helpers == russian - helpers == polish - helpers


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    room = Path(__file__).parent.parent / "pipeline" / "pages"
    code = "\n".join(path.read_text("utf-8") for path in (*room.glob("*.py"), *room.glob("templates/*.html")))
    named = set(re.findall(r'f?"([a-z]+(?:-[a-z_\-{}\[\]\'()]+)+)', code))
    literal = {name for name in named if "{" not in name}
    starts = {name.split("{")[0] for name in named if "{" in name}
    starts |= {f"{prefix}-" for prefix in re.findall(r'word\("([a-z]+)"', code)}
    for language in LANGUAGES:
        texts = texts_of(language)
        within = set(re.findall(r"\{ ([a-z][a-z\-]*) \}", (FOLDER / language / "page.ftl").read_text("utf-8")))
        unused = {
            key for key in texts if key not in literal | within and not key.startswith((*sorted(starts), "warning-"))
        }
        assert not unused
        assert within <= set(texts)
