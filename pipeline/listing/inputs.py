"""What a list is made of: scores, features, facts, who may not be contacted, the champion and the list before."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.change import Steps, steps, unchanged
from models.chosen import Chosen
from models.table import Floats, TrainingTable, unlabelled
from pipeline.champions import Champion, checked
from pipeline.chosen import load_chosen
from pipeline.errors import ArtifactError
from pipeline.listing.decide import Rows
from pipeline.listing.decide_past import Past
from pipeline.listing.feature_file import FeatureFile
from pipeline.listing.logged import Logged, read_logged
from pipeline.listing.loop import read_loop
from pipeline.listing.margin import in_margin
from pipeline.listing.previous import Previous, dates, last_times, read_previous, rules_now, seen_before
from pipeline.listing.saved import read_saved
from pipeline.settings import Settings
from pipeline.tables import (
    CHAMPION,
    CURRENT,
    CURRENT_SUMMARY,
    EVENTS_OPEN,
    FACTS,
    REPORTS,
    SCORES,
    read_json,
    read_table,
)
from pipeline.training_data import days, matrix

NO_CONTACT = EVENTS_OPEN / "no_contact.parquet"
CHANNEL = "preferred_channel"


@dataclass(frozen=True)
class Inputs:
    """All that publish reads; `scores`, `current` and `facts` have one row per eligible customer, in one order.

    `current` are the features, of which a list needs little at a time: they are read when asked for.
    """

    scores: pa.Table
    current: FeatureFile
    facts: pa.Table
    scoring: dict[str, Any]
    about: dict[str, Any]
    ingest: dict[str, Any]
    no_contact: NDArray[np.bool_]
    champion: Champion
    model: Chosen
    previous: Previous | None
    loop: dict[str, Any] | None = None
    logged: Logged | None = None
    saved: Floats | None = None  # expected to stay because of a contact, one per customer; None: no order by it

    @property
    def as_of(self) -> date:
        """The day of the list."""
        return date.fromisoformat(self.scoring["as_of"])

    @property
    def ids(self) -> pa.Array:
        """The customers, in the order of the scores."""
        return self.scores.column("customer_id").combine_chunks()


def read_inputs(settings: Settings) -> Inputs:
    """Read everything, once `first_checks` have passed; with a margin, amounts are that part of what is spent.

    Raises ArtifactError for what is missing or damaged.
    """
    scores = in_margin(read_table(SCORES / "scores.parquet"), settings.money_unit.margin)
    scoring, loop = read_json(REPORTS / "scoring.json"), read_loop()
    current, facts = FeatureFile(CURRENT), read_table(FACTS)
    ids = scores.column("customer_id")
    for name, table in (("current", current), ("facts", facts)):
        if not table.column("customer_id").equals(ids):
            raise ArtifactError(
                f"data/features/{name}.parquet has other customers than the scores, or in another order: run "
                "`dvc repro --force featurize_current`."
            )
    folder = CHAMPION / str(scoring["model_version"])
    pointer = {"how": scoring["champion"], "rolled_back_from": scoring["rolled_back_from"]}
    return Inputs(
        scores=scores,
        current=current,
        facts=facts,
        scoring=scoring,
        about=read_json(CURRENT_SUMMARY),
        ingest=read_json(REPORTS / "ingest.json"),
        no_contact=pc.is_in(ids.combine_chunks(), value_set=no_contact_ids()).to_numpy(zero_copy_only=False),
        champion=Champion(folder.name, folder, checked(folder), pointer),
        model=load_chosen(folder, folder, "shipped"),
        previous=read_previous(date.fromisoformat(scoring["as_of"])),
        loop=loop,
        logged=read_logged(ids.combine_chunks()),
        saved=read_saved(loop, ids.combine_chunks(), str(scoring["as_of"]), settings),
    )


def no_contact_ids() -> pa.Array:
    """Ids of those who may be scored but not contacted; none where no table says so."""
    if not NO_CONTACT.exists():
        return pa.array([], pa.string())
    return read_table(NO_CONTACT).column("customer_id").combine_chunks()


def rows_of(inputs: Inputs) -> Rows:
    """The customers as `decide` asks for them."""
    scores = inputs.scores
    return Rows(
        customer_id=inputs.ids.to_pylist(),
        churn_probability=scores.column("churn_probability").to_numpy(),
        expected_value=scores.column("expected_value").to_numpy(),
        frequency=scores.column("frequency").to_numpy(),
        lifecycle_stage=words(scores.column("lifecycle_stage")),
        preferred_channel=words(inputs.facts.column(CHANNEL)),
        no_contact=inputs.no_contact,
        as_of=inputs.as_of,
        saved_probability=inputs.saved,
        logged=inputs.logged,
    )


def past_of(inputs: Inputs, settings: Settings) -> Past | None:
    """What the list before decided, as `decide` asks for it; None for the first list.

    Who was on an earlier list, but not on that one, brings the dates of the earlier one: off the list for a week is no
    reason to be contacted again before the cool-down is over.
    """
    previous = inputs.previous
    if previous is None:
        return None
    then, rules = previous.of(inputs.ids), previous.rules
    contact, chosen = last_times(then, previous.as_of)
    absent = np.flatnonzero(then.column("customer_id").is_null().to_numpy())
    earlier = seen_before(inputs.ids.take(pa.array(absent)), previous.as_of)
    contact[absent], chosen[absent] = earlier.last_contact, earlier.last_chosen
    return Past(
        as_of=previous.as_of,
        steady=rules is not None and rules.same_edges(rules_now(settings)),
        risk_band=words(then.column("risk_band")),
        contact=np.zeros(len(then), bool),  # the dates have it already
        last_contact=contact,
        listed_since=dates(then.column("listed_since")),
        last_chosen=chosen,
    )


def steps_since(inputs: Inputs) -> tuple[Steps | None, dict[str, Any] | None]:
    """Today's features as the champion of the list before sees them, or None and the warning that says why not."""
    previous = inputs.previous
    if previous is None:
        return None, None
    version = str(previous.manifest.get("model_version"))
    if version == inputs.champion.version:
        return unchanged(inputs.scores.column("churn_probability").to_numpy()), None
    folder = CHAMPION / version
    try:
        checked(folder)
        old = load_chosen(folder, folder, "shipped")
        return _steps(old, inputs), None
    except ArtifactError:
        return None, {"key": "warning-change-model-gone", "values": {}}
    except KeyError:
        return None, {"key": "warning-change-model-unable", "values": {}}


def _steps(old: Chosen, inputs: Inputs) -> Steps:
    """The two probabilities, a row group of customers at a time."""
    names = (*inputs.model.members.names, *old.members.names)
    parts = [steps(old, inputs.model, features_of(table, names)) for table in inputs.current.tables()]
    return Steps(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Steps)))


def features_of(current: pa.Table, names: tuple[str, ...]) -> TrainingTable:
    """Today's features by name as a model takes them. Raises KeyError if one is missing."""
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in current.column_names:
            raise KeyError(name)
    return unlabelled(matrix(current, wanted), wanted, days(current, "snapshot"))


def words(column: pa.ChunkedArray) -> NDArray[Any]:
    """A column of texts, None for null."""
    return column.combine_chunks().to_numpy(zero_copy_only=False)
