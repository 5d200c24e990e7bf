"""The answer to the fifth question once lists with contacts have come due."""

from __future__ import annotations

from typing import Any

from pipeline.pages.telling import Telling


def measured(told: dict[str, Any], telling: Telling) -> str:
    """One sentence: contacting keeps customers, drives them away, or it cannot be told yet, with the figures."""
    if told["kind"] == "split_broken":
        return telling.say(
            "five-achieved-split_broken",
            observed=telling.count(told["observed"]),
            chosen=telling.count(told["chosen"]),
            expected=telling.about(told["expected"]),
        )
    more, weeks = told["kept_more"], told["weeks"]
    key = f"five-achieved-{told['kind']}"
    if told["kind"] == "unclear" and weeks is None:
        key = "five-achieved-unclear-never"
    return telling.say(
        key,
        contacted=telling.count(told["contacted"]),
        held=telling.count(told["held_back"]),
        left_contacted=telling.percent(told["leaving_contacted"]),
        left_held=telling.percent(told["leaving_held_back"]),
        points=telling.points(abs(more["value"])),
        low=telling.signed(more["low"]),
        high=telling.signed(more["high"]),
        saved=telling.about(abs(more["value"]) * told["contacted"]),
        since=telling.day(told["since"]),
        weeks=weeks or 0,
    )
