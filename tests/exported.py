"""A shop with a list of samples, a customers table and contact data, and the command that exports. A helper."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from samples import AS_OF, briefing
from samples import sample as list_and_briefing
from workspace import source_bytes, write_file, write_params

from pipeline import export
from pipeline.published import publish_folder, refresh_latest
from pipeline.tables import write_json, write_table

KEY = "correct horse battery staple, thirty-two and more"
HEAD = ("customer_id", "name", "email", "phone", "owner")
PEOPLE = ("customer_id", "objects", "opted_out")
SETTINGS: dict[str, Any] = {
    "customers": {"source": "data/raw/people.csv", "columns": {"objection": "objects", "no_contact": "opted_out"}},
    "export": {"contacts": "contacts/all.csv"},
}


def sample(n: int, ids: list[str] | None = None) -> pa.Table:
    """A list of n customers as publish makes it."""
    return list_and_briefing(n, ids=ids)[0]


def publish(folder: Path, table: pa.Table, **changes: Any) -> None:
    """Put a list and its briefing into data/lists, as publish does; `changes` go into the manifest."""
    figures = briefing(table)

    def write(aside: Path) -> None:
        write_table([table], table.schema, aside / "risk_list.parquet")
        write_json(figures, aside / "briefing.json")

    content = {"as_of": figures["as_of"], "valid_until": figures["valid_until"], **changes}
    with contextlib.chdir(folder):
        publish_folder(AS_OF, write, content)
        refresh_latest()


def shop(folder: Path, table: pa.Table | None = None, **changes: Any) -> list[str]:
    """A list, nobody who objects, an address for everybody; returns the ids to contact, in the list's order."""
    table = sample(200) if table is None else table
    publish(folder, table)
    ids = to_contact(table)
    people(folder, {})
    contacts(
        folder, [(name, f"Name {n}", f"c{n}@shop.example", f"+48 600 {n:03}", "Ola") for n, name in enumerate(ids)]
    )
    configure(folder, **changes)
    return ids


def configure(folder: Path, **changes: Any) -> None:
    """Write params.yaml; two underscores in a name stand for the dot."""
    write_params(folder, SETTINGS | {name.replace("__", "."): value for name, value in changes.items()})


def people(folder: Path, said: Mapping[str, tuple[str, str]]) -> None:
    """The customers table: (objects, wants no contact) by id, beside somebody who is on no list."""
    rows = [("nobody", "", ""), *((name, *words) for name, words in said.items())]
    write_file(folder, source_bytes("people.csv", rows, PEOPLE), "people.csv")


def contacts(folder: Path, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> None:
    """The table of contact data, outside of data/."""
    (folder / "contacts").mkdir(exist_ok=True)
    (folder / "contacts/all.csv").write_bytes(source_bytes("all.csv", rows, head))


def to_contact(table: pa.Table) -> list[str]:
    """The ids to contact, in the list's order."""
    found = table.filter(pc.equal(table.column("contact_this_week"), "yes")).column("customer_id").to_pylist()
    return [str(name) for name in found]


def run_export(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Run the command as on the day of the list, or with other arguments."""
    monkeypatch.setattr("sys.argv", ["export", *(arguments or ("--today", str(AS_OF)))])
    with contextlib.chdir(folder):
        export.main()


def exported(folder: Path) -> list[dict[str, str]]:
    """The rows of all contact files of the export, with the file's name."""
    rows = []
    for path in sorted((folder / "exports" / str(AS_OF)).glob("contact_*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows += [{**row, "file": path.name} for row in csv.DictReader(handle)]
    return rows
