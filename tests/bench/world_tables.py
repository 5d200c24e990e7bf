"""Feature tables of the simulated worlds, made by the product's own feature code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.build import build_features, eligible_rows
from features.labels import churned, label_edges
from features.spec import FeatureSpec
from features.timeline import EventChunk
from models.backtest import Material, rolling_backtest
from models.blend import choose
from models.booster import BoosterParams
from models.census import Lapsed, population
from models.chosen import Chosen
from models.members import fit_members
from models.promise import Spread
from models.season import Activity
from models.table import Floats, TrainingTable, Window
from tests.simulators import World

TYPES = ("engagement", "purchase")


def chunk(world: World) -> EventChunk:
    """All events of a world as one chunk."""
    n = len(world.time)
    return EventChunk(
        np.searchsorted(world.customer, np.arange(world.customers + 1)).astype(np.int64),
        np.floor(world.time).astype(np.int32),
        (world.kind == "purchase").astype(np.int16),
        np.zeros(n, np.int64),
        np.zeros(n, bool),
        TYPES,
    )


@dataclass(frozen=True)
class WorldTable:
    """Rows of a world at some snapshots, its lapsed customers (everybody at the census) and its activity by day."""

    table: TrainingTable
    lapsed: Lapsed
    activity: Activity


def world_table(world: World, snapshots: tuple[int, ...], engagement: bool) -> WorldTable:
    """Features and labels at the snapshots, by the same functions as in the pipeline."""
    setting = world.setting
    spec = FeatureSpec(
        activity=("purchase",),
        engagement=("engagement",) if engagement else (),
        active_within_days=setting.active,
    )
    edges = label_edges(0, setting.horizon)
    found = eligible_rows(chunk(world), list(snapshots), spec, 0, edges, census=setting.snapshot)
    columns = build_features(found.rows, spec)
    table = TrainingTable(
        np.asarray(found.rows.customer, np.int64),
        np.asarray(found.rows.snapshot, np.int64),
        churned(found.rows, spec.activity, 0, setting.horizon),
        np.column_stack(list(columns.values())),
        tuple(columns),
        setting.horizon,
    )
    lapsed = Lapsed(**found.lapsed, customers=np.ones_like(found.lapsed["snapshot"]))
    days = setting.days
    activity = Activity(
        0,
        np.bincount(np.asarray(found.active_on, np.int64), minlength=days),
        np.bincount(np.asarray(found.first_on, np.int64), minlength=days),
    )
    return WorldTable(table, lapsed, activity)


def material_of(made: WorldTable, horizon_days: int, params: BoosterParams) -> Material:
    """What fits are made of."""
    return Material(made.table, made.lapsed, made.activity, Window(0, horizon_days), params, 26)


def procedure_at_snapshot(
    train: World, test: World, engagement: bool, params: BoosterParams
) -> tuple[Floats, Floats, str]:
    """Truth and the whole procedure's probability for each eligible customer of another draw, and the blend chosen."""
    setting = train.setting
    material = material_of(world_table(train, setting.slices(), engagement), setting.horizon, params)
    past = rolling_backtest(material)
    blend = choose(past, setting.horizon).blend
    everybody = population(material.table.at(setting.snapshot), material.lapsed, setting.snapshot)
    closed = material.closed_by(setting.snapshot)
    members = fit_members(closed, everybody, setting.snapshot, material.activity, material.window, params)
    rows = world_table(test, (setting.snapshot,), engagement).table
    probability = Chosen(members, blend, Spread(0.0, 0.0)).probability(rows)
    return test.truth[rows.customer], probability, blend.name
