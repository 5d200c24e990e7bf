"""The last run and what is new as one: figures added up, months counted again where something changed."""

from __future__ import annotations

import dataclasses
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cleaning import file_figures
from pipeline.cleaning.event_figures import CUSTOMERS, OF_MONTHS, SUMS, months_of
from pipeline.cleaning.terms import UNKNOWN_PLAN
from pipeline.engine import Connection, literal
from pipeline.settings import Settings
from pipeline.sources.sink import ROW_BITS, ROW_KEY
from pipeline.store.blocks import Block, events_kind
from pipeline.store.gathered import EVENTS, GONE, Gathered
from pipeline.store.news import ReadAnewError
from pipeline.store.state import REJECTS, State
from pipeline.tables import EVENTS_OPEN, read_table

PAST = "past_"  # before the name of a table of figures: as the last run left it


def combined(
    new: Gathered, settings: Settings, state: State, touched: pa.Table | None, gone: dict[str, pa.Table]
) -> Gathered:
    """What the whole source holds. `new`: the engine with the new and the touched rows cleaned, and the past figures.

    `gone`: what the touched rows had made without the new ones. Raises ReadAnewError where figures do not add up.
    """
    connection = new.connection
    for name, table in gone.items():
        connection.register(f"{GONE}{name}", table)
    for name in SUMS:
        _add(connection, name, bool(gone))
    for name in file_figures.TABLES:
        connection.execute(f"INSERT INTO {name} SELECT * FROM {PAST}{name}")
    _refuse_plans(connection, settings)
    dirty = _days(connection, bool(gone))
    found = dataclasses.replace(new, past=state.blocks, dirty=dirty, gone=bool(gone))
    _count_months(found, settings)
    return dataclasses.replace(found, rejected=_rejected(found, touched))


def _add(connection: Connection, name: str, gone: bool) -> None:
    keys, sums = SUMS[name]
    kinds = {column: kind for column, kind, *_ in connection.execute(f"DESCRIBE {name}").fetchall()}
    less = ", ".join(f"-{column} AS {column}" for column in sums)
    parts = [f"SELECT * FROM {PAST}{name}", f"SELECT * FROM {name}"]
    parts += [f"SELECT {keys}, {less} FROM {GONE}{name}"] if gone else []
    added = ", ".join(f"CAST(sum({column}) AS {kinds[column]}) AS {column}" for column in sums)
    connection.execute(
        f"CREATE TEMP TABLE all_{name} AS SELECT {keys}, {added} FROM ({' UNION ALL BY NAME '.join(parts)}) "
        f"GROUP BY {keys} HAVING sum({sums[0]}) <> 0"
    )
    connection.execute(f"DROP {'VIEW' if name == CUSTOMERS else 'TABLE'} {name}")
    connection.execute(f"ALTER TABLE all_{name} RENAME TO {name}")


def _refuse_plans(connection: Connection, settings: Settings) -> None:
    """Reasons name the most frequent unknown plans, and which these are is not known of a part."""
    term = settings.churn.lapse_term
    if term is not None and term.plan_column is not None:
        test = f"reason LIKE 'plan % is not in churn.term.days_by_plan' OR reason = {literal(UNKNOWN_PLAN)}"
        if connection.execute(f"SELECT count(*) FROM reasons WHERE {test}").fetchall()[0][0]:
            raise ReadAnewError("there are plans without a term")


def _days(connection: Connection, gone: bool) -> frozenset[date]:
    """The days on which something is added or taken away."""
    tables = [EVENTS, f"{GONE}{EVENTS}"] if gone else [EVENTS]
    query = " UNION ".join(f"SELECT event_day FROM {name}" for name in tables)
    return frozenset(day for (day,) in connection.execute(query).fetchall())


def _count_months(found: Gathered, settings: Settings) -> None:
    """The figures of months: again where a day changed, otherwise as they were."""
    connection = found.connection
    months = sorted({day.replace(day=1) for day in found.dirty})
    wanted = [Block(month, _after(month), EVENTS_OPEN) for month in months]
    kind = events_kind(settings.churn.lapse_term is not None)
    listed = ", ".join(f"DATE '{month}'" for month in months)
    same = f"month NOT IN ({listed})" if months else "true"
    queries = months_of(found.rows(EVENTS, kind, wanted), settings.events.roles.activity, months)
    for name in OF_MONTHS:
        connection.execute(
            f"CREATE TEMP TABLE {name} AS {queries[name]} UNION ALL BY NAME SELECT * FROM {PAST}{name} WHERE {same}"
        )


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _rejected(found: Gathered, touched: pa.Table | None) -> pa.Table:
    """The rejected rows of all files in the order of the source; those of touched rows as they are judged now."""
    past = read_table(REJECTS)
    if past.schema != found.rejected.schema:
        raise ReadAnewError("rejected rows have other columns")
    numbers = {str(path): number for number, path in enumerate(found.files)}

    def keys(table: pa.Table) -> pa.Array:
        files = pa.array([numbers[name] << ROW_BITS for name in table.column("file").to_pylist()], pa.int64())
        return pc.add(files, pc.subtract(table.column("row").combine_chunks(), 1))

    if touched is not None:
        past = past.filter(pc.invert(pc.is_in(keys(past), value_set=touched.column(ROW_KEY).combine_chunks())))
    both = pa.concat_tables([past, found.rejected])
    return both.take(pc.sort_indices(keys(both))).combine_chunks()
