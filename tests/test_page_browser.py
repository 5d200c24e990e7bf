"""The pages in a real Chromium: search, filter, sort, download, keys, clock, no script of an id, axe, no network."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import PHONE, chromium, needs_chromium, opened
from playwright.sync_api import Browser, Page
from samples import hostile_ids, sample

from pipeline.pages.files import write_pages
from pipeline.settings import Settings, load_settings

pytestmark = [pytest.mark.browser, needs_chromium]

IN_TIME = datetime(2024, 6, 4, 9)
DARK = {"color_scheme": "dark"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def with_alarms() -> list[str]:
    """Ids whose markup or script would set window.hit, as element, attribute, address and end of a script."""
    return [
        *hostile_ids(),
        "<script>window.hit=1</script>", "<img src=x onerror='window.hit=1'>", "<svg onload=window.hit=1>",
        "</script><script>window.hit=1</script>", "\"><body onload=window.hit=1>", "javascript:window.hit=1",
        "<a href=javascript:window.hit=1>x</a>", "<!--<script>", "]]><script>window.hit=1</script>",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("list")
    table, figures = sample(300, ids=with_alarms())
    write_pages(folder, table, figures, load_settings())
    return folder, table.to_pylist()


@pytest.fixture
def report(browser: Browser, made: tuple[Path, list[dict[str, Any]]]) -> Iterator[Page]:
    with opened(browser, made[0] / "report.html", IN_TIME) as (page, complaints, requests):
        yield page
        assert page.evaluate("window.hit") is None, "a script of an id has run"
        assert complaints == []
        assert requests == []


def ids_shown(page: Page) -> list[str]:
    return page.locator("#rows .who bdi").all_inner_texts()


def places(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#rows .place").all_inner_texts()]


def downloaded(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as waiting:
        page.locator("#download").click()
    assert waiting.value.suggested_filename == "contact_2024-06-03.csv"
    content = Path(waiting.value.path()).read_bytes().decode("utf-8")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def chosen(made: tuple[Path, list[dict[str, Any]]], fits: Callable[[dict[str, Any]], bool]) -> set[str]:
    return {row["customer_id"] for row in made[1] if fits(row)}


def test_it_opens_on_those_to_contact(report: Page, made: tuple[Path, list[dict[str, Any]]]) -> None:
    yes = chosen(made, lambda row: row["contact_this_week"] == "yes")
    assert (
        report.locator("#found").inner_text()
        == f"Customers found: {len(yes)}. To contact: {len(yes)}. To leave alone: 0."
    )
    assert report.locator("#warning").is_hidden()
    assert report.locator("#rows tr").count() == 25
    assert report.locator("#rows tr.no").count() == 0


def test_search_finds_one_and_says_so(report: Page) -> None:
    report.get_by_label("Contact this week").select_option("")
    report.get_by_label("Find a customer").fill("0000123")
    assert ids_shown(report) == ["0000123"]
    assert report.locator("#found").get_attribute("role") == "status"
    report.get_by_label("Find a customer").fill("nobody of this name")
    assert report.locator("#rows").inner_text() == "No customer fits."
    assert report.locator("#download").is_disabled()


@pytest.mark.parametrize(("band", "tier"), [("high", ""), ("medium", "vip"), ("", "small"), ("low", "regular")])
def test_the_download_holds_the_yes_rows_of_the_filter_and_no_holdout(
    report: Page, made: tuple[Path, list[dict[str, Any]]], band: str, tier: str
) -> None:
    report.get_by_label("Contact this week").select_option("")
    report.get_by_label("Risk", exact=True).select_option(band)
    report.get_by_label("Value tier").select_option(tier)
    inside = chosen(
        made,
        lambda row: row["risk_band"] == (band or row["risk_band"]) and row["value_tier"] == (tier or row["value_tier"]),
    )
    yes = inside & chosen(made, lambda row: row["contact_this_week"] == "yes")
    holdout = inside & chosen(made, lambda row: row["why_not"] == "holdout")
    assert f"Customers found: {len(inside)}. To contact: {len(yes)}." in report.locator("#found").inner_text()
    warning = report.locator("#warning")
    assert warning.is_hidden() == (inside == yes)
    if holdout:
        assert f"must not be contacted, {len(holdout)} of them because they are held back" in warning.inner_text()
    if not yes:
        assert report.locator("#download").is_disabled()
        return
    rows = downloaded(report)
    assert [row["customer_id"] for row in rows] == [row["customer_id"] for row in made[1] if row["customer_id"] in yes]
    assert not holdout & {row["customer_id"] for row in rows}


def test_the_download_has_ids_as_they_came_and_texts_no_sheet_obeys(tmp_path: Path, browser: Browser) -> None:
    ids = with_alarms()
    table, figures = sample(60, ids=ids)
    everybody = pa.array(["yes"] * len(table))
    table = table.set_column(table.column_names.index("contact_this_week"), "contact_this_week", everybody)
    formula = pa.array(["=HYPERLINK(1)", " ＝1", 'said "no", then'] * 20)
    table = table.set_column(table.column_names.index("reason_1"), "reason_1", formula)
    write_pages(tmp_path, table, figures, load_settings())
    with opened(browser, tmp_path / "report.html", IN_TIME) as (page, complaints, _):
        rows = downloaded(page)
        assert complaints == []
    assert [row["customer_id"] for row in rows] == table["customer_id"].to_pylist()
    assert {row["reason_1"] for row in rows} == {"'=HYPERLINK(1)", "' ＝1", 'said "no", then'}
    assert list(rows[0]) == ["customer_id", "action", "channel", "act_by", "risk_band", "value_tier", "reason_1"]


def test_sorting_by_heading_and_by_the_choice(report: Page, made: tuple[Path, list[dict[str, Any]]]) -> None:
    rows = [row for row in made[1] if row["contact_this_week"] == "yes"]
    report.get_by_role("button", name="Value at risk").click()
    head = report.locator("th[data-sort=value_at_risk]")
    assert head.get_attribute("aria-sort") == "descending"
    top = sorted(rows, key=lambda row: -row["value_at_risk"])[:25]
    assert places(report) == [str(row["priority"]) for row in top]
    report.get_by_role("button", name="Value at risk").click()
    assert head.get_attribute("aria-sort") == "ascending"
    bottom = sorted(rows, key=lambda row: row["value_at_risk"])[:25]
    assert places(report) == [str(row["priority"]) for row in bottom]
    report.get_by_label("Sort by").select_option("priority")
    assert head.get_attribute("aria-sort") is None
    assert places(report)[0] == "1"


def test_more_rows_and_back_to_the_start(report: Page) -> None:
    report.get_by_role("button", name="Show more").click()
    assert report.locator("#rows tr").count() == 50
    assert report.evaluate("document.activeElement.className") == "toggle", "the keyboard stays in the list"
    report.get_by_label("Risk", exact=True).select_option("medium")
    report.get_by_role("button", name="Reset").click()
    report.wait_for_function("document.getElementById('band').value === ''")
    assert report.locator("#rows tr").count() == 25
    assert report.locator("#rows .band.high").count() == 25


def test_details_open_by_keyboard(report: Page) -> None:
    toggle = report.locator("#rows .toggle").first
    toggle.focus()
    report.keyboard.press("Enter")
    assert toggle.get_attribute("aria-expanded") == "true"
    details = report.locator("tr.details")
    assert "2 purchases in the last 91 days" in details.inner_text()
    assert "Activity in the last 52 weeks" in details.inner_text()
    assert details.locator("svg rect").count() == 52
    assert "Days since last activity" in details.inner_text()
    report.keyboard.press("Space")
    assert toggle.get_attribute("aria-expanded") == "false"
    assert report.locator("tr.details").count() == 0


def test_ids_are_shown_as_text(report: Page) -> None:
    report.get_by_label("Contact this week").select_option("")
    for name in ("<script>window.hit=1</script>", "<img src=x onerror='window.hit=1'>", '"><body onload=window.hit=1>'):
        report.get_by_label("Find a customer").fill(name)
        assert name in ids_shown(report)
    report.get_by_label("Find a customer").fill("gnp.exe")
    assert ids_shown(report) == ["[U+202E]gnp.exe"]
    assert report.locator("#rows img, #rows script, #rows a").count() == 0


def test_the_browsers_clock_says_when_the_next_list_is_due(
    browser: Browser, made: tuple[Path, list[dict[str, Any]]]
) -> None:
    for name in ("report.html", "summary.html"):
        for now, hidden in (
            (datetime(2024, 6, 9, 23), True),
            (datetime(2024, 6, 10, 1), False),
            (datetime(2025, 1, 2), False),
        ):
            with opened(browser, made[0] / name, now) as (page, complaints, requests):
                assert page.locator("#expired").is_hidden() == hidden
                assert (complaints, requests) == ([], [])


def test_nobody_downloads_from_a_stale_list(browser: Browser, tmp_path: Path) -> None:
    table, figures = sample(300)
    write_pages(tmp_path, table, figures | {"stale": {"since": "2024-06-10", "failed": ["freshness"]}}, load_settings())
    with opened(browser, tmp_path / "report.html", IN_TIME) as (page, complaints, _):
        assert page.locator(".banner h2").first.inner_text() == "Out of date"
        assert page.locator("#download").is_disabled()
        assert page.locator("#download").inner_text() == "Not available: the list is out of date."
        assert complaints == []


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
@pytest.mark.parametrize(
    "context", [{}, DARK, PHONE, {"java_script_enabled": False}], ids=["light", "dark", "phone", "no script"]
)
def test_axe_finds_nothing_serious(browser: Browser, tmp_path: Path, language: str, context: dict[str, Any]) -> None:
    settings = Settings.model_validate(load_settings().model_dump() | {"report": {"language": language}})
    table, figures = sample(120, ids=hostile_ids())
    write_pages(tmp_path, table, figures | {"stale": {"since": "2024-06-10", "failed": ["population"]}}, settings)
    for name in ("report.html", "summary.html"):
        with opened(browser, tmp_path / name, datetime(2024, 7, 1), **context) as (page, complaints, requests):
            if context.get("java_script_enabled", True):
                if name == "report.html":
                    page.locator("#answer").select_option("")
                    page.locator("#rows .toggle").first.click()
                page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
                found = Axe().run(page).response
            else:
                found = audited_without_script(page, browser, tmp_path / name)
            worst = [(item["id"], item["nodes"][0]["html"][:200]) for item in found["violations"]
                     if item["impact"] in ("serious", "critical")]  # fmt: skip
            assert worst == []
            assert len(found["passes"]) > 20, "axe has looked"
            assert (complaints, requests) == ([], [])


def audited_without_script(page: Page, browser: Browser, path: Path) -> dict[str, Any]:
    """Axe is a script itself, so it looks at a copy without the page's script: elements and styles are the same."""
    content = page.content()
    still = path.with_name("still.html")
    start, end = content.rindex("<script>"), content.rindex("</script>")
    still.write_text(content[:start] + content[end + len("</script>") :], encoding="utf-8")
    with opened(browser, still, datetime(2024, 6, 4)) as (other, _, _):
        return Axe().run(other).response


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_scrolls_sideways(browser: Browser, made: tuple[Path, list[dict[str, Any]]], width: int) -> None:
    for name in ("report.html", "summary.html"):
        with opened(browser, made[0] / name, IN_TIME, viewport={"width": width, "height": 800}) as (page, _, _):
            if name == "report.html":
                page.get_by_label("Contact this week").select_option("")
                page.locator("#rows .toggle").first.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_fifty_rows_can_be_read(browser: Browser, made: tuple[Path, list[dict[str, Any]]]) -> None:
    with opened(browser, made[0] / "report.html", IN_TIME, java_script_enabled=False) as (page, _, requests):
        assert page.locator("#rows tr").count() == 50
        assert page.locator("#controls").is_hidden()
        assert "Without it you see the first 50 customers" in page.locator("main").inner_text()
        page.locator("#rows summary").first.click()
        assert page.get_by_text("2 purchases in the last 91 days").first.is_visible()
        assert requests == []


def test_half_a_million_customers_open_at_once(browser: Browser, tmp_path: Path) -> None:
    table, figures = sample(4000)
    figures["customers"] = 500_000
    write_pages(tmp_path, table, figures, load_settings())
    start = time.perf_counter()
    with opened(browser, tmp_path / "report.html", IN_TIME) as (page, complaints, _):
        assert page.locator("#rows tr").count() == 25
        assert time.perf_counter() - start < 5, "seconds with a new browser context, on a busy machine"
        page.get_by_label("Contact this week").select_option("")
        assert "Customers found: 4,000." in page.locator("#found").inner_text()
        page.get_by_label("Find a customer").fill("nobody of this name")
        assert page.locator("#rows").inner_text().startswith("No customer on this page fits.")
        assert complaints == []
