"""A feature's sentence with one customer's own numbers; no feature name ever reaches a person."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

from features.catalog import Feature
from features.words import Shown, capital


def columns_in(template: str) -> list[str]:
    """The columns that a sentence shows.

    >>> columns_in("No purchase for {days_since_last_activity}")
    ['days_since_last_activity']
    """
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def sentence(feature: Feature, values: Mapping[str, float], units: Mapping[str, Feature]) -> str:
    """The first sentence whose numbers are all known; the feature's null meaning if none is."""
    for template in feature.sentences:
        shown = {name: Shown(values[name], units[name].unit) for name in columns_in(template)}
        if all(item.text is not None for item in shown.values()):
            return capital(template.format_map(shown))
    return capital(feature.null)


def columns_needed(features: Sequence[Feature]) -> list[str]:
    """Every column that any sentence shows, in the order of the catalog."""
    wanted = {name for feature in features for template in feature.sentences for name in columns_in(template)}
    return [feature.name for feature in features if feature.name in wanted]
