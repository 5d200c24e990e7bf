"""Whether this process runs inside `dvc exp run`: experiments never promote and never publish."""

from __future__ import annotations

import os

MARK = "DVC_EXP_BASELINE_REV"  # DVC sets it for the commands of an experiment


def in_experiment() -> bool:
    """True inside an experiment."""
    return bool(os.environ.get(MARK))
