"""How a missing value reads after an export through text."""

from __future__ import annotations

from pipeline.engine import literal

NOTHING = ("", "nan", "null", "none", "na", "n/a")


def is_nothing(text: str) -> str:
    """SQL that asks whether a text, itself given as SQL, is null or stands for nothing."""
    words = ", ".join(literal(word) for word in NOTHING)
    return f"({text} IS NULL OR lower(trim({text})) IN ({words}))"
