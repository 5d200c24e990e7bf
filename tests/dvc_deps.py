"""Which files a stage really imports; `python tests/dvc_deps.py` writes them into dvc.yaml. A helper, not a test."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
DVC_FILES = ("dvc.yaml", "pipeline/database/dvc.yaml")
PACKAGES = ("pipeline", "features", "models")
FOLDERS = (
    "pipeline/sections",
    "pipeline/sources",
    "pipeline/cleaning",
    "pipeline/store",
    "pipeline/measuring",
    "pipeline/engines",
    "pipeline/protection",
    "pipeline/remote",
    "pipeline/streaming",
)  # listed whole: their files belong together
WHOLE = {  # listed whole by these stages; what else imports a file of theirs does not run again for the others
    # DVC reads dvc.lock three times before it does nothing: what is cheap to run again lists these folders whole.
    "features": {
        "featurize_training",
        "featurize_current",
        "score",
        "publish",
        "calibrate",
        "value",
        "evaluate",
        "promote",
        "kpis",
        "watch",
        "measure",
        "uplift",
    },
    "models": {"calibrate", "value", "evaluate", "promote", "score", "watch", "measure", "publish", "uplift"},
    "pipeline/contacting": {"contacts", "measure", "uplift"},
    "pipeline/uplifting": {"uplift"},
    "pipeline/watching": {"watch"},
    "pipeline/language": {"publish"},
    "pipeline/listing": {"publish"},
    "pipeline/pages": {"publish"},
    "pipeline/spreadsheets": {"publish"},
}
NOT_IMPORTED = {  # read as files, not imported
    "evaluate": {"models/served.py"},
    "featurize_training": {"pipeline/language/en/reasons.ftl"},  # the sentences of the data dictionary
    "ingest": {"pipeline/templates/usability.html"},
    "promote": {"pipeline/templates/model_card.md"},
}


def stages(name: str = "dvc.yaml") -> dict[str, dict[str, Any]]:
    """The stages of a dvc.yaml by name; none where the file does not exist."""
    path = ROOT / name
    if not path.exists():
        return {}
    found: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(path.read_text())["stages"]
    return found


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


def module_file(stage: dict[str, Any]) -> Path:
    """The file that a stage's command runs."""
    return ROOT / f"{stage['cmd'].split()[-1].replace('.', '/')}.py"


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


def needed(name: str, stage: dict[str, Any]) -> list[str]:
    """The code that a stage should list, folders of `FOLDERS` and `WHOLE` whole, sorted."""
    found = set()
    for file in closure(module_file(stage)) | NOT_IMPORTED.get(name, set()):
        whole = (*FOLDERS, *(folder for folder, stages in WHOLE.items() if name in stages))
        found.add(next((folder for folder in whole if file.startswith(f"{folder}/")), file))
    return sorted(found)


def relist(name: str) -> None:
    """Write the code that each stage needs into its deps, data first; comments and everything else stay."""
    yaml = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    path = ROOT / name
    content = yaml.load(path.read_text(encoding="utf-8"))
    for stage_name, stage in content["stages"].items():
        deps = stage.get("deps", [])
        data = [dep for dep in deps if dep.split("/")[0] not in PACKAGES and dep != "requirements.lock"]
        wanted = [*data, *needed(stage_name, stage), "requirements.lock"]
        for _ in range(len(deps)):
            deps.pop()
        deps.extend(wanted)
    with path.open("w", encoding="utf-8") as handle:
        yaml.dump(content, handle)
    sys.stdout.write(f"{name}: deps of {len(content['stages'])} stages\n")


if __name__ == "__main__":
    for dvc_file in DVC_FILES:
        if (ROOT / dvc_file).exists():
            relist(dvc_file)
