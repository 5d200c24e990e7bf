"""Hive's way of laying out a table: year=2024/month=05/part-0.parquet, where folders hold columns. Parquet only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import EventError

NULL = "__HIVE_DEFAULT_PARTITION__"  # what Hive, Spark and Arrow write for a value that is missing


def partition_columns(path: Path, root: Path | None) -> dict[str, str | None]:
    """The columns that the folders between a source's folder and a file name, outermost first; null where Hive's is.

    Values are text, as an id in a text file is: 05 stays 05, and no value elsewhere can change what this one means. Of
    what is escaped as %3A the sign comes. Raises EventError if two folders name one column.
    """
    if root is None or not path.is_relative_to(root):
        return {}
    found: dict[str, str | None] = {}
    for part in path.relative_to(root).parts[:-1]:
        name, equals, value = part.partition("=")
        if not (equals and name):
            continue
        name = unquote(name)
        if name.lower() in {other.lower() for other in found}:
            raise EventError(f"{path} has two folders that name the column {name}: keep one of them.")
        found[name] = None if value == NULL else unquote(value)
    return found


def refuse_clash(path: Path, names: Sequence[str], folders: Sequence[str]) -> None:
    """Raise EventError if a folder names a column that the file has too: which value holds cannot be known."""
    inside = {name.lower() for name in names}
    twice = next((name for name in folders if name.lower() in inside), None)
    if twice is not None:
        raise EventError(
            f"{path} has the column {twice}, which its folder {twice}=... names too: write the files without it, or "
            "rename the folders."
        )
