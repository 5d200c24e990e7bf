"""Where results are kept: each size under a name of its own, and parts join only their like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.bench.scale.picture import draw
from tests.bench.scale.plan import Plan
from tests.bench.scale.report import markdown

NAME = "scale"


class OtherRunError(RuntimeError):
    """New parts do not belong to the results that are there."""


def stem(plan: Plan) -> str:
    """The name of this size's files: `scale` for the default, `scale-<size>` for others."""
    return NAME if plan.name == "default" else f"{NAME}-{plan.name}"


def begin(folder: Path, plan: Plan, machine: dict[str, Any], only: list[str] | None) -> dict[str, Any]:
    """Results to add families to: empty, or with `only` those of the same size that are there.

    Raises OtherRunError if they were measured on another machine or with other versions.
    """
    fresh = {"size": plan.name, "machine": machine, "families": {}}
    held = _read(folder / f"{stem(plan)}.json")
    if not only or held is None:
        return fresh
    if held["machine"] != machine:
        raise OtherRunError(
            f"{stem(plan)}.json was measured with other versions or on another machine: measure all families, "
            "or name another folder with --out"
        )
    return held


def keep(folder: Path, plan: Plan, found: dict[str, Any]) -> Path:
    """Write JSON and table, and return the table's path."""
    folder.mkdir(parents=True, exist_ok=True)
    name = stem(plan)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    page = folder / f"{name}.md"
    page.write_text(markdown(found), encoding="utf-8")
    return page


def show(page: Path, found: dict[str, Any]) -> None:
    """Draw the picture beside a table. At the end only: until then whoever measures stays small."""
    draw(found, page.with_suffix(".png"))


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
