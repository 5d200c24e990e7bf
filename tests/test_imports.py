"""What a stage imports before it works: seconds at every start, so only what all of its runs need."""

from __future__ import annotations

import subprocess
import sys

import pytest
from stages import NAMES
from workspace import REPOSITORY

HEAVY = ("mlflow", "pandas", "matplotlib", "sklearn", "scipy.stats", "dvc", "ibis", "pyspark")
READS_SQL = ("ingest", "featurize_training", "featurize_current", "check")


@pytest.mark.parametrize("stage", [*NAMES, "check", "where"])
def test_a_stage_starts_without_what_few_runs_need(stage: str) -> None:
    """MLflow is imported where a run is recorded, scikit-learn where the baseline is fitted, each at its first use."""
    forbidden = HEAVY if stage in READS_SQL else (*HEAVY, "duckdb")
    code = f"import sys, pipeline.{stage}; print(*[name for name in {forbidden} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("before", ["", "import pandas, sklearn; "])
def test_lightgbm_alone_hides_nothing_from_others(before: str) -> None:
    """Whoever wants pandas and scikit-learn has them, before and after; and LightGBM is the one that everybody gets."""
    code = (
        f"{before}from models.lightgbm_alone import lgb; import lightgbm, pandas, sklearn.linear_model; "
        "assert lightgbm is lgb and pandas.DataFrame and sklearn.linear_model.LogisticRegression"
    )
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)
