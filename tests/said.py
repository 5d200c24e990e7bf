"""What a person reads of a feature, in any language. A helper, not a test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from features.build import catalog
from features.catalog import Feature
from features.spec import FeatureSpec
from pipeline.language.catalogue import Texts
from pipeline.language.reasons import Reasons


def reasons(
    features: Sequence[Feature],
    language: str = "en",
    names: Mapping[str, str] | None = None,
    currency: str | None = None,
) -> Reasons:
    """The sentences of these features in a language."""
    return Reasons(Texts(language, names), features, currency)


def said(spec: FeatureSpec, name: str, values: Mapping[str, float | None], language: str = "en") -> str:
    """The sentence of a feature of the catalog for a customer of whom only these columns are known."""
    found = reasons(catalog(spec), language)
    known = {column: values.get(column) for column in found.columns(name)}
    return found.say(name, {column: math.nan if value is None else value for column, value in known.items()})
