"""What ingest does for privacy: forgotten people stay out, ids become pseudonyms, rejected rows lose their content."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import Connection
from pipeline.errors import ConfigError
from pipeline.protection.forgotten import FORGOTTEN, read_forgotten, tombstones_of
from pipeline.protection.keys import NAME, fingerprint, pseudonyms, read_key, tombstones
from pipeline.sections.people import Privacy
from pipeline.tables import DATA, read_json, write_json

KEY_FILE = DATA / "events/key.json"  # persisted with the events; there only while they carry pseudonyms
PLACE = ("file", "row", "reason")  # what a rejected row says of itself; the rest is its content

T = TypeVar("T")


@dataclass(frozen=True)
class Protection:
    """Who stays out, and whether ids become pseudonyms. Without a key, nothing happens."""

    key: bytes | None = None
    pseudonymise: bool = False
    forgotten: frozenset[str] = frozenset()

    def drop_forgotten(self, connection: Connection, table: str) -> int:
        """Delete forgotten people's rows from a table of the engine, and return how many these were."""
        if self.key is None or not self.forgotten:
            return 0
        ids = _distinct(connection, table)
        gone = [name for name, out in zip(ids, self._is_forgotten(ids), strict=True) if out]
        connection.register("_forgotten", pa.table({"customer_id": pa.array(gone, pa.string())}))
        where = f"FROM {table} WHERE customer_id IN (SELECT customer_id FROM _forgotten)"
        number = int(connection.execute(f"SELECT count(*) {where}").fetchall()[0][0])
        connection.execute(f"DELETE {where}")
        connection.unregister("_forgotten")
        return number

    def rename(self, connection: Connection, table: str) -> None:
        """Replace every customer_id of a table of the engine by its pseudonym, where params.yaml says so."""
        if self.key is None or not self.pseudonymise:
            return
        ids = _distinct(connection, table)
        names = pa.table({"customer_id": pa.array(ids, pa.string()), "name": pa.array(pseudonyms(self.key, ids))})
        connection.register("_names", names)
        connection.execute(
            f"UPDATE {table} SET customer_id = _names.name FROM _names WHERE {table}.customer_id = _names.customer_id"
        )
        connection.unregister("_names")

    def table(self, table: pa.Table) -> pa.Table:
        """The same for an Arrow table with the column customer_id: a row per row of who stays, by customer again."""
        if self.key is None or "customer_id" not in table.column_names:
            return table
        ids = table.column("customer_id").cast(pa.string())
        table = table.filter(pa.array([not out for out in self._is_forgotten(ids.to_pylist())], pa.bool_()))
        if not self.pseudonymise:
            return table
        place = table.column_names.index("customer_id")
        names = pseudonyms(self.key, table.column("customer_id").cast(pa.string()).to_pylist())
        return table.set_column(place, "customer_id", pa.array(names, pa.string())).sort_by("customer_id")

    def people(self, people: T) -> T:
        """A dataclass of tables, each of them protected."""
        if people is None:
            return people
        values = {field.name: getattr(people, field.name) for field in dataclasses.fields(people)}  # type: ignore[arg-type]
        tables = {name: self.table(value) for name, value in values.items() if isinstance(value, pa.Table)}
        return dataclasses.replace(people, **tables)  # type: ignore[type-var]

    def rejected(self, table: pa.Table) -> pa.Table:
        """Rejected rows: with pseudonyms only their place and reason; forgotten people's without their content."""
        if self.pseudonymise:
            return table.select(list(PLACE))
        if self.key is None or not self.forgotten:
            return table
        return _without_content(table, self._names_forgotten(table))

    def remember(self) -> None:
        """Write down by which key the events of this run are pseudonymised, before any of them is written."""
        if self.pseudonymise and self.key is not None:
            write_json({"pseudonyms_by_key": fingerprint(self.key)}, KEY_FILE)
        else:
            KEY_FILE.unlink(missing_ok=True)

    def _is_forgotten(self, ids: Sequence[str | None]) -> list[bool]:
        if self.key is None or not self.forgotten:
            return [False] * len(ids)
        marks = tombstones(self.key, pseudonyms(self.key, [name or "" for name in ids]))
        return [mark in self.forgotten for mark in marks]

    def _names_forgotten(self, table: pa.Table) -> pa.Array:
        """Per row, whether any cell, or a part of one, is a forgotten person's id."""
        found = pa.array([False] * table.num_rows, pa.bool_())
        for name in (name for name in table.column_names if name not in PLACE):
            texts = cells(table.column(name))
            different = [text for text in pc.unique(texts).to_pylist() if text is not None]
            naming = [text for text in different if any(self._is_forgotten(sorted(parts(text))))]
            found = pc.or_(found, pc.is_in(texts, value_set=pa.array(naming, pa.string())))
        return found if isinstance(found, pa.Array) else found.combine_chunks()


def load_protection(privacy: Privacy) -> Protection:
    """Who and what to protect.

    Raises ConfigError if a key is needed and missing, or is not the one that made the present pseudonyms or the
    tombstones: a new key would turn every customer into a new one.
    """
    rows = read_forgotten()
    if not privacy.pseudonymise and not rows:
        return Protection()
    reason = "privacy.pseudonymise is true" if privacy.pseudonymise else f"{FORGOTTEN} holds {len(rows):,} people"
    key = read_key(reason)
    if privacy.pseudonymise:
        refuse_other_key(key)
    return Protection(key, privacy.pseudonymise, tombstones_of(rows, key))


def refuse_other_key(key: bytes) -> None:
    """Raise ConfigError if the events carry pseudonyms of another key: every customer would become a new one."""
    before = key_of_events()
    if before not in (None, fingerprint(key)):
        raise ConfigError(
            f"{NAME} is the key {fingerprint(key)}, but the present pseudonyms were made with the key {before} "
            "(fingerprints), and every customer would become a new one. Set the earlier key; or, to begin anew, delete "
            "data/events and run `dvc repro --force ingest`. Nothing was changed."
        )


def key_of_events() -> str | None:
    """The fingerprint of the key that made the ids of data/events pseudonyms; None where they are as they came."""
    return str(read_json(KEY_FILE).get("pseudonyms_by_key")) if KEY_FILE.exists() else None


def switched(privacy: Privacy, had_events: bool) -> str | None:
    """A sentence where pseudonyms begin or end over data that is there already; to be asked before `remember`."""
    if not had_events or privacy.pseudonymise == KEY_FILE.exists():
        return None
    now, past = ("pseudonyms", "ids as they came") if privacy.pseudonymise else ("ids as they came", "pseudonyms")
    return (
        f"From this run on customers have {now}; past lists keep {past}, so previous_band stays empty once and the "
        "holdout is drawn anew: give holdout.programme a new name. docs/privacy.md says what else that means."
    )


def cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text, whatever its type; types that have no text become null."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):  # ids that went through a float column: 13085.0 is customer 13085
        return pc.replace_substring_regex(column.cast(pa.string()), r"\.0$", "")
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])


def parts(text: str) -> set[str]:
    """A cell, and what stands between separators and quotes in it: a broken line is one cell.

    >>> sorted(parts('"12",2024-01-01'))
    ['"12",2024-01-01', '12', '2024-01-01']
    """
    pieces = {piece.strip() for piece in re.split(r'[,;\t|"]', text)}
    return {text, text.strip(), *pieces} - {""}


def _without_content(table: pa.Table, rows: Any) -> pa.Table:
    for place, field in enumerate(table.schema):
        if field.name not in PLACE:
            emptied = pc.if_else(rows, pa.scalar(None, field.type), table.column(place))
            table = table.set_column(place, field, emptied)
    return table


def _distinct(connection: Connection, table: str) -> list[str]:
    query = f"SELECT DISTINCT customer_id FROM {table} WHERE customer_id IS NOT NULL"
    found: list[str] = connection.sql(query).to_arrow_table().column(0).to_pylist()
    return found
