"""The stage `uplift` on simulated programmes whose true effect is known: features made from the events themselves."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from programme_project import bring_programme

from pipeline import uplift
from pipeline.simulation.kinds import Setting
from pipeline.simulation.programme import Chosen

pytestmark = pytest.mark.slow
SETTING = Setting(seed=11, customers=4000, weeks=26)
ENOUGH = {"min_contact": 500, "min_holdout": 150, "min_leavers": 50}


def judged(folder: Path, setting: Setting) -> tuple[dict[str, Any], Chosen]:
    """What the stage says of a programme, and the programme's first choices with the truth."""
    chosen = bring_programme(folder, setting, ENOUGH)
    with contextlib.chdir(folder):
        uplift.main()
    found: dict[str, Any] = json.loads((folder / "data/uplift/judged.json").read_text(encoding="utf-8"))
    return found, chosen.first_only()


def near(estimate: dict[str, float], truth: float) -> bool:
    """Within three standard errors: a sound estimate is farther off once in four hundred."""
    return abs(estimate["value"] - truth) < 3 * (estimate["high"] - estimate["low"]) / (2 * 1.96)


def test_who_reads_is_found_out_where_contacts_keep_those_who_read(tmp_path: Path) -> None:
    """Risk says nothing of whom a contact keeps here; what is said of the order by risk covers the truth."""
    found, first = judged(tmp_path, SETTING)
    history, figures = found["history"], found["decided"]["figures"]
    assert history["contact"] + history["holdout"] == len(first.day)
    assert history["left_holdout"] == int(first.left[first.held].sum())
    assert found["usable"]
    assert figures["saved-risk.money.at"]["low"] > 0
    top = np.argsort(-np.round(100 * first.risk, 2), kind="stable")[: round(0.3 * len(first.day))]
    assert near(figures["risk.kept.at"], first.kept[top].mean())
    assert near(figures["all.kept"], first.kept.mean())


def test_contacts_that_do_nothing_prove_no_order(tmp_path: Path) -> None:
    found, first = judged(tmp_path, replace(SETTING, effect=0.0))
    assert np.abs(first.kept).max() < 1e-12
    assert (found["why_not"], found["usable"]) == ("no_better", False)
    assert found["decided"]["without_features"] == 0
