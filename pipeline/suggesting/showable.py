"""Columns that the list could show: kinds of things by their names, with few values. Proposed in words, never set.

Whether a column of your data belongs on a list that people read is for you to decide.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.suggesting import words
from pipeline.suggesting.columns import Facts
from pipeline.suggesting.guess import Guess

MOST_VALUES = 500  # a column with more names things or people rather than kinds
MOST_NAMED = 5


def worth_showing(facts: Mapping[str, Facts], guess: Guess, with_query: bool) -> list[str]:
    """Sentences about `events.keep`, none where no column reads like a channel, a place or a category."""
    used = {guess.customer, guess.time, guess.kind, guess.amount, guess.unit_price, guess.quantity}
    kinds = [name for name, fact in facts.items() if name not in used and 1 < fact.distinct <= MOST_VALUES]
    channels = [name for name in kinds if words.words(name) & words.CHANNEL]
    others = [name for name in kinds if words.words(name) & words.KIND and name not in channels]
    named = [*channels, *others][:MOST_NAMED]
    if not named:
        return []
    query = " (pick them in the query, too)" if with_query else ""
    said = [f"The list could show the usual value of {', '.join(named)}: name them here{query}. Never features."]
    if channels:
        said.append(f"And campaign.channel_from: {channels[0]} takes each customer's own channel from it.")
    return said
