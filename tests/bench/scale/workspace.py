"""A workspace for any number of invented events: params.yaml, the source, the tables that a project has besides."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.scale.measuring import ROOT, Used, run

ROLES = {"activity": ["purchase"], "engagement": ["visit"], "friction": [], "feedback": [], "level": [], "cancel": []}
FITTED = ("featurize_training", "train", "backtest", "calibrate", "value", "evaluate", "promote")


def params(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The project's own settings for the invented events, changed by dotted path."""
    from ruamel.yaml import YAML

    content = YAML(typ="safe", pure=True).load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    content["events"] |= {
        "source": "data/raw",
        "query": None,
        "collapse": None,
        "timezone": "UTC",
        "max_rejected_share": 0.05,
        "roles": ROLES,
        "money": ["purchase"],
    }
    for path, value in changes.items():
        *sections, key = path.split(".")
        section = content
        for name in sections:
            section = section[name]
        section[key] = value
    return content


def lay_out(folder: Path, raw: Path, changes: Mapping[str, Any]) -> Path:
    """Make a workspace whose source are the files of `raw`, and return it."""
    (folder / "data/raw").mkdir(parents=True)
    add_files(folder, raw)
    for name in ("no_customers.csv", "forgotten.csv"):
        shutil.copy(ROOT / "data" / name, folder / "data" / name)
    (folder / "params.yaml").write_text(json.dumps(params(changes), indent=1), encoding="utf-8")
    return folder


def add_files(folder: Path, files: Path) -> None:
    """Put more files into the source, as an export that arrives; they are links, not copies."""
    for path in sorted(files.iterdir()):
        os.link(path, folder / "data/raw" / f"{files.name}-{path.name}")


def stage(folder: Path, name: str, cache: Path) -> Used:
    """Run one stage in a workspace. Raises SubjectError if it fails."""
    return run(["-m", f"pipeline.{name}"], folder, cache)


def fit_champion(folder: Path, cache: Path) -> Path:
    """Run all that makes a champion in a workspace where ingest has run, and return the champion's folder."""
    for name in FITTED:
        stage(folder, name, cache)
    return folder / "data/champion"
