"""What a person reads of a feature, in any language, and catalogs to try that on. A helper, not a test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from features.build import catalog
from features.catalog import Feature
from features.spec import FeatureSpec
from pipeline.language.catalogue import Texts
from pipeline.language.reasons import Reasons

KNOWN = FeatureSpec(
    ("purchase", "order"),
    ("visit", "open"),
    ("return", "ticket"),
    ("nps",),
    ("points",),
    ("purchase", "return"),
    (1, 7, 14),
)
ODD = FeatureSpec(
    ("page_{view}", "<b>log_in</b>"),
    ("e-mail: open", "{ $days }", "_"),
    ("a|b!r:", "=1+1", "tear\nline"),
    ("nps {0}",),
    ("plan%s_price", "баланс_x"),
    ("page_{view}", "a|b!r:"),
    (7, 28, 91),
    numeric=("house_hold",),
    categorical=(("plan", ("gold_plus", "{free}")), ("x_y", ("a_b",))),
)
CANCELLATION = FeatureSpec(("visit",), definition="cancellation", cancel=("cancel", "end_it"), lookback_days=(7, 28))
LAPSE = FeatureSpec(("pay",), definition="lapse", cancel=("cancel",), grace_days=7, lookback_days=(7, 28))
SPECS = {"known types": KNOWN, "odd types": ODD, "cancellation": CANCELLATION, "lapse": LAPSE}
SHOP = FeatureSpec(
    ("purchase",), friction=("return",), level=("points",), money=("purchase", "return"), lookback_days=(14, 28)
)


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
