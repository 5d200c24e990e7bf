"""Stage: a forecast of what customers who stay will spend, and whether its amounts may be shown."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.labels import spend_types
from features.snapshots import as_date
from models.backtest import Material
from models.calibration import sigmoid
from models.spend import Spend
from models.table import Floats
from models.value_backtest import fit_at, rolling_values, value_procedure
from models.value_judge import RIVALS, judge_value
from pipeline.errors import ArtifactError, run_stage
from pipeline.folders import write_manifest
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary, progress
from pipeline.tables import BACKTEST, CALIBRATION, REPORTS, VALUE, read_table, write_json
from pipeline.training_data import days, load_material, load_spend
from pipeline.valued import Valued, write_valued

NO_AMOUNTS, TOO_FEW = "no_amounts", "too_few"
SENTENCES = {
    NO_AMOUNTS: "Amounts are withheld: there are none. Name types with amounts in events.money; frequency stands in.",
    TOO_FEW: "Amounts are withheld: too few past dates or paying customers to test on. Frequency stands in.",
    "not_better_than_last_period": "Amounts are withheld: what was spent last period forecasts as well.",
    "not_better_than_bgnbd_gamma_gamma": "Amounts are withheld: BG/NBD with gamma-gamma forecasts as well.",
    "total_off": "Amounts are withheld: their sum was off at the newest past date by more than can be explained.",
}


def main() -> None:
    """Write data/value (the forecast and its verdict) and data/reports/value.json."""
    summary = StageSummary("value")
    settings = load_settings()
    material = load_material(settings)
    spend = load_spend(settings, len(material.table))
    if spend is None or not (spend.within > 0).any():
        found, figures = Valued(NO_AMOUNTS), {"origins": 0, "judged_origins": 0}
    else:
        found, figures = _forecast(material, spend)
    about = {"label": spend_label(settings), "test_snapshot": str(as_date(material.table.slices()[-1]))}
    write_valued(VALUE, found, about)
    write_manifest(VALUE, about)
    write_json({"known": found.known, "why_not_known": found.why_not_known, **figures}, REPORTS / "value.json")
    _say(summary, found, figures)


def spend_label(settings: Settings) -> dict[str, Any]:
    """What is forecast: spend on these types in the label's window."""
    churn = settings.churn
    types = list(spend_types(settings.feature_spec()))
    return {"types": types, "lead_days": churn.lead_days, "horizon_days": churn.horizon_days}


def _forecast(material: Material, spend: Spend) -> tuple[Valued, dict[str, Any]]:
    """Judge the procedure at past origins, then fit what is shipped on every closed label, shaped by every outcome."""
    table = material.table
    past = rolling_values(
        material, spend, _probabilities(material), watch=lambda d: progress(d, "origins refitted", len(d))
    )
    forecast = value_procedure(past, table.label_days)
    judged = judge_value(past, forecast, table.label_days, {day: str(as_date(day)) for day in table.slices()})
    today = table.slices()[-1] + table.label_days
    try:
        model, _ = fit_at(material, spend, today)
    except ValueError:  # nobody stayed and spent: `too_few` by then, since no origin could be fitted either
        return Valued(TOO_FEW), judged.figures
    return Valued(judged.why_not_known, model, past.shape_for(today, table.label_days), judged.total), judged.figures


def _probabilities(material: Material) -> dict[int, Floats]:
    """What the procedure said of leaving at each past origin, in the order of the training table."""
    said = read_table(CALIBRATION / "procedure.parquet")
    origin, odds = days(said, "origin"), said.column("odds").to_numpy()
    customer = read_table(BACKTEST / "predictions.parquet", ["customer"]).column("customer").to_numpy()
    found = {}
    for day in np.unique(origin):
        here = origin == day
        if not np.array_equal(customer[here], material.table.at(int(day)).customer):
            raise ArtifactError(
                f"{CALIBRATION} and the training table have other customers at {as_date(int(day))}: run `make repro`."
            )
        found[int(day)] = sigmoid(odds[here])
    return found


def _say(summary: StageSummary, found: Valued, figures: dict[str, Any]) -> None:
    summary.line("past dates", f"{figures['origins']}, judged on the newest {figures['judged_origins']}")
    for name in RIVALS:
        if name in figures:
            item = figures[name]["differences"]["loss"]
            shown = f"{100 * item['value']:+.1f}% ({100 * item['low']:+.1f} to {100 * item['high']:+.1f})"
            summary.line(f"loss beside {name}", shown)
    if found.model:
        summary.line("trees, level", f"strength {found.shape.strength:g}, {found.shape.level:.3f}")
    if found.known and found.total:
        low, high = found.total.interval()
        summary.line("sum of spend", f"between {100 * low:.0f}% and {100 * high:.0f}% of its forecast")
    if found.why_not_known:
        summary.warn(SENTENCES[found.why_not_known])
    summary.line("table", REPORTS / "value.json")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
