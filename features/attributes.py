"""What is known of the customer beside events: each attribute as it was known before the snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from features.catalog import Feature
from features.rows import Floats, Rows
from features.sentences import Sentence
from features.spec import FeatureSpec, attribute_type
from features.words import PLAIN, slug


def attributes(spec: FeatureSpec) -> Iterator[Feature]:
    """Numeric attributes as they stood, and a flag per listed value of the others. Null: not known by then."""
    for name in spec.numeric:
        yield _number(name)
    for name, values in spec.categorical:
        for place, value in enumerate(values, start=1):
            yield _flag(name, value, place)


def _number(name: str) -> Feature:
    column, who = f"attribute_{slug(name)}", {"name": name}
    return Feature(
        column,
        "attributes",
        "profile",
        "level",
        None,
        f"{name.translate(PLAIN)} is not known",
        (
            Sentence("reason-attribute-number", names=who, shows={"level": column}),
            Sentence("reason-attribute-unknown", names=who),
        ),
        lambda rows: _known(rows, name),
    )


def _flag(name: str, value: str, place: int) -> Feature:
    column, who = f"is_{slug(name)}_{slug(value)}", {"name": name}

    def compute(rows: Rows) -> Floats:
        known = _known(rows, name)
        return np.where(np.isnan(known), np.nan, known == place)

    return Feature(
        column,
        "attributes",
        "profile",
        "flag",
        None,
        f"{name.translate(PLAIN)} is not known",
        (
            Sentence("reason-attribute-value", names=who, words={"value": value}, shows={"flag": column}),
            Sentence("reason-attribute-unknown", names=who),
        ),
        compute,
    )


def _known(rows: Rows, name: str) -> Floats:
    types = (attribute_type(name),)
    return rows.amount_at(rows.last(types, with_amount=True))
