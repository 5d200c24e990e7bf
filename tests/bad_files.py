"""Bad inputs: text files that are not what they seem. A helper of test_bad_inputs.py."""

from __future__ import annotations

import gzip
import io
import zipfile

import openpyxl
from bad_cases import DAY, ENDS, HEADER, accepts, files, only, stops, text, warns
from workspace import BOOKENDS, source_bytes

GOOD = HEADER + "anna,2024-01-10,purchase,1\n" + ENDS
GZ = gzip.compress(GOOD.encode() * 200, mtime=0)
PARQUET = source_bytes("x.parquet", [("anna", DAY, "purchase", 1), *BOOKENDS])
PAGE = "<!DOCTYPE html>\n<html><body>Log in, please</body></html>\n"
GERMAN = GOOD.replace(",", ";").replace(";1\n", ";1,5\n")
ANNA = only("anna")


def zipped() -> bytes:
    """The good file inside a zip archive."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(zipfile.ZipInfo("events.csv"), GOOD)
    return sink.getvalue()


def workbook() -> bytes:
    """The good rows as an Excel workbook."""
    book, sink = openpyxl.Workbook(), io.BytesIO()
    for line in GOOD.splitlines():
        book.active.append(line.split(","))
    book.save(sink)
    return sink.getvalue()


def packed(lines: str) -> bytes:
    """Text as a gz file."""
    return gzip.compress(lines.encode(), mtime=0)


CASES = (
    stops("1", "an empty file", text(""), r"events\.csv is empty.* export it again"),
    stops("1a", "a file of 4,096 NUL bytes", text(b"\x00" * 4096), r"events\.csv"),
    stops("2", "a header and no rows", text(HEADER), r"no rows.*export"),
    warns(
        "2a",
        "a header and no rows, beside a good file",
        files({"a.csv": GOOD, "b.csv": HEADER}, 3),
        "header and no rows",
    ),
    accepts("8", "a UTF-8 byte order mark", text("\ufeff" + GOOD, check=ANNA)),
    stops("9", "UTF-16", text(GOOD.encode("utf-16")), r"events\.csv.*events\.csv\.encoding"),
    accepts(
        "9a",
        "UTF-16, and events.csv.encoding says so",
        text(GOOD.encode("utf-16"), {"events.csv": {"encoding": "utf-16"}}, rows=3, check=ANNA),
    ),
    stops("11", "semicolons and decimal commas", text(GERMAN), r"events\.csv.*events\.csv\.delimiter"),
    accepts(
        "11a",
        "semicolons and decimal commas, and events.csv says so",
        text(GERMAN, {"events.csv": {"delimiter": ";", "decimal": ","}}, check=ANNA),
    ),
    stops("11b", "tabs", text(GOOD.replace(",", "\t")), r"events\.csv.*events\.csv\.delimiter"),
    accepts("14", "lines that end in CRLF", text(GOOD.replace("\n", "\r\n"), check=ANNA)),
    accepts("18", "a gz file", text(packed(GOOD), name="events.csv.gz", check=ANNA)),
    stops("19", "a truncated gz file", text(GZ[: len(GZ) // 2], name="events.csv.gz"), r"\.csv\.gz.*xport it again"),
    stops("20", "a .gz file that is none", text(GOOD, name="events.csv.gz"), r"\.csv\.gz.*xport it again"),
    stops(
        "64",
        "a gz file that unpacks to more rows than events.max_rows",
        text(packed(HEADER + ENDS * 2_000), {"events.max_rows": 1_000}, name="events.csv.gz"),
        r"events\.csv\.gz.*events\.max_rows.*1,000",
    ),
    stops(
        "66", "lines that end in a lone CR, as on an old Mac", text(GOOD.replace("\n", "\r")), r"\.csv.*(CR|arriage)"
    ),
    accepts("67", "mixed CRLF and LF", text(GOOD.replace("purchase,1\nfirst", "purchase,1\r\nfirst"), check=ANNA)),
    accepts("67a", "no line break at the end", text(GOOD.rstrip("\n"), check=ANNA)),
    accepts("67b", "empty lines between rows and at the end", text(GOOD.replace("\n", "\n\n"), check=ANNA)),
    accepts(
        "68",
        "two gz members one after the other, as `cat a.gz b.gz` makes them",
        text(
            packed(GOOD) + packed("bert,2024-01-11,purchase,1\n"), name="e.csv.gz", check=only("anna", "bert"), rows=4
        ),
        "4 events",
    ),
    stops("69", "a zip archive named .csv", text(zipped()), r"events\.csv"),
    stops("69a", "a gz file named .csv", text(GZ), r"events\.csv"),
    stops("69b", "a Parquet file named .csv", text(PARQUET), r"events\.csv"),
    stops("70", "an Excel workbook", text(workbook(), name="events.xlsx"), r"events\.xlsx must end in .*\.csv"),
    stops("70a", "an Excel workbook named .csv", text(workbook()), r"events\.csv"),
    stops(
        "70b", "a folder with an Excel workbook only", files({"e.xlsx": workbook()}, 0), r"no file that ends in.*\.csv"
    ),
    stops("71", "a web page named .csv", text(PAGE), r"events"),
    stops("72", "one line of 200,000 signs", text("{" + "x" * 200_000), r"events"),
)
