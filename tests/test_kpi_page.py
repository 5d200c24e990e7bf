"""The KPI part of the page: whole in every language, no small group in what is mailed, the cohorts as a drawing."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import FluentParser, ast
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.catalogue import FOLDER, LANGUAGES, Texts
from pipeline.pages.kpi_heatmap import heatmap
from pipeline.pages.kpi_part import reconciled, sentences, sheets, words
from pipeline.pages.kpi_told import Told
from pipeline.pages.telling import LEAST, Telling
from pipeline.settings import load_settings

SETTINGS = load_settings()
DEFINITIONS = ("inactivity", "cancellation", "lapse")
JARGON = "model|calibrat|probabilit|feature|score\\b|snapshot|horizon|churn|cohort|модел|когорт|снимок|kohort|migawk"


def telling(language: str = "en", least: int = 0, definition: str = "inactivity") -> Telling:
    churn = SETTINGS.churn.model_copy(update={"definition": definition})
    return Telling(Texts(language), SETTINGS.model_copy(update={"churn": churn}), least)


def period(**changes: Any) -> dict[str, Any]:
    """A period of 1,000 customers, of whom 300 were lost; 150 new and 50 back."""
    return {
        "complete": True, "settled": True, "customers_start": 1000, "kept": 700, "new": 150, "reactivated": 50,
        "customers_end": 900, "newcomers": 150, "lapsed_start": 400, "labelled_left": None, "buyers": 500,
        "returning_buyers": 350, "window_buyers": 1500, "window_repeaters": 900, "purchases": 650,
        "priced_purchases": 650, "known_end": 1550, "lost": 300, "spend": 6500.0, "net": 6000.0, "nps_answers": 40,
        "nps_promoters": 20, "nps_detractors": 10, "nps_off_scale": 0, "csat_answers": 80, "csat_satisfied": 60,
        "csat_off_scale": 0, "retention_rate": 0.7, "churn_rate": 0.3, "reactivation_rate": 0.125,
        "labelled_churn_rate": None, "repeat_purchase_rate": 0.6, "returning_buyers_share": 0.7,
        "purchase_frequency": 1.3, "average_order_value": 10.0, "lifetime_value": 1234.5, "lifetime_value_net": 987.65,
        "days_between_purchases_mean": 40.0, "days_between_purchases_median": 28.0, "nps": 25.0, "csat": 0.75,
        **changes,
    }  # fmt: skip


def sample() -> dict[str, Any]:
    """Fifteen months, of which the first and the running one are not complete, and their cohorts."""
    names = [f"2023-{month:02}" for month in range(3, 13)] + [f"2024-{month:02}" for month in range(1, 6)]
    months = [{"month": name, **period(complete=name not in ("2023-03", "2024-05"))} for name in names]
    months[1]["retention_rate"] = 0.65
    cohorts = [
        {"cohort": names[first], "month": names[at], "months_since": at - first, "cohort_complete": first > 0,
         "complete": names[at] != "2024-05", "customers": 80, "active": 80 if at == first else 40 - at,
         "active_share": 1.0 if at == first else (40 - at) / 80, "still": 60, "still_share": 0.75, "purchases": 50,
         "spend": 500.0, "net": 450.0, "lifetime_value": 6.25 * (at - first + 1), "lifetime_value_net": 5.5}
        for first in range(15) for at in range(first, 15)
    ]  # fmt: skip
    return {
        "month": "2024-04", **period(), "purchases_are": ["purchase"],
        "last_12_months": {"from": "2023-05", "to": "2024-04", **period()},
        "today": {"as_of": "2024-05-20", "customers": 905, "lifetime_value": 1300.4, "lifetime_value_net": 1200.0,
                  "forecast": 99.6, "forecast_days": 91, "expected_lifetime_value": 1400.0},
        "reconciled": {"date": "2024-02-05", "horizon_days": 91, "definition": "inactivity", "active_within_days": 182,
                       "promised_rate": 0.417, "promised_customers": 2813, "promised_leavers": 1173.0,
                       "realised_rate": 0.409, "realised_customers": 2813, "realised_leavers": 1149,
                       "model_realised_rate": 0.4085, "share_of_customers": 1.0, "same_customers": True,
                       "month": "2024-02", "month_churn_rate": 0.3, "month_customers": {"lost": 300, "kept": 700}},
        "months": months, "cohorts": cohorts,
    }  # fmt: skip


def test_the_tables_in_english() -> None:
    head, months, value, numbers = sheets(sample(), telling())
    assert head.head == ["Figure", "April 2024", "April 2023", "Last 12 months"]
    assert head.rows[:6] == [
        ["Customers at the start", "1,000", "1,000", "1,000"],
        ["New customers", "150", "150", "150"],
        ["Customers who came back", "50", "50", "50"],
        ["Customers lost", "300", "300", "300"],
        ["Customers at the end", "900", "900", "900"],
        ["Retention rate", "70%", "65%", "70%"],
    ]
    assert ["Average order value", "£10.00", "£10.00", "£10.00"] in head.rows
    assert ["Purchases per buyer", "1.3", "1.3", "1.3"] in head.rows
    assert ["NPS", "25", "25", "25"] in head.rows
    assert [row[0] for row in months.rows][::12] == ["Apr 2023", "Apr 2024"]  # the running month is not there
    assert value.rows[-1] == ["Apr 2024", "80", "£6.25", "£5.50", "75%"]
    assert value.rows[0][:3] == ["Apr 2023", "80", "£81.25"]  # the first cohort holds everybody from before
    assert numbers.rows[0][:4] == ["Apr 2023", "80", "48%", "46%"]
    assert (len(numbers.rows), numbers.rows[-1][2:4]) == (12, ["34%", ""])


def test_the_sentences_in_english() -> None:
    assert sentences(sample(), telling())[1:] == [
        "The 905 customers of 20 May 2024 have spent £1,300 each so far; we expect about £99.60 more each in the next "
        "91 days, £1,400 in all. What comes after that is not counted.",
        "On 5 February 2024 we said that 41.7% of 2,813 customers would leave within 91 days; counted again in the "
        "same way, 40.9% of 2,813 did.",
        "The share lost in one month (30% in February 2024) is another figure: it counts customers only once they have "
        "been silent for 182 days, and only those of that month.",
    ]


def test_what_is_not_known_is_said_or_left_out() -> None:
    kpis = sample()
    kpis["settled"] = False
    assert "begin in March 2023" in sentences(kpis, telling())[1]
    kpis = sample()
    kpis["months"][1]["settled"] = False
    kpis["last_12_months"]["settled"] = False
    assert sheets(kpis, telling())[0].head == ["Figure", "April 2024"]
    kpis = sample()
    kpis["months"] = kpis["months"][2:]
    kpis.update(last_12_months=None, nps=None, csat=None, reconciled=None)
    kpis["today"]["expected_lifetime_value"] = None
    assert len(sentences(kpis, telling())) == 1
    assert sheets(kpis, telling())[0].head == ["Figure", "April 2024"]
    assert not {"NPS", "CSAT"} & {row[0] for row in sheets(kpis, telling())[0].rows}
    assert not {"NPS", "CSAT"} & {word for word, _ in words(kpis, telling())}
    kpis.update(average_order_value=None, lifetime_value=None, lifetime_value_net=None)
    assert sheets(kpis, telling())[2].head == ["Joined", "Customers", "Still customers"]
    assert "Average order value" not in {row[0] for row in sheets(kpis, telling())[0].rows}
    kpis.update(lifetime_value=5.0, lifetime_value_net=5.0)  # nothing was ever returned
    assert sheets(kpis, telling())[2].head == ["Joined", "Customers", "Spent each", "Still customers"]
    kpis["month"] = None
    assert sentences(kpis, telling())[1].startswith("No month is complete yet")
    assert (sheets(kpis, telling()), words(kpis, telling()), heatmap(kpis, telling())) == ([], [], "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_every_language_says_all_of_it(language: str, definition: str) -> None:
    kpis = sample()
    kpis["reconciled"]["definition"] = definition
    kpis["reconciled"]["share_of_customers"] = 0.5
    for least in (0, LEAST):
        teller = telling(language, least, definition)
        said = [*sentences(kpis, teller), *(text for pair in words(kpis, teller) for text in pair)]
        for sheet in sheets(kpis, teller):
            said += [sheet.caption, *sheet.head, *(cell for row in sheet.rows for cell in row)]
            assert {len(row) for row in sheet.rows} == {len(sheet.head)}
        assert not [text for text in said if re.search(r"\{|_|\b(None|nan)\b", text)]
        assert all(text.endswith(".") and not text.endswith("..") for text in sentences(kpis, teller))


def test_no_small_group_in_what_is_mailed() -> None:
    """Of seven lost the rate would tell, and so would all other movements; of three buyers every figure would."""
    few = period(lost=7, kept=993, customers_end=1193, retention_rate=0.993, churn_rate=0.007)
    told = Told(few, telling(least=LEAST))
    assert [told.text(name) for name in ("lost", "reactivated", "new")] == ["fewer than 10", "not shown", "150"]
    assert [told.text(name) for name in ("retention_rate", "churn_rate", "reactivation_rate")] == ["–"] * 3
    assert told.text("customers_start") == "1,000"
    assert Told(few, telling()).text("retention_rate") == "99.3%"
    stayed = Told(period(lost=995, kept=5, new=150), telling(least=LEAST))
    assert [stayed.text(name) for name in ("lost", "reactivated", "new")] == ["not shown"] * 3
    bought = Told(period(buyers=3, returning_buyers=0, nps_answers=9), telling(least=LEAST))
    names = ("average_order_value", "purchase_frequency", "returning_buyers_share", "nps",
             "days_between_purchases_median")  # fmt: skip
    assert [bought.text(name) for name in names] == ["–"] * 5
    assert bought.text("lifetime_value") == "£1,234"
    both = sample()["reconciled"] | {"month_customers": {"lost": 7, "kept": 900}}
    assert [len(reconciled(both, telling(least=least))) for least in (0, LEAST)] == [2, 1]
    both = sample()["reconciled"] | {"realised_leavers": 4}
    assert reconciled(both, telling(least=LEAST)) == [
        "What we said on 5 February 2024 is not shown: too few customers left or stayed."
    ]


@given(st.integers(0, 40), st.integers(1, 40))
def test_a_cell_of_the_cohorts_tells_no_small_group(active: int, others: int) -> None:
    kpis = copy.deepcopy(sample())
    size = active + others
    for row in kpis["cohorts"]:
        if row["months_since"]:
            row.update(active=active, customers=size, active_share=active / size if size else None)
    shown = [cell for row in sheets(kpis, telling(least=LEAST))[3].rows for cell in row[2:] if cell not in ("", "–")]
    small = 0 < active < LEAST or 0 < others < LEAST
    assert bool(shown) == (not small)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cohorts_are_drawn_with_their_numbers(language: str) -> None:
    drawn = str(heatmap(sample(), telling(language)))
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert texts.count("48") == 1
    assert {"80", "34"} <= set(texts)
    assert drawn.count("fill-low") == 78  # twelve cohorts, of twelve months down to one
    assert 'role="img"' in drawn
    assert "style=" not in drawn
    assert drawn == str(heatmap(sample(), telling(language)))


def keys(language: str) -> dict[str, str]:
    body = FluentParser().parse((FOLDER / language / "kpis.ftl").read_text(encoding="utf-8")).body
    assert not [entry for entry in body if isinstance(entry, ast.Junk)]
    return {entry.id.name: json.dumps(entry.value.to_json()) for entry in body if isinstance(entry, ast.Message)}


def test_the_texts_are_the_same_in_every_language() -> None:
    """No key in one language alone, none twice in the catalogue, no word of data science, no foreign letter."""
    english = keys("en")
    others = {name for path in (FOLDER / "en").glob("*.ftl") if path.name != "kpis.ftl" for name in names(path)}
    assert not others & english.keys()
    for language in LANGUAGES:
        said = keys(language)
        assert list(said) == list(english)
        lines = (FOLDER / language / "kpis.ftl").read_text(encoding="utf-8").splitlines()
        text = "\n".join(re.sub(r"^[a-z_-]+ =|\{[^}]*\}", "", line) for line in lines)
        assert not re.findall(JARGON, text, re.IGNORECASE)
        foreign = {"en": r"[^\x00-\x7f‘’“”–−]", "ru": r"[ąćęłńóśźż]", "pl": r"[а-яё]"}[language]
        assert not re.findall(foreign, text, re.IGNORECASE)
        same = {key for key in said if language != "en" and said[key] == english[key]}
        assert same <= {"kpi-word-nps", "kpi-word-csat"}


def names(path: Path) -> list[str]:
    return re.findall(r"^([a-z][\w-]*) =", path.read_text(encoding="utf-8"), re.MULTILINE)
