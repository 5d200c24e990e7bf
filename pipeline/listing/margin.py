"""Amounts of the scores as a list tells them: what is spent, or the part of it that is earned."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def in_margin(scores: pa.Table, margin: float | None) -> pa.Table:
    """The scores with `expected_value` as margin, in whole cents; as spend where there is no margin."""
    if margin is None:
        return scores
    at, column = scores.schema.get_field_index("expected_value"), scores.column("expected_value")
    return scores.set_column(at, "expected_value", pc.round(pc.multiply(column, margin), 2))
