"""Bad inputs: ids, times and amounts. A helper of test_bad_inputs.py."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
from bad_cases import DAY, Case, Seen, accepted, accepts, at, only, paid, rejects, stops, table, text, value, warns
from workspace import BOOKENDS, COLUMNS, event_paths, ingest, outputs, source_bytes

NOT_ISO = "event_time is no ISO"
NO_NUMBER = "amount is no number"
WARSAW = {"events.timezone": "Europe/Warsaw"}
NO_RETURNS = {"events.roles": {"activity": ["purchase"]}, "events.money": ["purchase"]}
EPOCHS = [
    ("anna", 1704844800, "purchase", 1),
    ("first", 1704067200, "purchase", 1),
    ("last", 1709251200, "purchase", 1),
]
CROWD = [(f"c{n % 50}", f"2024-0{n % 2 + 1}-{n % 28 + 1:02}", "purchase", n) for n in range(1_600)] + [
    ("anna", "2027-01-01", "purchase", 1)
]
SAME_ID = [("anna", DAY, "purchase", 1, "e1"), ("anna", DAY, "purchase", 2, "e1")]
KEYED = (*COLUMNS, "event_key")


def pseudonymised(folder: Path) -> Seen:
    """Ingest an e-mail address as an id under pseudonyms; it is in no output."""
    privacy = {"privacy": {"pseudonymise": True}}
    with patch.dict(os.environ, {"EBB_PSEUDONYM_KEY": "k" * 64}):
        ingest(folder, [("anna@example.org", DAY, "purchase", 1), *BOOKENDS], privacy)
    found = [row["customer_id"] for row in pq.read_table(event_paths(folder, "closed")[0]).to_pylist()]
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in found)
    assert not [name for name, content in outputs(folder).items() if b"example.org" in content]
    return accepted("3 events, every id a pseudonym")


IDS: tuple[Case, ...] = (
    rejects("22", "an empty id", value("customer_id", ""), "customer_id is missing"),
    rejects("22a", "NaN as an id", value("customer_id", "NaN"), "customer_id is missing"),
    rejects("22b", "NULL as an id", value("customer_id", "NULL"), "customer_id is missing"),
    rejects("22c", "an id of spaces", value("customer_id", "   "), "customer_id is missing"),
    accepts("23", "leading zeros in an id", value("customer_id", "007", check=only("007"))),
    accepts("24", "an id beyond 2^53", value("customer_id", "9007199254740993", check=only("9007199254740993"))),
    rejects("25", "an id of 257 characters", value("customer_id", "x" * 257), "longer than 256"),
    rejects("26", "NUL in an id", value("customer_id", "an\x00na", name="events.jsonl"), "control character"),
    accepts(
        "27", "an id that turns the direction of writing", value("customer_id", "\u202eanna", check=only("\u202eanna"))
    ),
    accepts("27a", "an emoji as an id", value("customer_id", "🙂", check=only("🙂"))),
    accepts("28", "an id that Excel would take for a formula", value("customer_id", "=1+1", check=only("=1+1"))),
    stops(
        "29", "e-mail addresses as ids", value("customer_id", "anna@example.org"), "(?i)e-?mail.*privacy.pseudonymise"
    ),
    accepts("29a", "the same under privacy.pseudonymise", pseudonymised),
    warns("110", "an id with spaces around it", value("customer_id", " anna ", check=only("anna")), "(?i)space"),
    accepts(
        "111",
        "ids that differ in case only: two customers",
        table([("anna", DAY, "purchase", 1), ("Anna", DAY, "purchase", 1)], check=only("Anna", "anna")),
        "4 events of 4 customers",
    ),
    accepts(
        "111a",
        "ids that look alike (NFC and NFD): two customers",
        table(
            [("ren\u00e9", DAY, "purchase", 1), ("rene\u0301", DAY, "purchase", 1)],
            check=only("ren\u00e9", "rene\u0301"),
        ),
        "4 events of 4 customers",
    ),
    accepts(
        "111b",
        "ids that differ in a sign without width: two customers",
        table([("anna", DAY, "purchase", 1), ("anna\u200b", DAY, "purchase", 1)], check=only("anna", "anna\u200b")),
        "4 events of 4 customers",
    ),
    accepts("37", "the same event twice", table([("anna", DAY, "purchase", 1)] * 2, check=only("anna")), "1 duplicate"),
    rejects(
        "38",
        "one event id, two contents",
        table(SAME_ID, {"events.event_id": "event_key"}, columns=KEYED),
        r"event.*\(2\)",
    ),
    rejects(
        "38a",
        "one event id, two contents, and events.same_id: last",
        table(SAME_ID, {"events.event_id": "event_key", "events.same_id": "last"}, columns=KEYED, check=paid(2)),
        "replaces this one",
    ),
    rejects("112", "no event type", value("event_type", ""), "event_type is missing"),
    warns("41", "an event type without a role", value("event_type", "gossip"), "gossip has no role"),
    rejects(
        "41a",
        "the same under events.unknown_types: reject",
        value("event_type", "gossip", {"events.unknown_types": "reject"}),
        "no role",
    ),
)

TIMES: tuple[Case, ...] = (
    accepts(
        "30",
        "an offset among times without one: converted by it",
        value("event_time", "2024-01-10T23:30:00-05:00", WARSAW, check=at("2024-01-11 04:30:00")),
    ),
    warns(
        "31",
        "a time that daylight saving skips",
        value("event_time", "2024-03-31 02:30:00", WARSAW | {"events.known_until": "2024-12-31"}),
        "(?i)daylight|clock",
    ),
    warns(
        "31a",
        "a time that daylight saving repeats",
        value("event_time", "2023-10-29 02:30:00", WARSAW),
        "(?i)daylight|clock",
    ),
    stops(
        "32",
        "most dates as 03/04/2024",
        table([(f"c{n}", "03/04/2024", "purchase", 1) for n in range(9)]),
        r"event_time.*events\.query",
    ),
    rejects("32a", "a single date as 03/04/2024", value("event_time", "03/04/2024"), NOT_ISO),
    stops(
        "33",
        "seconds since 1970 in a column of numbers",
        text(source_bytes("e.parquet", EPOCHS), name="e.parquet", rows=3),
        r"event_time.*events\.time_unit",
    ),
    accepts(
        "33a",
        "the same, and events.time_unit says so",
        text(
            source_bytes("e.parquet", EPOCHS),
            {"events.time_unit": "seconds"},
            "e.parquet",
            at("2024-01-10 00:00:00"),
            3,
        ),
    ),
    stops("33b", "seconds since 1970 as text", text(source_bytes("e.csv", EPOCHS)), r"event_time.*events\.time_unit"),
    rejects("34", "30 February", value("event_time", "2024-02-30"), NOT_ISO),
    rejects("35", "a time in the future of 1,600 events", table(CROWD), "days after"),
    rejects(
        "35a",
        "a time after events.known_until",
        value("event_time", "2024-03-02", {"events.known_until": "2024-03-01"}),
        "known_until",
    ),
    rejects("36", "a time before 1990", value("event_time", "1970-01-01"), "before 1990"),
    rejects("36a", "the year 9999", value("event_time", "9999-12-31"), "stands for never"),
    rejects("113", "MySQL's 0000-00-00", value("event_time", "0000-00-00 00:00:00"), NOT_ISO),
    rejects("113a", "a year of two digits", value("event_time", "24-01-10"), NOT_ISO),
    rejects("113b", "month and day without zeros", value("event_time", "2024-1-9"), NOT_ISO),
    rejects("113c", "a date as 20240110", value("event_time", "20240110"), NOT_ISO),
    rejects("113d", "a date as a serial number of Excel", value("event_time", "45301"), NOT_ISO),
    rejects("113e", "an English date", value("event_time", "Wed, 10 Jan 2024 10:00:00 GMT"), NOT_ISO),
    rejects("113f", "12-hour clock", value("event_time", "2024-01-10 02:30:00 PM"), NOT_ISO),
    accepts(
        "114", "24:00, the end of a day", value("event_time", "2024-01-10 24:00:00", check=at("2024-01-11 00:00:00"))
    ),
    rejects("114a", "a leap second, 23:59:60", value("event_time", "2024-01-10 23:59:60"), NOT_ISO),
    rejects("114b", "minute 60", value("event_time", "2024-01-10 10:60:00"), NOT_ISO),
    accepts(
        "115",
        "nine decimals of a second",
        value("event_time", "2024-01-10 10:00:00.123456789", check=at("2024-01-10 10:00:00.123456")),
    ),
    accepts(
        "116", "the offset +14:00", value("event_time", "2024-01-10T10:00:00+14:00", check=at("2024-01-09 20:00:00"))
    ),
    rejects("116a", "the offset +99:00", value("event_time", "2024-01-10T10:00:00+99:00"), NOT_ISO),
    rejects("116b", "a zone by name", value("event_time", "2024-01-10 10:00:00 CET"), NOT_ISO),
)

AMOUNTS: tuple[Case, ...] = (
    rejects(
        "39",
        "a negative purchase where no returns are declared",
        value("amount", -5, NO_RETURNS),
        "amount.*negative|negative.*amount",
    ),
    accepts(
        "39a", "a negative amount where returns are declared", table([("anna", DAY, "return", -5)], check=paid(-5))
    ),
    rejects("40", "NaN as an amount", value("amount", "NaN"), NO_NUMBER),
    rejects("40a", "inf as an amount", value("amount", "inf"), NO_NUMBER),
    rejects("40b", "1e400 as an amount", value("amount", "1e400"), NO_NUMBER),
    rejects(
        "40c", "NaN in a Parquet column", table([("anna", DAY, "purchase", float("nan"))], name="e.parquet"), NO_NUMBER
    ),
    rejects("117", "full-width digits", value("amount", "１２"), NO_NUMBER),
    rejects("117a", "a currency sign", value("amount", "€5.00"), NO_NUMBER),
    rejects("117b", "thousands separators", value("amount", "1,234.50"), NO_NUMBER),
    rejects("117c", "parentheses for a negative", value("amount", "(5.00)"), NO_NUMBER),
    rejects("117d", "a decimal comma", value("amount", "1,5"), NO_NUMBER),
    rejects("117e", "hexadecimal", value("amount", "0x1F"), NO_NUMBER),
    accepts("118", "1e5", value("amount", "1e5", check=paid(100_000))),
    accepts("118a", "spaces around a number", value("amount", " 5 ", check=paid(5))),
    accepts("118b", "no amount", value("amount", "", check=paid(None))),
    rejects("119", "a million million", value("amount", "1000000000000"), NO_NUMBER),
    stops(
        "119a",
        "amounts of one customer that add up beyond what is counted exactly",
        table([("anna", f"2024-01-{n + 10}", "purchase", 999_999_999_999) for n in range(10)]),
        "add up to .*divide amounts",
    ),
    accepts("119b", "more decimals than six", value("amount", "0.1234567", check=paid(Decimal("0.123457")))),
)

CASES: tuple[Case, ...] = (*IDS, *TIMES, *AMOUNTS)
