"""`make rollback TO=<version>`: an earlier champion back in its place, until somebody says otherwise."""

from __future__ import annotations

import sys
from typing import Any

from pipeline.champions import checked, point_to, pointer, versions
from pipeline.errors import ConfigError, run_stage
from pipeline.promotion import move_alias
from pipeline.settings import load_settings
from pipeline.summary import StageSummary
from pipeline.tables import CHAMPION


def main() -> None:
    """Point to an earlier version, hold the present one back, move MLflow's alias. Lists follow with `dvc repro`."""
    summary = StageSummary("rollback")
    settings = load_settings()
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    now = _pointer()
    kept = versions() if CHAMPION.is_dir() else []
    if wanted not in kept:
        raise ConfigError(
            f"there is no champion {wanted!r} to go back to; kept are {', '.join(kept) or 'none'}. "
            "Run `make rollback TO=<version>` with one of them."
        )
    if now["version"] == wanted:
        raise ConfigError(f"version {wanted} is the champion already.")
    checked(CHAMPION / wanted)
    held = [name for name in [*now.get("held", []), now["version"]] if name != wanted]
    point_to(wanted, "rolled back", held, rolled_back_from=now["version"])
    move_alias(settings, wanted, summary)
    summary.line("champion", wanted)
    summary.line("held back", ", ".join(held))
    summary.show()


def _pointer() -> dict[str, Any]:
    """The pointer, even where the present champion is damaged: going back is the remedy for that."""
    now = pointer()
    if now is None:
        raise ConfigError("there is no champion yet, so nothing to go back from: run `make repro`.")
    return now


if __name__ == "__main__":
    run_stage(main)
