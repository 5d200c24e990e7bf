"""How long reasons take: the champion of this folder's data, its customers varied until there are enough of them.

    python -m tests.bench.bench_reasons --customers 100000              # the champion's own trees
    python -m tests.bench.bench_reasons --customers 100000 --leaves 31  # as for lists of 12,000 customers and more

Amounts and days are varied at random, so that sentences do not repeat more than they would.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pyarrow as pa

from features.build import catalog
from models.members import BASE, learnt_values
from pipeline.champions import champion
from pipeline.chosen import load_chosen
from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.listing.reasons import explain
from pipeline.settings import load_settings
from pipeline.tables import CURRENT, read_table
from pipeline.training_data import booster_params, load_training


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--leaves", type=int, default=None)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    asked = parser.parse_args()
    settings, found = load_settings(), champion()
    if found is None:
        raise SystemExit("there is no champion: run `make repro`")
    model = load_chosen(found.folder, found.folder, "shipped")
    if asked.leaves:
        model = replace(model, members=replace(model.members, booster=bushier(model, settings, asked.leaves)))
    features = catalog(settings.feature_spec())
    table = varied(read_table(CURRENT), {feature.name: feature.unit for feature in features}, asked.customers)
    rows = np.arange(table.num_rows)
    wall, cpu = time.perf_counter(), time.process_time()
    told = explain(table, model, features, Texts(asked.language), rows, settings.money_unit.currency)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    sentences = [text for texts in told.texts.values() for text in texts if text is not None]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{table.num_rows:,} customers, {len(features)} features, {model.blend.name}, leaves {asked.leaves or 'own'}")
    print(f"{len(sentences):,} sentences, {len(set(sentences)):,} different")
    print(f"CPU {cpu:.1f} s, wall {wall:.1f} s, peak memory of the process {peak:.2f} GB")


def bushier(model, settings, leaves: int) -> lgb.Booster:
    """Trees of more leaves, as large as those of a big shop; learnt without the season's offset."""
    table = load_training(settings)
    values = learnt_values(table, model.members.names, model.members.base)
    params = {**booster_params(settings).lightgbm(len(table)), "num_leaves": leaves}
    data = lgb.Dataset(values, label=table.churned, feature_name=[*model.members.names, BASE])
    return lgb.train(params, data, model.members.booster.num_trees())


def varied(table: pa.Table, units: dict[str, str], customers: int) -> pa.Table:
    """So many rows, drawn from the table; amounts differ by up to a fifth, lengths of time of a customer all alike."""
    random = np.random.default_rng(7)
    drawn = table.take(pa.array(random.integers(0, table.num_rows, customers)))
    pace = random.uniform(0.8, 1.2, customers).astype(np.float32)
    for at, name in enumerate(drawn.column_names):
        values = drawn.column(name).to_numpy()
        if units.get(name) == "money":
            drawn = drawn.set_column(at, name, pa.array(values * random.permutation(pace)))
        elif units.get(name) == "days" and not name.startswith("active_days"):
            drawn = drawn.set_column(at, name, pa.array(np.round(values * pace)))
    return drawn


if __name__ == "__main__":
    main()
