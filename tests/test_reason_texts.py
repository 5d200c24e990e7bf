"""The catalogue of reasons: the languages have the same texts, each is used, and none asks for what it does not get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor
from said import SPECS, reasons

from features.build import catalog
from features.catalog import Topic
from features.sentences import Sentence
from models.uncertain import ESTIMATES_DIFFER, KNOWN_FOR_DAYS
from pipeline.language.catalogue import FOLDER, LANGUAGES
from pipeline.language.reasons import Reasons
from pipeline.language.things import FORMS, ROLES


def messages(language: str) -> dict[str, ast.Message]:
    """The texts of reasons.ftl, without a mistake in its syntax."""
    body = FluentParser().parse((FOLDER / language / "reasons.ftl").read_text(encoding="utf-8")).body
    assert [entry for entry in body if isinstance(entry, ast.Junk)] == []
    return {entry.id.name: entry for entry in body if isinstance(entry, ast.Message)}


class Asked(Visitor):
    """Which values a text asks for, in any of its forms."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: D102, N802
        self.names.add(node.id.name)


def declared() -> Iterator[tuple[Reasons, str, Sentence]]:
    """Every sentence that any feature may say."""
    for spec in SPECS.values():
        found = reasons(catalog(spec))
        for name, feature in found.features.items():
            for sentence in feature.sentences:
                yield found, name, sentence


def test_the_languages_have_the_same_texts() -> None:
    """Each text once, with the same forms where it is a thing; the article is English."""
    keys = []
    for language in LANGUAGES:
        found = messages(language)
        lines = (FOLDER / language / "reasons.ftl").read_text(encoding="utf-8").splitlines()
        assert len(found) == sum(bool(re.match(r"[a-z][\w-]* =", line)) for line in lines)
        keys.append({key: {part.id.name for part in text.attributes} - {"a"} for key, text in found.items()})
    assert keys[0] == keys[1] == keys[2]
    things = {key: forms for key, forms in keys[0].items() if key.startswith(("thing-", "role-", "event-"))}
    assert set(map(frozenset, things.values())) == {frozenset(FORMS)}


def test_every_text_is_used_and_every_sentence_has_one() -> None:
    """By a feature, or by name here."""
    named = {
        "unit-days",
        "unit-days-of",
        "unit-window",
        "unit-window-ever",
        "reason-none",
        "event-named",
        *(f"role-{role}" for role in ROLES),
    }
    named |= {f"uncertain-{key}" for key in (KNOWN_FOR_DAYS, ESTIMATES_DIFFER)}
    named |= {f"family-{topic}" for topic in get_args(Topic)} | {sentence.key for _, _, sentence in declared()}
    assert {key for key in messages("en") if not key.startswith("thing-")} == named


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_in_two_files(language: str) -> None:
    """The first would hide the other."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((FOLDER / language).glob("*.ftl")))
    keys = [key for text in texts for key in re.findall(r"^([a-z][\w-]*) *=", text, re.MULTILINE)]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_asks_for_more_than_it_gets(language: str) -> None:
    """In none of its forms, or a rare number would be the first to find out."""
    asked: dict[str, set[str]] = {}
    for key, message in messages(language).items():
        seen = Asked()
        seen.visit(message)
        asked[key] = seen.names
    forms = ("", "_of", "_size", "_figure", "_number", "_way")
    for _, name, sentence in declared():
        given = {f"{argument}{form}" for argument in sentence.shows for form in forms}
        given |= {
            f"{thing}{form}" for thing in sentence.things for form in ("", *(f"_{form}" for form in (*FORMS, "a")))
        }
        given |= {*sentence.names, *sentence.words, *sentence.days}
        given |= {f"{days}_days{form}" for days, length in sentence.days.items() if length for form in forms}
        assert asked[sentence.key] <= given, (name, sentence.key)
