"""dvc.yaml against the code: each stage lists exactly the files that it really imports."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
STAGES: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load((ROOT / "dvc.yaml").read_text())["stages"]
PACKAGES = ("pipeline", "features", "models")
NOT_IMPORTED = {  # read as files, not imported
    "evaluate": {"models/served.py"},
    "promote": {"pipeline/templates/model_card.md"},
}


def imported(path: Path) -> set[Path]:
    """Our own files that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = []
        if isinstance(node, ast.Import):
            modules = [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{item.name}" for item in node.names)]
        for module in modules:
            file = ROOT / f"{module.replace('.', '/')}.py"
            if module.split(".")[0] in PACKAGES and file.exists():
                found.add(file)
    return found


def closure(path: Path) -> set[str]:
    """All of our files that running a file imports, itself included."""
    seen: set[Path] = set()
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting += imported(file)
    return {str(file.relative_to(ROOT)) for file in seen}


def code_deps(stage: str) -> set[str]:
    """Dependencies of a stage that are code; a folder stands for its files."""
    found: set[str] = set()
    for name in STAGES[stage]["deps"]:
        if name.split("/")[0] in PACKAGES:
            path = ROOT / name
            found |= {str(file.relative_to(ROOT)) for file in path.rglob("*.py")} if path.is_dir() else {name}
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_the_files_that_the_stage_imports(stage: str) -> None:
    really = closure(ROOT / f"pipeline/{stage}.py") | NOT_IMPORTED.get(stage, set())
    listed = code_deps(stage)
    folders = {name for name in STAGES[stage]["deps"] if (ROOT / name).is_dir() and name in PACKAGES}
    unused = {name for name in listed - really if name.split("/")[0] not in folders}
    assert really - listed == set()
    assert unused == set()


@pytest.mark.parametrize("stage", STAGES)
def test_stage_runs_its_own_module_and_tracks_the_environment(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m pipeline.{stage}"
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
