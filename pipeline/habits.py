"""The usual store or channel of each customer, from the kept columns; no feature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from pipeline.engine import Connection, connect, identifier, literal
from pipeline.facts import YEAR, FactsSpec
from pipeline.sections.machine import Engine


def usual_values(
    ids: pa.ChunkedArray, kept: Sequence[Path], as_of: date, spec: FactsSpec, engine: Engine
) -> dict[str, pa.ChunkedArray]:
    """By kept column, one text or null per id, in their order.

    It is the most frequent value among activity and engagement events of the 364 days before `as_of`, ties: the one
    seen last, then the first by letters; null where none is known.
    """
    with connect(engine, sorted({path.parent for path in kept})) as connection:
        files = ", ".join(literal(str(path)) for path in kept)
        return usual_in(connection, ids, f"read_parquet([{files}])", as_of, spec)


def usual_in(
    connection: Connection, ids: pa.ChunkedArray | pa.Array, kept: str, as_of: date, spec: FactsSpec
) -> dict[str, pa.ChunkedArray]:
    """As `usual_values`, of rows of kept columns given as SQL."""
    places = pa.table({"customer_id": ids, "place": pa.array(range(len(ids)), pa.int64())})
    connection.register("wanted_ids", places)
    connection.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT * FROM wanted_ids")
    return {name: _usual(connection, kept, name, as_of, spec) for name in spec.keep}


def _usual(connection: Connection, kept: str, name: str, as_of: date, spec: FactsSpec) -> pa.ChunkedArray:
    value = f"k.{identifier(name)}"  # a kept column may have any name, ours too
    living = (*spec.activity, *spec.engagement)
    types = f"event_type IN ({', '.join(map(literal, living))})" if living else "false"
    recent = f"event_day < DATE '{as_of}' AND event_day >= DATE '{as_of - timedelta(days=YEAR)}'"
    counted = (
        f"SELECT w.place, {value} AS value, count(*) AS n, max(k.event_time) AS last FROM {kept} AS k "
        f"JOIN wanted AS w USING (customer_id) WHERE {value} IS NOT NULL AND {types} AND {recent} "
        f"GROUP BY w.place, {value}"
    )
    first = "row_number() OVER (PARTITION BY place ORDER BY n DESC, last DESC, value) = 1"
    query = (
        f"SELECT value FROM wanted LEFT JOIN (SELECT place, value FROM ({counted}) QUALIFY {first}) USING (place) "
        "ORDER BY wanted.place"
    )
    return connection.sql(query).to_arrow_table().column(0)
