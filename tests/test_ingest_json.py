"""JSON lines as they come: a bad line is rejected by itself, and values keep their text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from workspace import BOOKENDS, Ingested, ingest, run_ingest, source_bytes, write_file, write_params

from pipeline.errors import EventError

ANNA = ("anna", "2024-01-10", "purchase", 1)
BERT = ("bert", "2024-01-11", "purchase", 1)


def read(folder: Path, content: str | bytes, changes: dict[str, Any] | None = None) -> Ingested:
    """Ingest one file of JSON lines."""
    write_params(folder, {"events.source": "data/raw/events.jsonl", **(changes or {})})
    write_file(folder, content, "events.jsonl")
    return run_ingest(folder)


JSON_LINES = {
    "cut off": (b'{"customer_id": "anna", "event_ti', "the line is no JSON"),
    "a list": (b'["anna"]', "the line is no JSON object"),
    "a text": (b'"anna"', "the line is no JSON object"),
    "a key twice": (b'{"customer_id": "anna", "customer_id": "bert"}', "the line has a key twice"),
    "a byte of Latin-1": (
        b'{"customer_id": "ren\xe9"}',
        "the line is not valid text in its encoding (events.csv.encoding)",
    ),
    "a NUL": (b'{"customer_id": "an\x00na"}', "the line holds a NUL byte"),
    "too deep to matter": (b'{"customer_id": ' + b"[" * 100_000, "the line is no JSON"),
}


@pytest.mark.parametrize(("line", "reason"), JSON_LINES.values(), ids=JSON_LINES)
def test_a_line_of_json_that_makes_no_row_is_rejected_and_the_rest_goes_on(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    """With its text, and its number: the lines that hold anything are counted."""
    content = (
        source_bytes("events.jsonl", [ANNA]) + b"\n \r\n" + line + b"\r\n" + source_bytes("events.jsonl", BOOKENDS)
    )
    result = read(tmp_path, content)
    (row,) = result.rejected
    assert (row["row"], row["reason"], row["customer_id"]) == (2, reason, None)
    assert row["line"] == line.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    assert result.counts("source_rows", "rejected", "kept_events") == (4, 1, 3)


def test_nested_json_stays_text_and_may_be_asked(tmp_path: Path) -> None:
    """However deep; a key that is missing is null; a null byte in an id spoils its row only."""
    deep = "[" * 50_000 + "]" * 50_000
    lines = [
        '{"who": {"id": "anna"}, "moment": "2024-01-10", "more": {"a": [1, {"b": null}]}}',
        f'{{"who": {{"id": "bert"}}, "moment": "2024-01-11", "more": {deep}}}',
        '{"moment": "2024-01-11", "who": {"id": "an\\u0000na"}}',
        *(f'{{"who": {{"id": "{row[0]}"}}, "moment": "{row[1]}"}}' for row in BOOKENDS),
    ]
    query = (
        "SELECT who ->> '$.id' AS customer_id, moment AS event_time, 'purchase' AS event_type, more FROM raw "
        "WHERE more IS DISTINCT FROM '{}'"
    )
    result = read(tmp_path, "\n".join(lines), {"events.query": query})
    assert result.ids() == ["anna", "bert"]
    assert result.reasons() == {3: "customer_id holds a control character"}


def test_json_with_thousands_of_keys_is_no_table(tmp_path: Path) -> None:
    lines = [f'{{"customer_id": "anna", "key{number}": 1}}' for number in range(2_100)]
    with pytest.raises(EventError, match=r"events\.jsonl has 2,101 columns, more than 2,000"):
        read(tmp_path, "\n".join(lines))


def test_json_ids_keep_their_letters_and_get_no_quotes(tmp_path: Path) -> None:
    """Numbers among texts, and what looks like a UUID."""
    uuid = "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"
    mixed, uuids = tmp_path / "mixed", tmp_path / "uuids"
    mixed.mkdir()
    uuids.mkdir()
    assert ingest(mixed, [(5, *ANNA[1:]), BERT, *BOOKENDS], name="events.jsonl").ids() == ["5", "bert"]
    rows = [(uuid, *row[1:]) for row in BOOKENDS]
    assert ingest(uuids, rows, name="events.jsonl").ids() == [uuid]
