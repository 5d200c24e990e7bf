"""What is told about customers in sentences: the reasons of some rows, and whose probability rests on little."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.build import catalog
from models.table import Ints
from pipeline.language.catalogue import Texts
from pipeline.language.reasons import uncertain_text
from pipeline.listing.assemble import Told
from pipeline.listing.inputs import Inputs
from pipeline.listing.reasons import LOWER, RAISE, explain
from pipeline.settings import Settings


def tell(inputs: Inputs, rows: Ints, texts: Texts, settings: Settings) -> Told:
    """The reasons of the given rows of the scores, in their order."""
    features, currency = catalog(settings.feature_spec()), settings.money_unit.currency
    found = explain(inputs.current, inputs.model, features, texts, rows, currency)
    reasons = tuple(found.texts[name] for name in RAISE)
    reasons[0][:] = [texts.say("reason-none") if text is None else text for text in reasons[0]]
    return Told(np.asarray(rows, np.int64), reasons, found.texts[LOWER], found.topics[RAISE[0]])


def uncertain(inputs: Inputs, texts: Texts) -> pa.Array:
    """Per customer of the scores, why their probability rests on little; null where it does not."""
    columns = ("uncertain", "uncertain_days", "uncertain_low", "uncertain_high")
    parts = (inputs.scores.column(name).to_pylist() for name in columns)
    said = [None if key is None else uncertain_text(texts, key, *numbers) for key, *numbers in zip(*parts, strict=True)]
    return pa.array(said, pa.string())
