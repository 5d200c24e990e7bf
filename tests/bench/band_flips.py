"""How many customers change their band from one week to the next under a frozen model, with and without hysteresis.

    EBB_DATASETS=<folder of the data sets> python -m tests.bench.band_flips

The demo, model as of 2011-08-22 on everything closed then, thirteen weekly lists. A flip is a customer on both lists
whose band differs, as a share of the customers on both. With hysteresis as the list has it a band is entered at its
edge, and left only below it by the margin (risk.leave_by).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from features.build import catalog
from models.backtest import Material, rolling_backtest
from models.bands import steady
from models.blend import choose
from models.census import population
from models.chosen import Chosen
from models.members import fit_members
from models.promise import Spread
from models.table import Window, unlabelled
from pipeline.matrix import Matrix
from pipeline.settings import parse_settings
from pipeline.training_data import days, matrix
from tests.bench.bench_quality import PARAMS
from tests.bench.real_tables import DEMO, datasets_folder, real_table, settings_of

WEEKS, MARGINS, CUTS = 13, (0.0, 0.05, 0.1), (0.4, 0.7)


def main() -> None:
    """Print the shares of flips for each margin; none is the raw band."""
    datasets = datasets_folder()
    if datasets is None:
        raise SystemExit("EBB_DATASETS names no folder: set it to where the development data lies")
    with tempfile.TemporaryDirectory() as scratch:
        real = real_table(DEMO, datasets, Path(scratch))
        settings = parse_settings(settings_of(DEMO, datasets))
        origin = real.origins[-1]
        material = Material(real.table, real.lapsed, real.activity, Window(0, real.horizon_days), PARAMS, 26)
        closed, everybody = material.closed_by(origin), population(real.table.at(origin), real.lapsed, origin)
        members = fit_members(closed, everybody, origin, real.activity, material.window, PARAMS)
        past = rolling_backtest(material, [day for day in real.table.origins() if day + 91 <= origin])
        model = Chosen(members, choose(past, real.horizon_days).blend, Spread(0.0, 0.0))
        spec = settings.feature_spec()
        files = sorted(Path(scratch).glob("data/events/*/events-*.parquet"))
        weekly = Matrix(files, settings.engine, spec, [origin + 7 * week for week in range(WEEKS)], real.activity.start)
        tables = list(weekly.tables())
    names = tuple(feature.name for feature in catalog(spec))
    chunks = [
        (table.column("customer_id").to_pylist(), days(table, "snapshot"), matrix(table, names)) for table in tables
    ]
    ids = np.concatenate([np.array(chunk[0]) for chunk in chunks])
    snapshot = np.concatenate([chunk[1] for chunk in chunks])
    probability = model.probability(unlabelled(np.concatenate([chunk[2] for chunk in chunks]), names, snapshot))
    for margin in MARGINS:
        shares = flips(ids, snapshot, probability, margin)
        print(f"weekly flips over {len(shares)} weeks, left {margin} below the edge: {np.mean(shares):.1%}")


def flips(ids: np.ndarray, snapshot: np.ndarray, probability: np.ndarray, margin: float) -> list[float]:
    """For each week but the first, the share of customers on both lists whose band differs."""
    before: dict[str, str] = {}
    shares: list[float] = []
    for day in np.unique(snapshot):
        here = snapshot == day
        names = ids[here].tolist()
        now = steady(probability[here], np.array([before.get(name) for name in names], object), *CUTS, margin)
        moved = [before[name] != band for name, band in zip(names, now.tolist(), strict=True) if name in before]
        if moved:
            shares.append(float(np.mean(moved)))
        before = dict(zip(names, now.tolist(), strict=True))
    return shares


if __name__ == "__main__":
    main()
