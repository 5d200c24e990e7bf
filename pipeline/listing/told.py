"""What is told about customers in sentences: the reasons of some rows, and whose probability rests on little."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.build import catalog
from features.sentences import columns_needed, sentence
from models.reasons import strongest
from models.table import Ints
from pipeline.listing.assemble import Told
from pipeline.listing.inputs import Inputs, features_of
from pipeline.settings import Settings
from pipeline.summary import progress

REASONS = 3
CHUNK = 20_000  # customers whose contributions are held at a time


def tell(inputs: Inputs, rows: Ints, settings: Settings) -> Told:
    """The reasons of the given rows of the scores, in their order."""
    features, model = catalog(settings.feature_spec()), inputs.model
    names, units = model.members.names, {feature.name: feature for feature in features}
    table = features_of(inputs.current, names)
    shown = {name: inputs.current.column(name).to_numpy() for name in columns_needed(features)}
    texts: list[list[str | None]] = []
    families: list[str | None] = []
    for start in progress(range(0, len(rows), CHUNK), "reasons"):
        part = rows[start : start + CHUNK]
        picked = strongest(model.contributions(table.take(part)), [units[name].family for name in names], REASONS)
        for place, chosen in zip(part.tolist(), picked.tolist(), strict=True):
            own = {name: float(column[place]) for name, column in shown.items()}
            texts.append([sentence(units[names[index]], own, units) if index >= 0 else None for index in chosen])
            families.append(units[names[chosen[0]]].family if chosen[0] >= 0 else None)
    reasons = tuple([row[number] for row in texts] for number in range(REASONS))
    return Told(np.asarray(rows, np.int64), reasons, [None] * len(rows), families)


def uncertain(inputs: Inputs) -> pa.ChunkedArray:
    """Per customer of the scores, why their probability rests on little; null where it does not."""
    return inputs.scores.column("uncertain")
