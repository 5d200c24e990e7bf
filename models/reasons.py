"""What moves a customer's risk: exact SHAP values added up by topic, so that correlated windows do not repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.table import Bools, Floats, Ints

NONE = -1


@dataclass(frozen=True)
class Strongest:
    """One row per customer. Columns are indices of features, and of `topics`; -1 for none.

    `raises` has as many columns as were asked for, the most telling first; `lowers` holds the strongest alone. `totals`
    are log odds, a column per topic; each row adds up to the sum of the contributions.
    """

    topics: tuple[str, ...]
    totals: Floats
    raises: Ints
    raises_topic: Ints
    lowers: Ints
    lowers_topic: Ints


def strongest(
    contributions: Floats,
    names: Sequence[str],
    topics: Sequence[str],
    most: int = 3,
    fits: tuple[Floats, Floats] | None = None,
) -> Strongest:
    """The topics that raise each customer's risk most and the one that lowers it most, and the feature of each.

    `contributions` has a column per feature, in log odds; `names` and `topics` name the feature and what it is about.
    A topic counts with the sum of its features, and is no reason for the direction in which it does not push. The
    feature that stands for it is the one that pushes most that way, its push times how well its sentence `fits` (one
    array for raising, one for lowering, None: all alike). A topic of which no sentence fits (0) is passed over: its
    reason could not be told. Of those that raise the risk most, the one comes first whose push, as far as its sentence
    fits, is largest: a reason in which nobody reads anything ("First purchase 731 days ago") does not lead, unless it
    pushes far more than the others. Equal ones go by name, so that the order of the columns does not matter.
    """
    order = np.array(sorted(range(len(names)), key=lambda at: (topics[at], names[at])), np.int64)
    kinds = sorted(set(topics))
    begin = np.searchsorted([topics[at] for at in order], kinds)
    push = contributions[:, order]
    totals = np.add.reduceat(push, begin, axis=1) if kinds else np.zeros((len(push), 0))
    weights = (None, None) if fits is None else (fits[0][:, order], fits[1][:, order])
    up, told_up = _speakers(push, begin, weights[0])
    down, told_down = _speakers(-push, begin, weights[1])
    raises_topic = _largest(np.where(told_up, totals, 0.0), most)
    if weights[0] is not None:
        raises_topic = _telling_first(raises_topic, totals * np.take_along_axis(weights[0], up, axis=1))
    lowers_topic = _largest(np.where(told_down, -totals, 0.0), 1)
    return Strongest(
        tuple(kinds),
        totals,
        _at(order, up, raises_topic),
        raises_topic,
        _at(order, down, lowers_topic)[:, 0],
        lowers_topic[:, 0],
    )


def _speakers(push: Floats, begin: Ints, weight: Floats | None) -> tuple[Ints, Bools]:
    """Per row and topic, the column whose push, as far as it fits, is largest, and whether there is one."""
    score = np.where(push > 0, push if weight is None else push * weight, 0.0)
    speakers = np.zeros((len(push), len(begin)), np.int64)
    told = np.zeros(speakers.shape, bool)
    for topic, (first, end) in enumerate(zip(begin, [*begin[1:], push.shape[1]], strict=True)):
        part = score[:, first:end]
        speakers[:, topic] = first + np.argmax(part, axis=1)
        told[:, topic] = part.max(axis=1) > 0
    return speakers, told


def _largest(totals: Floats, most: int) -> Ints:
    """Indices of the `most` largest totals above 0, largest first, -1 where there are no more."""
    order = np.argsort(-totals, axis=1, kind="stable")[:, :most]
    found = np.where(np.take_along_axis(totals, order, axis=1) > 0, order, NONE)
    return np.pad(found, ((0, 0), (0, most - found.shape[1])), constant_values=NONE).astype(np.int64)


def _telling_first(chosen: Ints, telling: Floats) -> Ints:
    """The same topics, row by row, the largest of `telling` (a column per topic) first, -1 last."""
    value = np.where(chosen >= 0, np.take_along_axis(telling, np.maximum(chosen, 0), axis=1), -np.inf)
    return np.take_along_axis(chosen, np.argsort(-value, axis=1, kind="stable"), axis=1)


def _at(order: Ints, speakers: Ints, topic: Ints) -> Ints:
    """The features that speak for these topics, as indices of the columns as they came."""
    return np.where(topic >= 0, order[np.take_along_axis(speakers, np.maximum(topic, 0), axis=1)], NONE)
