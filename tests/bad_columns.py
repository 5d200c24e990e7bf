"""Bad inputs: headers, cells and quotes of CSV. A helper of test_bad_inputs.py."""

from __future__ import annotations

from bad_cases import DAY, ENDS, HEADER, Case, accepts, only, rejects, stops, text
from bad_files import ANNA, GOOD

LONG = "".join(f"c{number},2024-01-{number % 28 + 1:02},purchase,1\n" for number in range(30_000))
ROW = f"anna,{DAY},purchase,1"
TWICE = GOOD.replace(",amount", ",amount,amount").replace(",1\n", ",1,1\n")
TRAILING = GOOD.replace(",1\n", ",1,\n")


def wide(more: int) -> str:
    """A good file with so many columns beside the four."""
    header, *rows = GOOD.split()
    names = ",".join(f"x{number}" for number in range(more))
    return "".join(f"{line}\n" for line in [f"{header},{names}", *(row + ",0" * more for row in rows)])


def with_line(line: str | bytes) -> bytes:
    """A good file with one more line."""
    return GOOD.encode() + (line.encode() if isinstance(line, str) else line) + b"\n"


CASES: tuple[Case, ...] = (
    stops(
        "3",
        "a column that is not there",
        text(GOOD.replace("event_time", "when")),
        "events.columns.event_time.*map it in",
    ),
    stops("6", "a column twice", text(TWICE), r"events\.csv has the column amount twice"),
    stops("6a", "a column twice, but for its case", text(TWICE.replace("amount,", "Amount,")), "column Amount twice"),
    stops(
        "7",
        "a header in another case, with spaces",
        text(GOOD.replace("customer_id", "Customer_ID ")),
        "events.columns.customer_id.*Customer_ID",
    ),
    rejects(
        "10",
        "a Latin-1 byte in a UTF-8 file",
        text(with_line("ren\u00e9,2024-01-10,purchase,1".encode("latin-1"))),
        "not valid text in its encoding",
    ),
    stops(
        "12",
        "a quote that is never closed",
        text(GOOD + f'"{ROW}\n' + ENDS),
        r"events\.csv line 5 opens a quote.*events\.csv\.line_breaks",
    ),
    accepts(
        "13",
        "a quoted comma and doubled quotes",
        text(GOOD + f'"Smith, ""Jo""",{DAY},purchase,"1"\n', check=only("anna", 'Smith, "Jo"')),
        "4 events",
    ),
    rejects("15", "a cell too few", text(with_line(f"bert,{DAY},purchase"), check=ANNA), "fewer cells than the header"),
    rejects(
        "16", "a cell too many", text(with_line(f"bert,{DAY},purchase,1,web"), check=ANNA), "more cells than the header"
    ),
    rejects(
        "17",
        "a wrong type in row 30,001",
        text(HEADER + LONG + f"anna,{DAY},purchase,five\n" + ENDS),
        r"amount is no number.*\(1\)",
    ),
    accepts(
        "79",
        "a header in quotes",
        text(GOOD.replace("customer_id,event_time", '"customer_id","event_time"'), check=ANNA),
    ),
    stops(
        "80",
        "no header: the first row is data",
        text(GOOD.removeprefix(HEADER)),
        "first line .* holds data: put a header above",
    ),
    stops(
        "81",
        "a comma at the end of every line",
        text(TRAILING.replace("amount\n", "amount,\n")),
        r"events\.csv.*column.*name",
    ),
    stops("81a", "a comma at the end of every line but the header", text(TRAILING), "too many|events.csv"),
    rejects("82", "a line of totals at the end", text(with_line("Total,,,2"), check=ANNA), "event_time is missing"),
    rejects(
        "83",
        "a comment in the middle",
        text(with_line("# exported by the shop"), check=ANNA),
        "fewer cells than the header",
    ),
    stops("83a", "a title above the header", text("# exported by the shop\n" + GOOD), "customer_id|events.csv"),
    rejects(
        "84", "the header again in the middle", text(with_line(HEADER.strip()), check=ANNA), "event_time is no ISO"
    ),
    rejects(
        "84a",
        "the same behind a byte order mark",
        text(with_line("\ufeff" + HEADER.strip()), check=ANNA),
        "event_time is no ISO",
    ),
    rejects("85", "a line of commas", text(with_line(",,,"), check=ANNA), "customer_id is missing"),
    accepts("85a", "a line of spaces", text(with_line("   "), check=ANNA)),
    rejects("86", "a tab inside an id", text(with_line(f"an\tna,{DAY},purchase,1"), check=ANNA), "control character"),
    stops(
        "87",
        "rows between two stray quotes",
        text(HEADER + f'"{ROW}\nbert,{DAY},purchase,1\ncleo",{DAY},purchase,1\n' + ENDS),
        r"events\.csv",
    ),
    accepts(
        "88",
        "a line break in a quoted field, and events.csv.line_breaks says so",
        text(
            f'customer_id,event_time,event_type,amount,note\nanna,{DAY},purchase,1,"call\nback"\n'
            + ENDS.replace(",1\n", ",1,\n"),
            {"events.csv": {"line_breaks": True}},
            rows=3,
            check=ANNA,
        ),
    ),
    rejects(
        "89",
        "a quote inside a cell that is not quoted",
        text(with_line(f'be"rt,{DAY},purchase,1\ncl"eo,{DAY},purchase,1'), check=ANNA),
        "quot",
    ),
    accepts("90", "1,500 columns beside the four", text(wide(1_500), check=ANNA)),
    stops(
        "90a",
        "1,500 columns, and not the one that is needed",
        text(wide(1_500).replace("customer_id", "who")),
        "customer_id",
    ),
    stops("90b", "5,000 columns", text(wide(5_000)), r"events\.csv has 5,004 columns.*no table of events"),
    stops("91", "a column with a name of ours", text(GOOD.replace("amount", "_ebb_row")), "_ebb_.*rename it"),
    accepts(
        "92",
        "a column whose name is SQL",
        text(
            GOOD.replace("customer_id", '"id""); DROP TABLE raw; --"'),
            {"events.columns": {"customer_id": 'id"); DROP TABLE raw; --'}},
            check=ANNA,
        ),
    ),
    rejects("93", "a NUL byte in a line", text(with_line(f"be\x00rt,{DAY},purchase,1"), check=ANNA), "(?i)NUL|control"),
)
