"""Reasons in English, Russian and Polish: every column of every catalog, known or not, in words that people use."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import ODD, SHOP, SPECS, reasons

from features.build import catalog
from features.catalog import Feature
from pipeline.language.catalogue import LANGUAGES

EVERY = [(name, language) for name in SPECS for language in LANGUAGES]
NUMBERS = (0.0, 1.0, 2.0, 5.0, 21.0, 22.0, 112.0, 1204.5, 0.354, -1.0, -3.5, math.nan, math.inf)


def machines_words(told: str, features: list[Feature]) -> list[str]:
    """What no person should read: braces, underscores, nan, names of columns; and what is no tidy sentence."""
    found = re.findall(r"[{}\x00-\x1f]|\bnan\b|\binf\b|\bNone\b(?! of)|  |^ | $|\.$", told)
    columns = [feature.name for feature in features if "_" in feature.name and feature.name in told]
    return found + columns + (["starts small"] if told[:1].islower() else [])


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_column_has_words_for_every_value(name: str, language: str) -> None:
    """All columns that a sentence shows have the same value; then each is the only one that is not known."""
    features = catalog(SPECS[name])
    found = reasons(features, language, currency="EUR")
    for feature in features:
        columns = found.columns(feature.name)
        told = [found.say(feature.name, dict.fromkeys(columns, number)) for number in NUMBERS]
        told += [found.say(feature.name, {**dict.fromkeys(columns, 5.0), column: math.nan}) for column in columns]
        for sentence in told:
            assert machines_words(sentence, features) == [], (feature.name, sentence)
            assert "_" not in sentence, (feature.name, sentence)


@given(st.lists(st.just(math.nan) | st.floats(-1e9, 1e9, width=32), min_size=4, max_size=4), st.sampled_from(LANGUAGES))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_no_sentence_speaks_the_machines_language(numbers: list[float], language: str) -> None:
    """Whatever the values, null included, each column another one."""
    found = ODD_REASONS[language]
    for name in found.features:
        told = found.say(name, dict(zip(found.columns(name), numbers, strict=False)))
        assert machines_words(told, [*found.features.values()]) == []


ODD_REASONS = {language: reasons(catalog(ODD), language) for language in LANGUAGES}


@pytest.mark.parametrize("name", SPECS)
def test_no_english_is_left_in_russian(name: str) -> None:
    """Where the catalogue knows the types, no Latin letter but those of names like NPS."""
    if name == "odd types":
        found = reasons(catalog(ODD), "ru", dict.fromkeys((*ODD.types(), "plan", "x_y", "house_hold"), "чек"))
    else:
        found = reasons(catalog(SPECS[name]), "ru", {"end_it": "уход"})
    for feature, number in ((feature, number) for feature in found.features for number in NUMBERS):
        told = found.say(feature, dict.fromkeys(found.columns(feature), number))
        assert re.findall(r"[a-zA-Z]+", re.sub("NPS|gold plus|free|a b", "", told)) == [], told


def test_the_dictionary_shows_columns_in_braces() -> None:
    """So that the data team sees what a person is told."""
    found = reasons(catalog(SHOP))
    assert found.described("overdue_ratio") == (
        "No purchase for {days_since_last_activity}, {overdue_ratio} times the usual {usual_gap_days}"
    )
    assert found.described("count_activity_14d") == "{count_activity_14d} purchases in the last 14 days"
