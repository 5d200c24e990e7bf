"""docs/bad-inputs.md: a section per test module, made from what its cases really got. A helper."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bad_cases import Case, Seen

PAGE = Path(__file__).resolve().parent.parent / "docs/bad-inputs.md"


def rows(cases: Sequence[Case], observed: Mapping[str, Seen]) -> str:
    """One row per case, by number."""
    head = "| # | input | must get | got |\n|---|---|---|---|\n"
    lines = [
        f"| {case.number} | {case.what} | {case.must} | {observed[case.number].shown(case.must)} |\n"
        for case in sorted(cases, key=by_number)
    ]
    return head + "".join(lines)


def by_number(case: Case) -> tuple[int, str]:
    """Numbers as numbers, their letters after them."""
    digits, letter = re.fullmatch(r"(\d+)([a-z]*)", case.number).groups()  # type: ignore[union-attr]
    return int(digits), letter


def compare_or_write(section: str, cases: Sequence[Case], observed: Mapping[str, Seen], module: str) -> None:
    """Hold a section of the page against what was seen; with EBB_WRITE_DOCS=1 write it there instead."""
    begin, end = f"<!-- {section}: written by {module} -->\n", f"<!-- end of {section} -->\n"
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(begin)
    old, after = rest.split(end)
    new = rows(cases, observed)
    if os.environ.get("EBB_WRITE_DOCS") == "1":
        PAGE.write_text(before + begin + new + end + after, encoding="utf-8")
        return
    different = [line for line in new.splitlines() if line not in old.splitlines()]
    assert old == new, (
        f"docs/bad-inputs.md differs from what was seen: EBB_WRITE_DOCS=1 python -m pytest -n 0 {module} writes it. "
        f"First of {len(different)}: {different[:1]}"
    )
