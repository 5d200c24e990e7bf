"""`make replay AS_OF=<date>`: a past list made again from the present events, and compared to the byte."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from pipeline.errors import ArtifactError, ConfigError, EbbError, run_stage
from pipeline.experiment import in_experiment
from pipeline.folders import verify
from pipeline.made_from import KEY
from pipeline.published import dated_folders
from pipeline.replays.compare import Outcome, compare
from pipeline.replays.remake import remake
from pipeline.settings import load_settings
from pipeline.summary import StageSummary
from pipeline.tables import DATA

REPLAY = DATA / "replay"


class ReplayError(EbbError):
    """A past list does not come out as it was."""


def main() -> None:
    """Write data/replay/<list>/. Raises ReplayError that says what differs and why; touches nothing else."""
    summary = StageSummary("replay")
    if in_experiment():
        raise ConfigError("an experiment makes no lists, so there is nothing to replay: run it outside.")
    original = _asked_for(sys.argv[1] if len(sys.argv) > 1 else "")
    manifest = verify(original)
    if KEY not in manifest:
        raise ArtifactError(
            f"{original} was made before manifests said from what, so it cannot be made again to the byte. "
            "Lists from now on can."
        )
    REPLAY.mkdir(parents=True, exist_ok=True)
    for left in REPLAY.glob(".work-*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=REPLAY) as work:
        made = remake(Path(work), original, manifest, load_settings())
        target = REPLAY / original.name
        if target.exists():
            shutil.rmtree(target)
        os.replace(made, target)
    outcome = compare(original, target)
    _judge(original.name, outcome)
    summary.line("list", original)
    summary.line("model", manifest["model_version"])
    summary.line("made again in", target)
    summary.line("outcome", _same(outcome))
    for reason in outcome.reasons:
        summary.warn(f"It makes no difference here, but {reason}.")
    summary.show()


def _asked_for(name: str) -> Path:
    """The folder of a list by its date (then the newest revision) or by its name."""
    folders = [folder for *_, folder in dated_folders()]
    found = [folder for folder in folders if name and name in (folder.name, folder.name.split(".r")[0])]
    exact = [folder for folder in found if ".r" in name and folder.name == name]
    if not found:
        there = ", ".join(folder.name for folder in folders[-5:]) or "none"
        raise ConfigError(
            f"there is no list of {name or 'that date'}: say which, `make replay AS_OF=<date>`; "
            f"the newest lists are {there}."
        )
    return (exact or found)[-1]


def _same(outcome: Outcome) -> str:
    if outcome.removed:
        return f"the same, less {outcome.removed:,} customers who were taken out since"
    return "same bytes"


def _judge(name: str, outcome: Outcome) -> None:
    if outcome.same:
        return
    because = "; ".join(outcome.reasons) or "events, code and libraries are those of then, so report this as a bug"
    rows = f" ({outcome.rows})" if outcome.rows else ""
    raise ReplayError(
        f"the list of {name} comes out differently: {', '.join(outcome.files)}{rows}. Since then: {because}. "
        f"Both lie beside each other in data/lists/{name} and {REPLAY / name}; the list is as it was."
    )


if __name__ == "__main__":
    run_stage(main)
