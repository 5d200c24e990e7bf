"""What suggest makes of names and contents: how a text is written, which column is what, what a type means."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pipeline.errors import EventError
from pipeline.sections.events import Csv
from pipeline.suggesting.columns import Facts
from pipeline.suggesting.guess import guess
from pipeline.suggesting.query import derived_query
from pipeline.suggesting.roles import role_of, roles_of
from pipeline.suggesting.sniff import sniff, sniff_bytes

TEXT = Facts("", "VARCHAR", 1.0, 50, 0.9, 0.0, 0.0, 0.0, 0.0, 0.0, {}, 0, 0)


def text(name: str, **changes: object) -> Facts:
    return dataclasses.replace(TEXT, name=name, **changes)  # type: ignore[arg-type]


def number(name: str, **changes: object) -> Facts:
    return text(name, numbers=1.0, **changes)


def stamp(name: str) -> Facts:
    return text(name, iso=1.0)


def table(*facts: Facts) -> dict[str, Facts]:
    return {fact.name: fact for fact in facts}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"id,when,worth\n1,2024-01-01,2.5\n", Csv()),
        (b"id;when;worth\n1;2024-01-01;2,5\n2;2024-01-02;1,25\n", Csv(delimiter=";", decimal=",")),
        (b"id\twhen\n1\t2024-01-01\n", Csv(delimiter="\t")),
        (b"id|note\n1|a, b, c\n2|d\n", Csv(delimiter="|")),
        ("id,who\n1,Müller\n".encode("cp1252"), Csv(encoding="windows-1252")),
        ("id,who\n1,Müller\n".encode("utf-16"), Csv(encoding="utf-16")),
        (b"\xef\xbb\xbfid,who\n1,a\n", Csv()),
        (b"id\n1\n2\n", Csv()),
    ],
    ids=["plain", "semicolons", "tabs", "pipes", "windows", "utf-16", "bom", "one column"],
)
def test_how_a_text_is_written(head: bytes, expected: Csv) -> None:
    assert sniff_bytes(head) == expected


def test_a_head_that_ends_inside_a_character_is_still_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"id,who\n" + "1,Zoë\n".encode() * 150_000)
    assert sniff(path).encoding == "utf-8"


def test_an_empty_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"\n")
    with pytest.raises(EventError, match=r"empty\.csv is empty"):
        sniff(path)


def test_columns_are_found_by_name_whatever_its_case_and_signs() -> None:
    found = guess(
        table(text("Customer ID"), stamp("InvoiceDate"), text("Invoice"), number("Quantity"), number("Price")), {}
    )
    assert (found.customer, found.time, found.kind) == ("Customer ID", "InvoiceDate", None)
    assert (found.amount, found.unit_price, found.quantity) == (None, "Price", "Quantity")
    assert found.orders == ("Invoice",)


def test_an_amount_beside_a_quantity_is_already_a_total() -> None:
    found = guess(table(text("customer_id"), stamp("date"), number("quantity"), number("amount")), {})
    assert (found.amount, found.unit_price) == ("amount", None)


def test_a_price_without_a_quantity_is_the_amount() -> None:
    assert guess(table(text("user"), stamp("ts"), number("price")), {}).amount == "price"


def test_the_date_of_birth_and_of_delivery_are_not_the_time() -> None:
    found = guess(table(text("client"), stamp("birth_date"), stamp("delivered_at"), stamp("purchased_on_day")), {})
    assert found.time == "purchased_on_day"


def test_epoch_numbers_are_a_time_only_where_the_name_says_so() -> None:
    seconds = {"seconds": 1.0, "milliseconds": 0.0, "microseconds": 0.0}
    found = guess(table(text("user_id"), number("reference", epoch=seconds), number("timestamp", epoch=seconds)), {})
    assert found.time == "timestamp"


def test_a_measure_is_no_customer() -> None:
    """A column called user with decimals and negatives holds something else."""
    facts = table(number("user", whole=0.1, negative=0.2), text("cust_code"), stamp("date"))
    assert guess(facts, {}).customer == "cust_code"


def test_columns_given_by_hand_are_taken() -> None:
    facts = table(text("who"), stamp("loaded"), text("what", distinct=3), number("worth"))
    given = {"customer_id": "who", "event_time": "loaded", "event_type": "what", "amount": "worth"}
    found = guess(facts, given)
    assert (found.customer, found.time, found.kind, found.amount) == ("who", "loaded", "what", "worth")


@pytest.mark.parametrize(
    ("facts", "given", "message"),
    [
        (table(text("customer"), text("note")), {}, "no column holds dates or times; there are customer, note"),
        (table(text("code"), stamp("date")), {}, "no column is surely the customer; there are code, date: say which"),
        (table(text("user"), stamp("birth_date")), {}, "no column is surely the time of the event; birth_date may be"),
        (table(text("user"), stamp("date")), {"amount": "worth"}, "amount=worth cannot be followed"),
        (table(text("user"), stamp("date")), {"sum": "user"}, "sum=user cannot be followed: the names customer_id"),
    ],
)
def test_what_cannot_be_guessed_is_one_sentence(facts: dict[str, Facts], given: dict[str, str], message: str) -> None:
    with pytest.raises(EventError, match=message):
        guess(facts, given)


@pytest.mark.parametrize(
    ("event_type", "role"),
    [
        ("Purchase", "activity"),
        ("order_placed", "activity"),
        ("payment_received", "activity"),
        ("subscription_renewed", "activity"),
        ("page_view", "engagement"),
        ("emailClicked", "engagement"),
        ("coupon_redeem", "engagement"),
        ("add_to_cart", "engagement"),
        ("refund", "friction"),
        ("payment_failed", "friction"),
        ("order_cancelled", "friction"),
        ("support_ticket", "friction"),
        ("nps_score", "feedback"),
        ("points_balance", "level"),
        ("unsubscribed", "cancel"),
        ("subscription_cancelled", "cancel"),
    ],
)
def test_the_role_of_a_type(event_type: str, role: str) -> None:
    assert role_of(event_type, has_amounts=True) == role


@pytest.mark.parametrize("event_type", ["campaign_received", "email_sent", "push_delivered", "coupon_issued"])
def test_what_the_company_does_is_no_sign_of_life(event_type: str) -> None:
    assert role_of(event_type, has_amounts=False).startswith("-something that the company does")


def test_feedback_without_a_score_is_a_sign_of_life_only() -> None:
    assert role_of("review", has_amounts=False) == "engagement"


def test_unknown_types_stay_without_a_role_and_are_told() -> None:
    roles = roles_of({"purchase": 9, "zx81": 5}, {"purchase": 9})
    assert roles.named["activity"] == ["purchase"]
    assert list(roles.unnamed) == ["zx81"]
    assert roles.money == ["purchase"]


def test_a_few_amounts_of_a_broken_export_make_no_money() -> None:
    roles = roles_of({"purchase": 90, "refund": 9, "complaint": 8}, {"purchase": 89, "refund": 5, "complaint": 4})
    assert roles.money == ["purchase", "refund"]


def test_without_a_purchase_what_customers_do_most_is_the_activity_and_it_is_said() -> None:
    roles = roles_of({"email_sent": 99, "login": 50, "search": 20}, {})
    assert (roles.named["activity"], roles.named["engagement"]) == (["login"], ["search"])
    assert "Is it the sign of life?" in roles.note


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(31, 12, "'%d/%m/%Y %H:%M'"), (12, 31, "'%m/%d/%Y %H:%M'")], ids=["d/m", "m/d"]
)
def test_slashed_dates_are_read_as_the_data_proves(first: int, second: int, expected: str) -> None:
    facts = table(text("user"), text("date", slashed=1.0, first_part=first, second_part=second))
    query, why = derived_query(facts, guess(facts, {}), Csv(), [])
    assert query is not None
    assert expected in query
    assert "exceeds 12" in why[0]


@pytest.mark.parametrize(("first", "second"), [(12, 12), (31, 31)])
def test_slashed_dates_that_could_be_either_are_never_guessed(first: int, second: int) -> None:
    facts = table(text("user"), text("date", slashed=1.0, first_part=first, second_part=second))
    with pytest.raises(EventError, match="can be read in two ways"):
        derived_query(facts, guess(facts, {}), Csv(), [])


def test_names_in_a_query_are_quoted() -> None:
    odd = 'pr"ice'
    facts = table(text("user"), stamp("date"), number("amount", negative=0.1), number(odd))
    query, _ = derived_query(facts, guess(facts, {"amount": odd}), Csv(), ["a; DROP TABLE raw"])
    assert query is None  # the chosen amount is never negative, so names alone do
    facts[odd] = number(odd, negative=0.1)
    query, _ = derived_query(facts, guess(facts, {"amount": odd}), Csv(), ["a; DROP TABLE raw"])
    assert query is not None
    assert '"pr""ice"' in query
    assert '"a; DROP TABLE raw"' in query
