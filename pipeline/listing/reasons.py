"""Why each customer is where it is on the list: the topics that raise and lower its risk, each as one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.catalog import Feature
from models.chosen import Chosen
from models.reasons import Strongest, strongest
from models.table import Floats, Ints, unlabelled
from pipeline.errors import ArtifactError
from pipeline.language.catalogue import Texts
from pipeline.language.reasons import Reasons
from pipeline.listing.feature_file import FeatureFile
from pipeline.summary import progress
from pipeline.training_data import days, matrix

RAISE = ("reason_1", "reason_2", "reason_3")
LOWER = "reason_lowers"
CHUNK = 20_000  # customers whose contributions are held at a time: about 100 MB with 100 features
# What a feature's push counts when the one that speaks for its topic is chosen: 1 where a person reads the value as the
# topic pushes, less where they read nothing into it or it is better said in another way, 0 where they would take it for
# the opposite: a list that says "8 purchases in the first 28 days" raises the risk is not believed.
NEUTRAL, HOLLOW, CLUMSY = 0.5, 0.25, 0.1


@dataclass(frozen=True)
class Explained:
    """Texts and topics by column (reason_1, reason_2, reason_3, reason_lowers), an entry per row number asked for.

    None: nothing more raises the risk, or lowers it, that could be said. A topic's title is the text `family-<topic>`.
    """

    texts: dict[str, list[str | None]]
    topics: dict[str, list[str | None]]


def explain(
    table: pa.Table | FeatureFile,
    model: Chosen,
    features: Sequence[Feature],
    texts: Texts,
    rows: Ints,
    currency: str | None = None,
) -> Explained:
    """Reasons of some customers of the table of current features, in the order of `rows`; `currency` of their amounts.

    Raises ArtifactError where the model needs a feature that is none any more.
    """
    by_name = {feature.name: feature for feature in features}
    names = model.members.names
    missing = [name for name in names if name not in by_name or name not in table.column_names]
    if missing:
        raise ArtifactError(
            f"the model needs the feature {missing[0]}, which params.yaml no longer makes: run `make repro`."
        )
    reading = Reading([by_name[name] for name in names], table)
    said = Reasons(texts, features, currency)
    found = Explained({name: [] for name in (*RAISE, LOWER)}, {name: [] for name in (*RAISE, LOWER)})
    for start in progress(range(0, len(rows), CHUNK), "reasons"):
        part = table.take(pa.array(rows[start : start + CHUNK], pa.int64()))
        scored = unlabelled(matrix(part, names), names, days(part, "snapshot"))
        picked = strongest(model.contributions(scored), names, reading.topics, len(RAISE), reading.fits(scored.values))
        _add(found, picked, said, part, names)
    return found


class Reading:
    """How a person reads every feature's values, measured against all customers of the list."""

    def __init__(self, features: Sequence[Feature], table: pa.Table | FeatureFile) -> None:
        self.features = features
        self.topics = [feature.topic for feature in features]
        self._middle = [feature.lean.center(table.column(feature.name).to_numpy()) for feature in features]

    def fits(self, values: np.ndarray) -> tuple[Floats, Floats]:
        """How well each value's sentence fits a risk that is raised, and one that is lowered: row by column."""
        raises, lowers = np.empty(values.shape), np.empty(values.shape)
        for column, feature in enumerate(self.features):
            own = values[:, column]
            sign = feature.lean.of(own, self._middle[column])
            weight = np.where(feature.clumsy(own), CLUMSY, 1.0)
            hollow = np.where(feature.hollow(own), HOLLOW, 1.0)
            raises[:, column] = weight * hollow * np.choose(sign + 1, (0, NEUTRAL, 1, 0))
            lowers[:, column] = weight * np.choose(sign + 1, (1, NEUTRAL, 0, 0))
        return raises, lowers


def _add(found: Explained, picked: Strongest, said: Reasons, part: pa.Table, names: Sequence[str]) -> None:
    chosen = [(name, picked.raises[:, at], picked.raises_topic[:, at]) for at, name in enumerate(RAISE)]
    for column, feature, topic in (*chosen, (LOWER, picked.lowers, picked.lowers_topic)):
        texts: list[str | None] = [None] * len(feature)
        for index in np.unique(feature[feature >= 0]).tolist():
            rows, name = np.flatnonzero(feature == index), names[index]
            values = {shown: part.column(shown).to_numpy()[rows].astype(np.float64) for shown in said.columns(name)}
            for row, text in zip(rows.tolist(), said.say_all(name, values), strict=True):
                texts[row] = text
        found.texts[column].extend(texts)
        found.topics[column].extend(picked.topics[at] if at >= 0 else None for at in topic.tolist())
