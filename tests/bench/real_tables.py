"""Training tables of the development data sets, made by the product's own stages: ingest, then featurize_training.

Settings, origins and reference figures are those of `bench_reference.json` beside the data.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from features.snapshots import day_number
from models.census import Lapsed
from models.season import Activity
from models.spend import Spend
from models.table import TrainingTable
from pipeline import featurize_training
from pipeline import ingest as ingest_stage
from pipeline.settings import load_settings
from pipeline.training_data import load_activity, load_lapsed, load_spend, load_training

ROOT = Path(__file__).resolve().parents[2]
DEMO = "online_retail_ii"


@dataclass(frozen=True)
class RealTable:
    """A data set as arrays, with the origins at which everybody is compared, and what others reached there."""

    name: str
    table: TrainingTable
    lapsed: Lapsed
    activity: Activity
    origins: tuple[int, ...]
    horizon_days: int
    reference: list[dict[str, Any]]
    spend: Spend | None


def _demo_query() -> str:
    return str(YAML(typ="safe").load((ROOT / "params.yaml").read_text(encoding="utf-8"))["events"]["query"])


def _events(name: str, folder: Path) -> dict[str, Any]:
    """The section `events` of each data set."""
    purchase = {"roles": {"activity": ["purchase"]}, "money": []}
    day = {"customer_id": "customer_id", "event_time": "date"}
    return {
        DEMO: {
            "source": str(ROOT / "data/raw/online_retail_ii.parquet"),
            "query": _demo_query(),
            "collapse": "Invoice",
            "timezone": "Europe/London",
            "max_rejected_share": 0.25,
            "roles": {"activity": ["purchase"], "friction": ["return"]},
            "money": ["purchase", "return"],
        },
        "grocery_btyd": {
            "source": str(folder / "grocery_btyd.csv"),
            "columns": day,
            "constants": {"event_type": "purchase"},
            **purchase,
        },
        "complete_journey": {
            "source": str(folder / "complete_journey_events.parquet"),
            "roles": {"activity": ["purchase"], "engagement": ["campaign_received", "coupon_redeem"]},
            "money": ["purchase"],
        },
        "cdnow": {
            "source": str(folder / "cdnow.csv.gz"),
            "columns": day,
            "constants": {"event_type": "purchase"},
            "roles": {"activity": ["purchase"]},
            "money": ["purchase"],
        },
    }[name]


def settings_of(name: str, datasets: Path) -> dict[str, Any]:
    """The settings of a data set, as params.yaml would hold them."""
    reference = json.loads((datasets / "bench_reference.json").read_text(encoding="utf-8"))[name]
    return {
        "events": _events(name, datasets),
        "churn": {key: reference[key] for key in ("horizon_days", "active_within_days")},
        "snapshots": {"every_days": reference["every_days"], "train": 520, "min_history_days": 0},
    }


def real_table(name: str, datasets: Path, folder: Path) -> RealTable:
    """Build one data set's table in `folder`, which may be kept: what is there already is read, not made again."""
    reference = json.loads((datasets / "bench_reference.json").read_text(encoding="utf-8"))[name]
    first = day_number(date.fromisoformat(reference["first_slice"]))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(json.dumps(settings_of(name, datasets)), encoding="utf-8")
    with contextlib.chdir(folder):
        if not (folder / "data/features/training_value.parquet").exists():
            ingest_stage.main()
            featurize_training.main()
        loaded = load_settings()
        whole, lapsed, activity = load_training(loaded), load_lapsed(), load_activity()
        spend = load_spend(loaded, len(whole))
    origins = tuple(day_number(date.fromisoformat(item["origin"])) for item in reference["origins"])
    kept = whole.snapshot >= first
    return RealTable(
        name,
        whole.take(kept),
        lapsed,
        activity,
        origins,
        reference["horizon_days"],
        reference["origins"],
        spend.take(kept) if spend else None,
    )


def datasets_folder() -> Path | None:
    """The folder that EBB_DATASETS names; None where it is not set."""
    named = os.environ.get("EBB_DATASETS")
    return Path(named).resolve() if named else None
