"""The loop played: a simulated shop lives by the week, Ebb makes its lists, contacts follow, outcomes are read back."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.table import Floats
from pipeline import (
    backtest,
    calibrate,
    contacts,
    evaluate,
    featurize_current,
    featurize_training,
    ingest,
    kpis,
    measure,
    promote,
    publish,
    score,
    train,
    uplift,
    value,
    watch,
)
from pipeline.folders import sha256
from pipeline.settings import load_settings
from pipeline.simulation.contacts import contacts_of
from pipeline.simulation.kinds import Setting
from pipeline.simulation.ordered import Chosen, true_effect_at_the_top
from pipeline.simulation.project import SHARE, project_settings
from pipeline.simulation.shop import Shop
from pipeline.tables import CURRENT, EVENTS_CLOSED, LISTS, MEASURED, TREATED_TABLE, read_json, read_table, write_json
from pipeline.training_data import matrix
from pipeline.uplifting.columns import feature_names

LEARN = (featurize_training, train, backtest, calibrate, value, evaluate, promote)
EVENTS, LOG = Path("data/raw/events"), Path("data/raw/contacts")


@dataclass(frozen=True)
class Choice:
    """A customer chosen for the first time: the arm, what was said and known, the true effect of being on the list."""

    contacted: bool
    risk: float
    kept: float
    values: NDArray[np.float32]


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
    names: tuple[str, ...] = ()  # of the features that choices hold
    at_the_top: Mapping[str, float] = field(default_factory=dict)  # true effects by order, once all is known


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
    """One Monday: a list from what is known, then the seven days in which it is acted on; what was learnt from."""
    as_of = shop.today
    _prepare(setting, as_of)
    _run(contacts)
    material = f"{read_json(EVENTS_CLOSED / 'slices.json')} {sha256(TREATED_TABLE)}"  # what DVC would look at
    retrained = material != learnt
    _run(*(LEARN if retrained else ()), score, kpis, watch, measure, uplift, publish)
    table = read_table(LISTS / "latest/risk_list.parquet")
    ids = table.column("customer_id").to_pylist()
    truth = shop.truth(as_of, ids)
    _remember(played, table, as_of, truth.kept_assigned)
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
    return material


def _prepare(setting: Setting, as_of: date) -> None:
    """Settings of the day, clean events and today's features."""
    settings = project_settings(setting, str(EVENTS), as_of) | {
        # Who was not reached rests like the others: once within a horizon is what the truth tells of.
        "contacts": {"source": str(LOG), "window_days": setting.horizon_days}
    }
    write_json(settings, Path("params.yaml"))  # JSON is YAML
    _run(ingest, featurize_current)


def _run(*stages: Any) -> None:
    """The stages one after the other, without their screens."""
    with contextlib.redirect_stdout(io.StringIO()):
        for stage in stages:
            stage.main()


def _remember(played: Played, table: pa.Table, as_of: date, kept: Floats) -> None:
    """Who is chosen for the first time, with what was known and the truth of that day."""
    yes = pc.equal(table.column("contact_this_week"), "yes").to_pylist()
    held = pc.fill_null(pc.equal(table.column("why_not"), "holdout"), False).to_pylist()
    names = table.column("customer_id").to_pylist()
    new = [at for at, name in enumerate(names) if (yes[at] or held[at]) and name not in played.first]
    values, played.names = _features([names[at] for at in new])
    risk = table.column("churn_probability").to_numpy()
    for row, at in enumerate(new):
        played.first[names[at]] = (as_of, Choice(yes[at], float(risk[at]), float(kept[at]), values[row]))


def _features(ids: list[str]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The features of today, a row per id."""
    current = read_table(CURRENT)
    names = tuple(name for name in feature_names(load_settings()) if name in current.column_names)
    at = pc.index_in(pa.array(ids, pa.string()), value_set=current.column("customer_id").combine_chunks())
    return matrix(current.take(at), names), names


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
    played.at_the_top = true_effect_at_the_top(_chosen(shop, played), SHARE)
    played.weeks.append(Week(shop.today, 0, {}, 0.0, 0, False, effect, last))


def _chosen(shop: Shop, played: Played) -> Chosen:
    """All first choices with what became of them."""
    names = list(played.first)
    days = [played.first[name][0] for name in names]
    choices = [played.first[name][1] for name in names]
    left = np.array([bool(shop.left(day, [name])[0]) for name, day in zip(names, days, strict=True)], bool)
    return Chosen(
        names,
        days,
        np.array([one.contacted for one in choices], bool),
        left,
        np.array([one.risk for one in choices]),
        np.array([one.kept for one in choices]),
        np.stack([one.values for one in choices]),
        played.names,
    )
