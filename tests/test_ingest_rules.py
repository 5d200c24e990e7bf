"""Rules about ids, amounts and the ids of events: what is rejected, what is settled and counted, what stops the run."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from workspace import BOOKENDS, COLUMNS, Ingested, ingest, outputs, run_ingest, write_file, write_params

from pipeline.errors import ConfigError, EventError

DAY = "2024-01-10"
MAILS = [("anna@example.com", DAY, "purchase", 1), (" bo.b+1@mail.example.co.uk ", DAY, "purchase", 1)]


def test_spaces_around_ids_are_cut_off_and_counted(tmp_path: Path) -> None:
    """One customer, not three; spaces within stay."""
    rows = [(" anna", DAY, "purchase", 1), ("anna  ", "2024-01-11", "purchase", 1), ("a nna", DAY, "purchase", 1)]
    result = ingest(tmp_path, [*rows, ("   ", DAY, "purchase", 1), ("x" * 256 + " ", DAY, "purchase", 1), *BOOKENDS])
    assert result.ids() == ["a nna", "anna", "x" * 256]
    assert len(result.of("anna")) == 2
    assert result.reasons() == {4: "customer_id is missing"}
    assert result.counts("ids_trimmed") == (3,)
    assert "3 rows have spaces around customer_id, which were cut off" in result.report["warnings"]


def test_e_mail_addresses_as_ids_stop_the_run_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(
        EventError, match=r"2 rows .* e-mail address, the first in data/raw/events\.csv row 2"
    ) as caught:
        ingest(tmp_path, [("anna", DAY, "purchase", 1), *MAILS, *BOOKENDS])
    assert "privacy.pseudonymise: true" in str(caught.value)
    assert "example" not in str(caught.value)
    assert outputs(tmp_path) == {}


def test_a_sign_of_an_address_alone_is_no_address(tmp_path: Path) -> None:
    ids = ["@anna", "a@b", "anna@", "a @b.c", "a@b@c.d"]
    assert ingest(tmp_path, [*((id_, DAY, "purchase", 1) for id_ in ids), *BOOKENDS]).ids() == sorted(ids)


WITH_ID = (*COLUMNS, "receipt")
RECEIPTS = [
    ("anna", DAY, "purchase", 1, "r1"),
    ("anna", DAY, "purchase", 1, "r1"),  # the very same line: dropped before
    ("anna", DAY, "purchase", 2, "r2"),
    ("anna", DAY, "purchase", 3, "r2"),
    ("bert", DAY, "purchase", 4, "r2"),
    ("bert", DAY, "purchase", 5, ""),  # no id: nothing to compare
    ("cleo", DAY, "purchase", 6, None),
    ("", DAY, "purchase", 7, "r3"),  # rejected already, so it takes nobody's place
    ("cleo", DAY, "purchase", 8, "r3"),
    *((*row, f"e{number}") for number, row in enumerate(BOOKENDS)),
]


def told(folder: Path, **changes: Any) -> Ingested:
    """Ingest the receipts."""
    settings = {"events.event_id": "receipt", **{f"events.{key}": value for key, value in changes.items()}}
    return ingest(folder, RECEIPTS, settings, columns=WITH_ID)


def test_two_rows_with_one_id_are_both_rejected(tmp_path: Path) -> None:
    result = told(tmp_path)
    same = "event_id is also that of another row with other content"
    assert result.reasons() == {3: same, 4: same, 5: same, 8: "customer_id is missing"}
    assert [event.amount for event in result.of("anna", "bert", "cleo")] == [1, 5, 6, 8]
    assert result.counts("source_rows", "duplicates", "rejected") == (11, 1, 4)


def test_or_the_later_row_wins_and_the_others_do_not_stop_the_run(tmp_path: Path) -> None:
    """They are listed among the rejected, with the reason; only the row without a customer counts as bad: 1 of 10."""
    result = told(tmp_path, same_id="last", max_rejected_share=0.1)
    later = "event_id comes again in a later row, which replaces this one"
    assert result.reasons() == {3: later, 4: later, 8: "customer_id is missing"}
    assert sorted(event.amount or 0 for event in result.of("anna", "bert", "cleo")) == [1, 4, 5, 6, 8]


def test_later_means_the_later_file_too(tmp_path: Path) -> None:
    """A correction in next week's export."""
    write_params(tmp_path, {"events.source": "data/raw", "events.event_id": "receipt", "events.same_id": "last"})
    header = ",".join(WITH_ID) + "\n"
    ends = "first,2024-01-01,purchase,1,a\nlast,2024-03-01,purchase,1,b\n"
    write_file(tmp_path, header + ends + "anna,2024-01-10,purchase,5,r1\n", "week1.csv")
    write_file(tmp_path, header + "anna,2024-01-10,purchase,7,r1\n", "week2.csv")
    assert [event.amount for event in run_ingest(tmp_path).of("anna")] == [7]


def test_the_column_of_ids_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"events\.event_id names the column reciept, .* did you mean receipt\?"):
        told(tmp_path, event_id="reciept")


NEGATIVE = "amount is negative, and no return is declared (a friction type in events.money)"
REFUNDS = [("anna", DAY, "purchase", -1), ("anna", DAY, "visit", -2), ("anna", DAY, "return", -3), *BOOKENDS]


@pytest.mark.parametrize(
    ("money", "amounts"),
    [(["purchase"], {-2, -3}), (["purchase", "return"], {-1, -2, -3}), (["return"], {-1, -2, -3}), ([], {-1, -2, -3})],
    ids=["no return declared", "returns declared", "purchases are no money", "nothing is"],
)
def test_a_negative_payment_needs_declared_returns(tmp_path: Path, money: list[str], amounts: set[int]) -> None:
    result = ingest(tmp_path, REFUNDS, {"events.money": money})
    assert {event.amount for event in result.of("anna")} == amounts
    assert result.reasons() == ({} if -1 in amounts else {1: NEGATIVE})


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), float("-inf"), 1e300, 1e12])
@pytest.mark.parametrize("name", ["events.parquet", "events.csv"])
def test_an_amount_that_is_no_number_to_add_up(tmp_path: Path, amount: float, name: str) -> None:
    rows = [("anna", DAY, "purchase", amount), *((*row[:3], 1.0) for row in BOOKENDS)]
    assert ingest(tmp_path, rows, name=name).reasons() == {1: "amount is no number below a million million"}


def test_json_amounts_keep_their_digits_and_bad_ones_are_rejected(tmp_path: Path) -> None:
    texts = ["1e400", "1234567890.123456", '"1.5"', "true", "[1]", '{"a": 1}', "null", "-0"]
    rows = [*((f"a{number}", DAY, text) for number, text in enumerate(texts))]
    rows += [(row[0], row[1], "1") for row in BOOKENDS]
    line = '{{"customer_id": "{}", "event_time": "{}", "event_type": "purchase", "amount": {}}}\n'
    write_params(tmp_path, {"events.source": "data/raw/events.jsonl"})
    write_file(tmp_path, "".join(line.format(*row) for row in rows), "events.jsonl")
    result = run_ingest(tmp_path)
    known = {event.customer_id: event.amount for event in result.events if event.customer_id.startswith("a")}
    assert known == {"a1": Decimal("1234567890.123456"), "a2": Decimal("1.5"), "a6": None, "a7": 0}
    assert [row["amount"] for row in result.rejected] == ["1e400", "true", "[1]", '{"a":1}']
