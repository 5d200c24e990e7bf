"""dvc.yaml against the code: each stage lists exactly the files that it really imports."""

from __future__ import annotations

from typing import Any

import pytest
from dvc_deps import DVC_FILES, PACKAGES, ROOT, module_file, needed, stages

STAGES: dict[str, dict[str, Any]] = {name: stage for file in DVC_FILES for name, stage in stages(file).items()}


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_the_files_that_the_stage_imports(stage: str) -> None:
    """`python tests/dvc_deps.py` mends what this finds."""
    listed = [name for name in STAGES[stage]["deps"] if name.split("/")[0] in PACKAGES]
    assert listed == needed(stage, STAGES[stage])


@pytest.mark.parametrize("stage", STAGES)
def test_stage_runs_its_own_module_and_tracks_the_environment(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m pipeline.{stage}"
    assert module_file(STAGES[stage]).is_file()
    assert "requirements.lock" in STAGES[stage]["deps"]
    assert STAGES[stage]["desc"]


def test_every_output_is_ignored_by_git() -> None:
    ignored = {line.strip().lstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line.strip()}
    for stage in STAGES.values():
        for out in [*stage.get("outs", []), *stage.get("metrics", [])]:
            name = out if isinstance(out, str) else next(iter(out))
            assert any(name == folder or name.startswith(f"{folder}/") for folder in ignored), name


def test_what_must_survive_a_rerun_is_persisted() -> None:
    persisted = {next(iter(out)) for stage in STAGES.values() for out in stage["outs"] if isinstance(out, dict)}
    assert {"data/champion", "data/lists"} <= persisted
