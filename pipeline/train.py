"""Stage: fit every member twice, once to be judged and once to be used."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from features.snapshots import as_date
from models.backtest import Material
from models.booster import booster_text
from models.members import Members, fit_members
from models.table import TrainingTable
from pipeline.errors import SplitError, run_stage
from pipeline.folders import write_manifest
from pipeline.refuse_twins import refuse_twins
from pipeline.sample import sample_of
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import MODEL, TRAINING, write_json, write_text
from pipeline.training_data import label_spec, load_material, training_sample

LIBRARIES = ("lightgbm", "numpy", "scipy")


def main() -> None:
    """Write data/model: `judged` never saw a label that reaches past the test snapshot, `shipped` saw all."""
    summary = StageSummary("train")
    settings = load_settings()
    material = load_material(settings)
    table = material.table
    test_snapshot = table.slices()[-1]
    origins = {"judged": test_snapshot, "shipped": test_snapshot + table.label_days}
    try:
        fitted = {name: _fit(material, origin) for name, origin in origins.items()}
    except ValueError as error:
        raise SplitError(f"{error}.") from None
    found = refuse_twins(settings, table.at(test_snapshot), fitted["judged"])
    for name, members in fitted.items():
        write_text(booster_text(members.booster), MODEL / f"{name}.txt")
        write_json(members.to_json(), MODEL / f"{name}_members.json")
    judged = material.closed_by(test_snapshot)
    write_manifest(MODEL, _about(settings, table, judged, fitted["shipped"]))
    summary.line("rows", len(table))
    of_rows, touched = training_sample(TRAINING, settings).treated()
    if touched:
        summary.line("labels that contacts may have changed, left out", f"{touched:,} of {of_rows:,}")
    if table.share < 1:
        of = f"{sample_of(TRAINING, settings.model.max_rows).of_rows:,} rows are more than model.max_rows"
        summary.line("customers", f"{table.share:.1%} of all, drawn by id: {of} ({settings.model.max_rows:,})")
    summary.line("features", len(fitted["shipped"].names))
    for name, members in fitted.items():
        slices = len(material.closed_by(origins[name]).slices())
        summary.line(f"{name} model", f"{slices} slices, as of {as_date(origins[name])}, {season_of(members)}")
    summary.line("best feature alone", found)
    summary.show()


def _fit(material: Material, origin: int) -> Members:
    closed = material.closed_by(origin)
    return fit_members(closed, material.everybody(origin), origin, material.activity, material.window, material.params)


def season_of(members: Members) -> str:
    """Whether the season is in the model, in words."""
    strength = members.base.season.strength
    return f"season of the last years at strength {strength:g}" if strength else "no season supported"


def _about(settings: Settings, table: TrainingTable, judged: TrainingTable, shipped: Members) -> dict[str, object]:
    test_snapshot = table.slices()[-1]
    return {
        "features": list(shipped.names),
        "params": settings.model.model_dump(),
        "leaves": settings.model.num_leaves or booster_leaves(shipped),
        "season_strength": shipped.base.season.strength,
        "label": label_spec(settings),
        "test_snapshot": str(as_date(test_snapshot)),
        "judged_slices": [str(as_date(day)) for day in judged.slices()],
        "judged_label_end": str(as_date(judged.slices()[-1] + table.label_days)),
        "shipped_slices": [str(as_date(day)) for day in table.slices()],
        "shipped_label_end": str(as_date(test_snapshot + table.label_days)),
        "rows": len(table),
        "share_of_customers": table.share,
        "customers": len(np.unique(table.customer)),
        "churned_share": round(float(table.churned.mean()), 6),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def booster_leaves(members: Members) -> int:
    """Leaves of the trees as they were grown for this many customers."""
    return int(members.booster.params["num_leaves"])


if __name__ == "__main__":
    run_stage(main)
