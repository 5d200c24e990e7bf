"""Whom a contact keeps, as far as a list is ordered by it: only on evidence, and only where params.yaml asks for it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from models.table import Floats
from pipeline.errors import ArtifactError
from pipeline.settings import Settings
from pipeline.tables import SAVED, read_table

ORDER = "saved_value"


def read_saved(loop: dict[str, Any] | None, ids: pa.Array, as_of: str, settings: Settings) -> Floats | None:
    """By how much a contact is expected to raise each customer's chance of staying, one per id; NaN where not known.

    None where the list is not ordered by it. Raises ArtifactError if the file is missing or of another day.
    """
    told = (loop or {}).get("uplift")
    if settings.uplift.order != ORDER or told is None or told["order"] != ORDER:
        return None
    if told["as_of"] != as_of:
        raise ArtifactError(f"{SAVED} is of {told['as_of']}, the scores are of {as_of}: run `make repro`.")
    table = read_table(SAVED)
    at = pc.index_in(ids, value_set=table.column("customer_id").combine_chunks())
    found: Floats = table.column("saved_probability").take(at).to_numpy()
    return found
