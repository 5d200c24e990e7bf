"""The loop played: a simulated shop lives by the week, Ebb makes its lists, contacts follow, outcomes are read back."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.table import Floats
from pipeline import (
    backtest,
    calibrate,
    contacts,
    evaluate,
    featurize_current,
    featurize_training,
    ingest,
    measure,
    promote,
    publish,
    score,
    train,
    value,
)
from pipeline.simulation.contacts import contacts_of
from pipeline.simulation.kinds import Setting
from pipeline.simulation.project import project_settings
from pipeline.simulation.shop import Shop
from pipeline.tables import EVENTS_CLOSED, LISTS, MEASURED, read_json, read_table, write_json

LEARN = (featurize_training, train, backtest, calibrate, value, evaluate, promote)
EVENTS, LOG = Path("data/raw/events"), Path("data/raw/contacts")


@dataclass(frozen=True)
class Choice:
    """A customer chosen for the first time: the arm, and the true chances of leaving alone and as assigned."""

    contacted: bool
    alone: float
    kept: float


@dataclass(frozen=True)
class Week:
    """One list: what it promised, and what was read back on its day of the lists before."""

    as_of: date
    customers: int
    promise: dict[str, Any]
    truth: float  # leavers to be expected of the list by the truth, if nobody is contacted
    asked: int
    retrained: bool
    effect: dict[str, Any] | None
    true_effect: float | None  # of the customers whom `effect` counts as contacted


@dataclass
class Played:
    """All weeks, the first choice of every customer, and at the end what became of each list."""

    weeks: list[Week] = field(default_factory=list)
    first: dict[str, tuple[date, Choice]] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)


def play(folder: Path, setting: Setting) -> Iterator[Played]:
    """Play all weeks of a setting in a folder of its own, which is made anew; the same record after every week.

    After the last list the shop lives on for a horizon, so that every list closes.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    with contextlib.chdir(folder):
        shop = Shop(setting, EVENTS, LOG)
        shop.history_until(shop.first_list)
        Path("data/forgotten.csv").parent.mkdir(parents=True, exist_ok=True)
        played, learnt = Played(), ""
    for _ in range(setting.weeks):
        with contextlib.chdir(folder):
            learnt = _week(shop, setting, played, learnt)
        yield played
    with contextlib.chdir(folder):
        for _ in range(-(-setting.horizon_days // 7)):
            shop.run_week(shop.today)
        _settle(shop, setting, played)
    yield played


def _week(shop: Shop, setting: Setting, played: Played, learnt: str) -> str:
    """One Monday: a list from what is known, then the seven days in which it is acted on; the slices learnt from."""
    as_of = shop.today
    slices = _prepare(setting, as_of)
    retrained = slices != learnt
    _run(contacts, *(LEARN if retrained else ()), score, measure, publish)
    table = read_table(LISTS / "latest/risk_list.parquet")
    ids = table.column("customer_id").to_pylist()
    truth = shop.truth(as_of, ids)
    _remember(played, table, as_of, truth.leaves_alone, truth.kept_assigned)
    effect = read_json(MEASURED)["effect"]
    played.weeks.append(
        Week(
            as_of,
            len(ids),
            read_json(LISTS / "latest/briefing.json")["promise"]["all"],
            float(truth.leaves_alone.sum()),
            table.column("contact_this_week").to_pylist().count("yes"),
            retrained,
            effect,
            _true_effect(played, effect, as_of, setting.horizon_days),
        )
    )
    shop.run_week(as_of, contacts_of(table, as_of))
    return slices


def _prepare(setting: Setting, as_of: date) -> str:
    """Settings of the day, clean events and today's features; which labelled slices there are."""
    settings = project_settings(setting, str(EVENTS), as_of) | {"contacts": {"source": str(LOG)}}
    write_json(settings, Path("params.yaml"))  # JSON is YAML
    _run(ingest, featurize_current)
    return str(read_json(EVENTS_CLOSED / "slices.json")["slices"])


def _run(*stages: Any) -> None:
    """The stages one after the other, without their screens."""
    with contextlib.redirect_stdout(io.StringIO()):
        for stage in stages:
            stage.main()


def _remember(played: Played, table: pa.Table, as_of: date, alone: Floats, kept: Floats) -> None:
    """Who is chosen for the first time, with the truth of that day."""
    yes = pc.equal(table.column("contact_this_week"), "yes").to_pylist()
    held = pc.fill_null(pc.equal(table.column("why_not"), "holdout"), False).to_pylist()
    for at, name in enumerate(table.column("customer_id").to_pylist()):
        if (yes[at] or held[at]) and name not in played.first:
            played.first[name] = (as_of, Choice(yes[at], float(alone[at]), float(kept[at])))


def _true_effect(played: Played, effect: dict[str, Any] | None, as_of: date, horizon_days: int) -> float | None:
    """The mean true effect on those whom the reading of a day counts as contacted: first choices that have closed."""
    if effect is None:
        return None
    closed = [one.kept for day, one in played.first.values() if one.contacted and (as_of - day).days >= horizon_days]
    return float(np.mean(closed)) if closed else None


def _settle(shop: Shop, setting: Setting, played: Played) -> None:
    """Once every list has closed: the receipt of each, and the last reading of the effect."""
    _prepare(setting, shop.today)
    _run(contacts, measure)
    measured = read_json(MEASURED)
    played.receipts = {item["list"]: item for item in measured["receipts"] if item["kind"] == "list"}
    effect = measured["effect"]
    last = _true_effect(played, effect, shop.today, setting.horizon_days)
    played.weeks.append(Week(shop.today, 0, {}, 0.0, 0, False, effect, last))
