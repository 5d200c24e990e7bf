"""What each column of a source holds, from a sample of its rows: the facts that guesses are made from."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.cleaning.rules import ISO
from pipeline.engine import Connection, identifier, literal
from pipeline.sources.files import Source
from pipeline.sources.sink import ROW_KEY

SAMPLE = 100_000  # rows looked at; shares of a percent are seen, and 10M rows cost no more than a scan
NUMBER = r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$"
SLASHED = r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
# What an epoch between 1990 and 2100 looks like, by unit.
EPOCHS = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000}
FIRST_SECOND, LAST_SECOND = 631_152_000, 4_102_444_800


@dataclass(frozen=True)
class Facts:
    """One column: its DuckDB type, and shares of its filled cells that look like something."""

    name: str
    kind: str
    filled: float  # share of rows
    distinct: int
    repeated: float  # 1 - distinct / filled cells
    iso: float
    numbers: float
    whole: float
    negative: float
    slashed: float
    epoch: dict[str, float]
    first_part: int  # the largest first and second figure of a slashed date: which of them is the day
    second_part: int

    @property
    def is_time(self) -> bool:
        """A date, a time, or a text that reads as one."""
        return self.iso > 0.9 or self.kind.startswith(("TIMESTAMP", "DATE"))

    @property
    def unit(self) -> str:
        """The unit of an epoch number; empty if it is none."""
        return next((unit for unit, share in self.epoch.items() if share > 0.9), "")


def look(connection: Connection, source: Source) -> dict[str, Facts]:
    """Facts about every column of `numbered`, by name."""
    step = source.rows // SAMPLE + 1
    texts = ", ".join(f"trim(CAST({identifier(name)} AS VARCHAR)) AS {identifier(name)}" for name in source.columns)
    # A hash of the row's place: spread over the whole source, and the same rows on every machine.
    connection.execute(
        f"CREATE TEMP TABLE looked_at AS SELECT {texts} FROM numbered WHERE hash({ROW_KEY}) % {step} = 0"
    )
    return {name: _facts(connection, name, kind) for name, kind in source.columns.items()}


def _facts(connection: Connection, name: str, kind: str) -> Facts:
    cell, number = identifier(name), f"TRY_CAST(replace({identifier(name)}, ',', '.') AS DOUBLE)"

    def share(test: str) -> str:
        return f"coalesce(count(*) FILTER ({test}) / nullif(count(*) FILTER ({cell} <> ''), 0), 0)"

    def part(at: int) -> str:
        pattern = literal(r"^(\d{1,2})[/.-](\d{1,2})[/.-]")
        return f"coalesce(max(TRY_CAST(regexp_extract({cell}, {pattern}, {at}) AS INTEGER)), 0)"

    epochs = [share(f"{number} BETWEEN {FIRST_SECOND * by} AND {LAST_SECOND * by}") for by in EPOCHS.values()]
    wanted = [
        f"coalesce(count(*) FILTER ({cell} <> '') / nullif(count(*), 0), 0)",
        f"count(DISTINCT {cell})",
        f"coalesce(1 - count(DISTINCT {cell}) / nullif(count(*) FILTER ({cell} <> ''), 0), 0)",
        share(f"regexp_matches({cell}, {literal(ISO)}) AND TRY_CAST({cell} AS TIMESTAMP) IS NOT NULL"),
        share(f"regexp_matches({cell}, {literal(NUMBER)})"),
        share(rf"regexp_matches({cell}, '^[+-]?\d+(\.0*)?$')"),
        share(f"{number} < 0"),
        share(f"regexp_matches({cell}, {literal(SLASHED)})"),
        *epochs,
        part(1),
        part(2),
    ]
    row = connection.execute(f"SELECT {', '.join(wanted)} FROM looked_at").fetchall()[0]
    (filled, distinct, repeated, iso, numbers, whole, negative, slashed), rest = row[:8], row[8:]
    epoch = dict(zip(EPOCHS, rest[:3], strict=True))
    parts = rest[3], rest[4]
    return Facts(name, kind, filled, distinct, repeated, iso, numbers, whole, negative, slashed, epoch, *parts)
