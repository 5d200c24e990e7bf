"""Every bad input gets what it must, and docs/bad-inputs.md says what that is, in the words that were really seen."""

from __future__ import annotations

import contextlib
import re
import traceback
from pathlib import Path

import bad_columns
import bad_files
import bad_folders
import bad_kept
import bad_kinds
import bad_machines
import bad_people
import bad_settings
import bad_shops
import bad_stores
import bad_values
import pytest
from bad_cases import LONGEST_WORDS, Case, Seen
from bad_table import by_number, compare_or_write

MODULES = (
    bad_files,
    bad_folders,
    bad_columns,
    bad_kept,
    bad_kinds,
    bad_values,
    bad_settings,
    bad_shops,
    bad_people,
    bad_machines,
    bad_stores,
)
CASES: tuple[Case, ...] = tuple(case for module in MODULES for case in module.CASES)
OBSERVED: dict[str, Seen] = {}


@pytest.mark.parametrize("case", CASES, ids=[case.slug for case in CASES])
def test_a_bad_input_gets_what_it_must(case: Case, tmp_path: Path) -> None:
    """The class of outcome and its words; no traceback, nothing of this machine, nothing endless."""
    try:
        with contextlib.chdir(tmp_path):
            seen = case.run(tmp_path).narrowed(case.must, case.says)
    except Exception as fault:  # a fault of the table too: recorded before it fails the test
        OBSERVED[case.number] = Seen({"traceback": traceback.format_exception_only(fault)[0].strip()})
        raise
    OBSERVED[case.number] = seen
    assert case.must in seen.words, f"must get {case.must}, got {seen.words}"
    words = seen.words[case.must]
    assert_words(words, case.says, tmp_path)


def assert_words(words: str, pattern: str, folder: Path) -> None:
    """The words say what they must, in a length that is read, and name no folder of this machine."""
    assert re.search(pattern, words), f"{words!r} does not say {pattern!r}"
    assert len(words) <= LONGEST_WORDS, f"{len(words):,} characters"
    assert str(folder) not in words


def test_every_number_is_there_once() -> None:
    """Up to 65 they are the inputs that were named before the code was written; four of them need a whole run."""
    numbers = [case.number for case in CASES]
    assert len(numbers) == len(set(numbers))
    assert {*range(1, 66)} - {by_number(case)[0] for case in CASES} == {48, 49, 57, 60}


def test_the_table_says_what_was_seen() -> None:
    """docs/bad-inputs.md; EBB_WRITE_DOCS=1 writes it."""
    if len(OBSERVED) < len(CASES):
        pytest.skip("only a part of the cases was run, so that there is no whole table to compare")
    compare_or_write("files", CASES, OBSERVED, "tests/test_bad_inputs.py")
