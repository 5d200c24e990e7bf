"""What must be reached, and whether a figure reaches it: only a figure of the target's own size can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """At most `most`, measured with `events` (None: at any size)."""

    what: str
    most: float
    unit: str
    events: int | None = None


TARGETS = {
    "featurize": Target("featurize over scan + write, CPU", 1.9, "", 10_000_000),
    "ingest_keep": Target("ingest (duplicates: keep) over sort + write, CPU", 1.5, "", 10_000_000),
    "ingest_drop": Target("ingest (duplicates: drop) over sort + write, CPU", 2.2, "", 10_000_000),
    "pandas": Target("featurize over plain pandas, CPU", 1 / 9, "", 1_000_000),
    "wall": Target("featurize, wall over CPU with 2 free cores", 0.65, "", 10_000_000),
    "memory": Target("featurize stage, peak memory with memory_limit", 4.0, "GB", 100_000_000),
    "growth": Target("featurize stage, wall over that of 10M events", 12.0, "", 100_000_000),
    "windows": Target("growth with windows 2 to 7 over that of scan + write, CPU", 1.1, ""),
    "weekly": Target("weekly run over full run, CPU", 1 / 8, "", 50_000_000),
    "demo": Target("whole demo from nothing, wall", 150.0, "s"),
    "demo_cached": Target("whole demo with the backtest cached, wall", 60.0, "s"),
    "no_op": Target("dvc repro with nothing to do, wall", 2.0, "s"),
    "imports": Target("import of the slowest stage, CPU", 1.5, "s"),
}
QUIET = 0.1  # cores that others may keep busy before wall time means nothing
MET, NOT_MET, OTHER_SIZE, BUSY, VOID = "met", "NOT MET", "not the target's size", "machine was busy", "void"


def judge(
    key: str, value: float, events: int | None = None, others_cores: float = 0.0, valid: bool = True
) -> dict[str, Any]:
    """A figure beside its target. `valid` False: what it was compared with did other work, so that it says nothing.

    Where other work disturbed a wall time, it cannot fail; it can be met all the same.
    """
    target = TARGETS[key]
    reached = value <= target.most
    if not valid:
        verdict = VOID
    elif target.events is not None and events != target.events:
        verdict = OTHER_SIZE
    elif not reached and "wall" in target.what and others_cores > QUIET:
        verdict = BUSY
    else:
        verdict = MET if reached else NOT_MET
    return {"target": key, "value": value, "events": events, "most": target.most, "verdict": verdict}
