"""The words of the list: every language says everything, and nothing that only a data scientist understands."""

from __future__ import annotations

import re

import pytest
from fluent.syntax import FluentParser, ast

from models.bands import BANDS
from pipeline.language.catalogue import FOLDER, LANGUAGES, Texts
from pipeline.language.words import word
from pipeline.listing.schema import ACTIVITY, COLUMNS
from pipeline.sections.acting import ACTIONS, NOTHING, STAGES, TIERS
from pipeline.sections.listing import FACTS

WORDS = {
    "band": BANDS,
    "tier": TIERS,
    "group": ("contact", "holdout"),
    "action": (*ACTIONS, NOTHING),
    "channel": ("phone", "email", "sms", "push", "letter", "app", "whatsapp", "store"),
    "why_not": ("low", "over_capacity", "holdout", "objected", "cool_down", "value_below_cost"),
    "lifecycle": STAGES,
    "movement": ("new", "up", "down", "same", "back"),
    "answer": ("yes", "no"),
}
NAMES = (*dict.fromkeys([*(column.name for column in COLUMNS), *FACTS, ACTIVITY]),)
# The roots of words that a marketer does not use for customers.
JARGON = {
    "en": "model|calibrat|probabilit|feature|hysteresis|score|snapshot|horizon|shap|cut\\b|churn",
    "ru": "модел|калибр|признак|гистерез|скор|снимок|горизонт|отсечк",
    "pl": "model|kalibr|prawdopodobieństw|cech|histerez|skoring|horyzont|próg",
}


def messages(language: str) -> dict[str, str]:
    """Key -> text as the file of the topic has it, references left as they are written."""
    text = (FOLDER / language / "list.ftl").read_text(encoding="utf-8")
    body = FluentParser().parse(text).body
    broken = [entry.content for entry in body if isinstance(entry, ast.Junk)]
    assert not broken, broken
    keys = [entry.id.name for entry in body if isinstance(entry, ast.Message)]
    assert len(keys) == len(set(keys)), "a key twice"
    return {key: Texts(language).say(key) for key in keys}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    """No text in one language alone, and none in another language's letters."""
    said = messages(language)
    assert list(said) == list(messages("en"))
    foreign = {"en": r"[^\x00-\x7f‘’“”–]", "ru": r"[ąćęłńóśźż]", "pl": r"[а-яё]"}[language]
    assert not [text for text in said.values() if re.search(foreign, text, re.IGNORECASE)]
    same = {key for key, text in said.items() if language != "en" and text == messages("en")[key]}
    assert same <= {"tier-vip", "channel-whatsapp", "channel-sms"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_its_heading_and_its_sentence(language: str) -> None:
    """Headings are short and tell columns apart; sentences end as sentences do."""
    said = messages(language)
    headings = [said[f"column-{name}"] for name in NAMES]
    assert len(set(headings)) == len(headings)
    assert max(map(len, headings)) <= 30
    for name in NAMES:
        assert said[f"about-{name}"].endswith(".")
        assert "_" not in said[f"about-{name}"] + said[f"column-{name}"]
    known = {f"{start}-{name}" for name in NAMES for start in ("column", "about")}
    assert {key for key in said if key.startswith(("column-", "about-"))} == known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_has_its_word(language: str) -> None:
    """Of each closed set, all values and no others, and no two that read the same."""
    said, texts = messages(language), Texts(language)
    for prefix, values in WORDS.items():
        assert [key for key in said if key.startswith(f"{prefix}-")] == [f"{prefix}-{value}" for value in values]
        words = [word(texts, prefix, value) for value in values]
        assert len(set(words)) == len(values), words
    # What the columns of the list name as their words is there.
    assert {column.words for column in COLUMNS if column.words} == set(WORDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_data_science(language: str) -> None:
    """Marketing knows customers, not models."""
    found = {key: text for key, text in messages(language).items() if re.search(JARGON[language], text, re.IGNORECASE)}
    assert found == {}


@pytest.mark.parametrize(
    ("language", "holdout", "filter_on"),
    [("en", "holdout", "Contact this week"), ("ru", "контрольная группа", "Связаться на этой неделе"),
     ("pl", "grup(a|y) kontroln(a|ej)", "Kontakt w tym tygodniu")],
)  # fmt: skip
def test_where_somebody_would_mail_the_holdout_the_list_says_so(language: str, holdout: str, filter_on: str) -> None:
    """Both columns warn; the group's names the column to filter on instead; so do the words in the cells."""
    said = messages(language)
    assert re.search(holdout, said["about-contact_this_week"], re.IGNORECASE)
    assert re.search(holdout, said["about-group"], re.IGNORECASE)
    assert filter_on in said["about-group"]
    forbids = {"en": "do not contact", "ru": "не связываться", "pl": "nie kontaktować"}[language]
    assert forbids in said["group-holdout"]
    assert forbids in said["why_not-holdout"]


@pytest.mark.parametrize("value", ["win_back", "", "{x}", "=1+1", "-", "é b", "<b>", "low.attribute", "a" * 300])
def test_a_value_of_ones_own_goes_by_its_name(value: str) -> None:
    """Whatever it is called: no text is looked for inside it, and nothing is filled in."""
    assert word(Texts("pl"), "action", value) == value.replace("_", " ")
    assert word(Texts("pl", {value: "Powrót"}), "action", value) == "Powrót"


def test_a_name_of_the_report_does_not_rename_what_the_catalogue_knows() -> None:
    """An event type called `email` has a word of its own; the channel keeps its own."""
    assert word(Texts("en", {"email": "newsletter opened"}), "channel", "email") == "Email"
