"""Bad inputs: what each is, what it must get, and what it really gets from the smallest real thing. A helper.

A case runs in a folder of its own, over the outputs of an earlier good run. Whatever it says is checked here for all
cases: an error changes no output, rows add up with the lines that were written, and words stay short and without
places of this machine. docs/bad-inputs.md is the table of what was seen.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workspace import (
    BOOKENDS,
    COLUMNS,
    Ingested,
    Row,
    ingest,
    outputs,
    run_ingest,
    source_bytes,
    write_file,
    write_params,
)

from pipeline.errors import EbbError
from pipeline.settings import load_settings

ERROR, REJECT, WARN, ACCEPT = "E", "Q", "W", "accept"
HEADER = "customer_id,event_time,event_type,amount\n"
ENDS = "first,2024-01-01,purchase,1\nlast,2024-03-01,purchase,1\n"
DAY = "2024-01-10"
LONGEST_WORDS = 1_500  # a message that nobody reads to its end helps nobody
SHOWN_WORDS = 320

Changes = Mapping[str, Any]
Check = Callable[[Ingested], bool]


@dataclass(frozen=True)
class Seen:
    """What an input got: every class of outcome that was met, each with its words."""

    words: dict[str, str] = field(default_factory=dict)

    def shown(self, must: str) -> str:
        """What the table says: the class that was asked for if it was met, else the first that was."""
        kind = must if must in self.words else next(iter(self.words), "nothing")
        return f"{kind}: {printable(self.words.get(kind, ''))}"

    def narrowed(self, kind: str, says: str) -> Seen:
        """Of many lines of one class, those that say what is asked for; all of them if none does."""
        lines = self.words.get(kind, "").splitlines()
        fitting = [line for line in lines if re.search(says, line)] or lines
        return Seen(self.words | ({kind: "\n".join(fitting)} if kind in self.words else {}))


@dataclass(frozen=True)
class Case:
    """One bad input: its number in the table, what it is, what it must get, and how it is tried."""

    number: str
    what: str
    must: str
    run: Callable[[Path], Seen]
    says: str

    @property
    def slug(self) -> str:
        """A name for the test."""
        return f"{self.number}-{re.sub(r'[^a-z0-9]+', '-', self.what.lower()).strip('-')[:50]}"


def stops(number: str, what: str, run: Callable[[Path], Seen], says: str) -> Case:
    """An input that must get an error of these words, and change nothing."""
    return Case(number, what, ERROR, run, says)


def rejects(number: str, what: str, run: Callable[[Path], Seen], says: str) -> Case:
    """An input whose bad rows must be rejected for this reason, the rest going on."""
    return Case(number, what, REJECT, run, says)


def warns(number: str, what: str, run: Callable[[Path], Seen], says: str) -> Case:
    """An input that must be taken, with these words of warning in the report."""
    return Case(number, what, WARN, run, says)


def accepts(number: str, what: str, run: Callable[[Path], Seen], says: str = "3 events") -> Case:
    """An input that must be read as it is meant."""
    return Case(number, what, ACCEPT, run, says)


def error(message: object) -> Seen:
    """An error of ours and its sentence."""
    return Seen({ERROR: str(message)})


def accepted(words: str) -> Seen:
    """Taken as it is meant."""
    return Seen({ACCEPT: words})


def printable(text: str) -> str:
    """Words for a cell of a table: one line, without signs that would break or reorder it, and not endless."""
    safe = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in " ".join(text.split(" ")))
    short = safe if len(safe) <= SHOWN_WORDS else f"{safe[:SHOWN_WORDS]} ..."
    return short.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("`", "'")


@cache
def good_outputs() -> dict[str, bytes]:
    """What an earlier good run left: the outputs that an error may not touch."""
    with tempfile.TemporaryDirectory() as folder:
        ingest(Path(folder), BOOKENDS)
        return outputs(Path(folder))


@cache
def good_notes() -> frozenset[str]:
    """What the report of the good run says already, so that it is no answer to a bad input."""
    with tempfile.TemporaryDirectory() as folder:
        return frozenset(notes(ingest(Path(folder), BOOKENDS).report))


def notes(report: Mapping[str, Any]) -> dict[str, str]:
    """Every warning of a report by what tells it apart."""
    said = {sentence: sentence for sentence in report["warnings"]}
    for finding in report.get("findings", []):
        said[f"{finding['name']} {finding['column']}"] = f"{finding['name']}: {finding['what']}. {finding['advice']}"
    return said


def ingested(prepare: Callable[[Path], int], check: Check | None = None) -> Callable[[Path], Seen]:
    """Prepare a folder (which says how many rows it wrote), ingest, and tell what came of it."""

    def run(folder: Path) -> Seen:
        for name, content in good_outputs().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        rows = prepare(folder)
        try:
            result = run_ingest(folder)
        except EbbError as stopped:
            assert unchanged(folder), "an error changed an output"
            return error(stopped)
        _accounts(result, rows)
        assert check is None or check(result), f"it was read otherwise than it is meant: {result.events}"
        return outcome(result)

    return run


def unchanged(folder: Path) -> bool:
    """Whether every output of the good run is as it was; a page about the refusal may have come."""
    now = {name: content for name, content in outputs(folder).items() if "refused" not in name}
    return now == good_outputs()


def _accounts(result: Ingested, rows: int) -> None:
    report = result.report
    before = report.get("forgotten", 0) + report["duplicates"] + report["left_out_by_query"] + report["rows_in"]
    after = report["kept_events"] + report["rejected"] + report["collapsed_away"]
    assert rows == report["source_rows"], f"{rows} rows were written, {report['source_rows']} were counted"
    assert (report["source_rows"], report["rows_in"]) == (before, after), "rows do not add up"
    assert len(result.rejected) == report["rejected"]
    assert all(row["file"] and row["row"] >= 1 and row["reason"] for row in result.rejected)
    assert len(result.events) == report["kept_events"]


def outcome(result: Ingested) -> Seen:
    """The classes that a finished run shows: rejected rows, new warnings, or neither."""
    report, words = result.report, {}
    if report["rejected"]:
        words[REJECT] = "; ".join(f"{reason} ({number:,})" for reason, number in report["rejected_by_reason"].items())
    new = [said for key, said in notes(report).items() if key not in good_notes()]
    if new:
        words[WARN] = "\n".join(new)
    if not report["rejected"]:
        dropped = f", {report['duplicates']:,} duplicate dropped" if report["duplicates"] else ""
        words[ACCEPT] = f"{report['kept_events']:,} events of {report['customers']:,} customers{dropped}"
    return Seen(words)


def only(*ids: str) -> Check:
    """A check that these customers, beside the two of BOOKENDS, have events."""
    return lambda result: result.ids() == sorted(ids)


def paid(*amounts: float | None) -> Check:
    """A check of the amounts of everybody but the two of BOOKENDS, by customer."""
    return lambda result: [event.amount for event in result.of(*result.ids())] == list(amounts)


def at(*times: str) -> Check:
    """A check of the UTC times of everybody but the two of BOOKENDS, by customer."""
    return lambda result: [event.event_time for event in result.of(*result.ids())] == list(times)


def text(
    content: str | bytes,
    changes: Changes | None = None,
    name: str = "events.csv",
    check: Check | None = None,
    rows: int | None = None,
) -> Callable[[Path], Seen]:
    """Ingest one file of this content; `rows` where they are not its lines less the header."""

    def prepare(folder: Path) -> int:
        write_params(folder, {"events.source": f"data/raw/{name}", **(changes or {})})
        write_file(folder, content, name)
        return _lines(content, name) if rows is None else rows

    return ingested(prepare, check)


def _lines(content: str | bytes, name: str) -> int:
    """Lines that hold anything, less the header of a CSV; none where that cannot be told, as in what is no text."""
    raw = content.encode() if isinstance(content, str) else content
    try:
        raw = gzip.decompress(raw) if name.endswith(".gz") else raw
    except (OSError, EOFError):
        return 0
    lines = [line for line in raw.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]
    return len(lines) - (".csv" in name)


def table(
    rows: Sequence[Row],
    changes: Changes | None = None,
    name: str = "events.csv",
    columns: Sequence[str] = COLUMNS,
    check: Check | None = None,
) -> Callable[[Path], Seen]:
    """Ingest these rows and the two of BOOKENDS."""
    ends = [(*row, *[None] * (len(columns) - len(COLUMNS))) for row in BOOKENDS]
    content = source_bytes(name, [*rows, *ends], columns)
    return text(content, changes, name, check, rows=len(rows) + len(ends))


def value(column: str, content: Any, changes: Changes | None = None, **more: Any) -> Callable[[Path], Seen]:
    """Ingest one purchase of anna, of which one cell says this, and the two of BOOKENDS."""
    row = dict(zip(COLUMNS, ("anna", DAY, "purchase", 1), strict=True)) | {column: content}
    return table([tuple(row.values())], changes, **more)


def files(
    contents: Mapping[str, str | bytes], rows: int, changes: Changes | None = None, check: Check | None = None
) -> Callable[[Path], Seen]:
    """Ingest the folder data/raw with these files."""

    def prepare(folder: Path) -> int:
        write_params(folder, {"events.source": "data/raw", **(changes or {})})
        for name, content in contents.items():
            write_file(folder, content, name)
        return rows

    return ingested(prepare, check)


def params_text(content: str | bytes) -> Callable[[Path], Seen]:
    """Read this params.yaml."""

    def run(folder: Path) -> Seen:
        path = folder / "params.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        try:
            load_settings(path.relative_to(path.parent))
        except EbbError as stopped:
            return error(stopped)
        return accepted("read")

    return run


def setting(changes: Changes) -> Callable[[Path], Seen]:
    """Ingest good events under these settings."""
    return text(HEADER + "anna,2024-01-10,purchase,1\n" + ENDS, changes)
