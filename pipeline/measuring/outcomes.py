"""Outcomes of the lists whose horizon has closed, and how far the open ones have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.snapshots import day_number
from models.table import Bools, Floats
from pipeline.contacting.past_lists import PastList
from pipeline.listing.previous import rules_now, rules_of
from pipeline.measuring.asked import Answer, Asked, answers, weeks_of
from pipeline.measuring.replayed import Replayed
from pipeline.privacy.expiry import forget_copies
from pipeline.published import dated_folders
from pipeline.settings import Settings
from pipeline.tables import OUTCOMES, read_table, write_table

OUTCOME = pa.schema(
    [
        ("customer_id", pa.string()),
        ("churn_probability", pa.float64()),
        ("risk_band", pa.string()),
        ("left", pa.bool_()),
        ("left_at_first", pa.bool_()),  # as it was when the list was first measured
        ("spend", pa.float64()),  # in the horizon; null where no amounts are known
    ]
)


@dataclass(frozen=True)
class Closed:
    """A list and its outcomes, one row per customer by id, columns OUTCOME."""

    past: PastList
    table: pa.Table

    @property
    def left(self) -> Bools:
        """Whether each customer left."""
        return self.table.column("left").to_numpy().astype(bool)

    @property
    def probability(self) -> Floats:
        """What was said of each customer."""
        return self.table.column("churn_probability").to_numpy()

    @property
    def band(self) -> np.ndarray:
        """The band of each customer, as published."""
        return self.table.column("risk_band").to_numpy(zero_copy_only=False)

    @property
    def revised(self) -> int:
        """Of how many customers later events changed the outcome since it was first read."""
        return int((self.left != self.table.column("left_at_first").to_numpy().astype(bool)).sum())


@dataclass(frozen=True)
class Open:
    """A list whose horizon still runs: its rows by id, the days so far, and who has left so far."""

    past: PastList
    rows: pa.Table
    days: int
    left: Bools


@dataclass(frozen=True)
class Looked:
    """All that one pass over the events brings. `pace`: (past date, whether still silent by week) of past dates."""

    closed: list[Closed]
    open: list[Open]
    pace: list[tuple[Replayed, Bools]]
    unlike: list[str]  # lists that asked another question than params.yaml asks now


def look(lists: Sequence[PastList], as_of: date, replays: Sequence[Replayed], settings: Settings) -> Looked:
    """Read what became of the customers of these lists, and of past dates where a list is still open."""
    now = rules_now(settings).leaving
    alike = [one for one in lists if _same_question(rules_of(one.settings).leaving, now)]
    unlike = [one.name for one in lists if one not in alike]
    known = as_of - timedelta(days=settings.events.lateness_days)
    closed = [one for one in alike if one.closes <= known]
    running = [one for one in alike if one.closes > known and _days(one, known) > 0]
    rows = {one.name: one.rows() for one in (*closed, *running)}
    churn = settings.churn
    asked = [_asked(one, rows[one.name], min(_days(one, known), _horizon(one))) for one in (*closed, *running)]
    # How leavers show over time is learnt from past dates, and asked for by open lists alone.
    paced = list(replays) if running else []
    asked += [Asked(one.ids, one.day, churn.lead_days, tuple(weeks_of(churn.horizon_days))) for one in paced]
    found = answers(asked, settings.feature_spec())
    return Looked(
        [_closed(one, rows[one.name], answer, settings) for one, answer in zip(closed, found, strict=False)],
        [
            Open(one, rows[one.name], _days(one, known), answer.left[:, -1])
            for one, answer in zip(running, found[len(closed) :], strict=False)
        ],
        [(one, answer.left) for one, answer in zip(paced, found[len(closed) + len(running) :], strict=True)],
        unlike,
    )


def _same_question(then: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether leaving meant the same, but for how long the horizon was and how early the list came."""
    free = ("horizon_days", "lead_days", "active_within_days")
    return {name: value for name, value in then.items() if name not in free} == {
        name: value for name, value in now.items() if name not in free
    }


def _horizon(one: PastList) -> int:
    return int(one.settings["churn"]["horizon_days"])


def _days(one: PastList, known: date) -> int:
    """How many days of its horizon are known."""
    return (known - one.as_of).days - int(one.settings["churn"]["lead_days"])


def _asked(one: PastList, rows: pa.Table, days: int) -> Asked:
    ids = rows.column("customer_id").combine_chunks()
    return Asked(ids, day_number(one.as_of), int(one.settings["churn"]["lead_days"]), (days,))


def _closed(one: PastList, rows: pa.Table, answer: Answer, settings: Settings) -> Closed:
    """The outcomes of a list; what was read at the first time stays beside what is known now."""
    left = pa.array(answer.left[:, -1])
    spend = pa.array(answer.spend) if settings.events.money else pa.nulls(len(rows), pa.float64())
    first = _at_first(outcome_file(one), rows.column("customer_id").combine_chunks(), left)
    columns = [rows.column(name) for name in ("customer_id", "churn_probability", "risk_band")]
    return Closed(one, pa.table([*columns, left, first, spend], schema=OUTCOME))


def outcome_file(one: PastList) -> Path:
    """Where the outcomes of a list lie."""
    return OUTCOMES / f"{one.name}.parquet"


def _at_first(path: Path, ids: pa.Array, left: pa.Array) -> pa.Array:
    """The outcome that was read at the first time, by customer; the present one where there is none."""
    if not path.exists():
        return left
    before = read_table(path)
    at = pc.index_in(ids, value_set=before.column("customer_id").combine_chunks())
    return pc.coalesce(before.column("left_at_first").combine_chunks().take(at), left)


def write_outcomes(closed: Sequence[Closed]) -> None:
    """Write a file per closed list. Files of lists that are not measured now stay, those of lists that are gone go."""
    for one in closed:
        write_table([one.table], OUTCOME, outcome_file(one.past))
    lists = {folder.name for _, _, folder in dated_folders()}
    files = sorted(OUTCOMES.glob("*.parquet"))
    gone = [path for path in files if path.stem not in lists]
    if gone:
        forget_copies(gone, kept=set(files) - set(gone))
    for path in gone:
        path.unlink()
