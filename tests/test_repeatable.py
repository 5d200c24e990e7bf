"""Equal inputs give equal bytes, in another folder, another time zone, and with MLflow out of reach."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from cut import make_checkout
from stages import NAMES

pytestmark = [pytest.mark.pipeline, pytest.mark.slow]

STAGES = [name for name in NAMES if name != "publish"]
FILES = ("risk_list.csv", "risk_list.parquet", "risk_list.xlsx", "manifest.json")


def list_made(folder: Path, zone: str) -> dict[str, bytes]:
    """Bytes of the list that a fresh checkout makes, stage by stage, in a time zone."""
    checkout = make_checkout(folder)
    checkout.set_params(model={"num_rounds": 20}, snapshots={"train": 12})
    checkout.cut_source(datetime(2011, 10, 10, 12))
    for stage in (*STAGES, "publish"):
        checkout.run("python", "-m", f"pipeline.{stage}", TZ=zone, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    return {name: (folder / "data/lists/latest" / name).read_bytes() for name in FILES}


def test_two_checkouts_make_the_same_list(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    assert list_made(here, "UTC") == list_made(there, "Asia/Tokyo")
