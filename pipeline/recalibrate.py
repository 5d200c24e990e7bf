"""`make recalibrate`: a new base rate with the same ranking, in seconds and without training.

It refuses where past dates do not support it: `FORCE=1` does it all the same, and says what it went against.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from features.snapshots import as_date
from models.calibration import sigmoid
from models.relevel import Evidence, Miss, evidence, shift, spread_before
from models.threads import one_thread
from pipeline.challenger import SHOWN
from pipeline.champions import Champion, champion, keep, point_to
from pipeline.errors import ConfigError, run_stage
from pipeline.experiment import in_experiment
from pipeline.folders import fingerprint, sha256
from pipeline.promotion import move_alias
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import read_json, write_json
from pipeline.watching.closed import Outcome, moved_by, outcomes, past_dates
from pipeline.watching.slices import census

FILE = "shipped_calibration.json"
HOW = "recalibrated"


@dataclass(frozen=True)
class Move:
    """By how much everybody's log odds move, and what was promised at the newest date without and with it."""

    shift: float
    before: float
    after: float
    dates: list[str]
    label_end: str


def main() -> None:
    """Write a new version of the champion and point to it. Raises ConfigError where there is no reason to."""
    summary = StageSummary("recalibrate")
    settings, now, force = load_settings(), champion(), "--force" in sys.argv[1:]
    if now is None:
        raise ConfigError("there is no champion to recalibrate: run `make repro`.")
    if in_experiment():
        raise ConfigError("an experiment never changes the champion: run `make recalibrate` outside of it.")
    with one_thread():
        past = past_dates(settings)
        move = _move(settings, now, past)
    held_up = evidence(**past)
    if not held_up.supports and not force:
        raise ConfigError(
            f"past dates do not support it: {_said(held_up)}. Champion {now.version} stays; "
            "`make recalibrate FORCE=1` moves its level all the same."
        )
    version = _store(now, move)
    point_to(version, HOW, [*now.pointer.get("held", []), now.version])
    move_alias(settings, version, summary)
    _say(summary, now, version, move, held_up)


def _move(settings: Settings, now: Champion, past: dict[str, Any]) -> Move:
    """What the newest closed dates say. Raises ConfigError where they say nothing, or nothing beyond past misses."""
    found = outcomes(settings, now, census())
    if not found:
        raise ConfigError(
            f"no date is known whose outcome champion {now.version} has not learnt from, so its level cannot be "
            "judged: wait for the next one, or run `make repro`."
        )
    spread = spread_before(**past, day=found[0].day)
    misses = [Miss.of(item.odds, item.churned) for item in found]
    by = shift(misses, spread)
    dates = [str(as_date(item.day)) for item in found]
    if by == 0:
        off = " and ".join(f"{miss.log_odds:+.2f}" for miss in misses)
        raise ConfigError(
            f"the outcomes of {' and '.join(dates)} were off by {off} log odds, no more than earlier dates were "
            f"(spread {spread.log_odds:.2f}), so champion {now.version} stays as it is: there is nothing to correct."
        )
    return Move(by, *_promised(found[-1], by), dates, _label_end(now, found[-1], settings))


def _promised(newest: Outcome, by: float) -> tuple[float, float]:
    return float(sigmoid(newest.odds).mean()), float(sigmoid(newest.odds + by).mean())


def _label_end(now: Champion, newest: Outcome, settings: Settings) -> str:
    """Up to when outcomes were seen: a list of an earlier date must not be made with them."""
    days = settings.churn.lead_days + settings.churn.horizon_days
    end = as_date(newest.day) + timedelta(days=days)
    return str(max(end, date.fromisoformat(now.manifest["shipped_label_end"])))


def _store(now: Champion, move: Move) -> str:
    """The champion's files in a folder of their own, all as they were but the intercept of what scores customers."""
    calibration = read_json(now.folder / FILE)
    method = "intercept" if calibration["method"] == "none" else calibration["method"]
    moved = {**calibration, "method": method, "intercept": calibration["intercept"] + move.shift}
    with tempfile.TemporaryDirectory(prefix="ebb-recalibrate-") as work:
        changed = Path(work) / FILE
        write_json(moved, changed)
        files = {**{name: now.folder / name for name in now.manifest["files"]}, FILE: changed}
        manifest = _manifest(now, move, sha256(changed))
        version = fingerprint(manifest)[:SHOWN]
        keep(version, manifest, now.manifest["metrics"], files)
    return version


def _manifest(now: Champion, move: Move, digest: str) -> dict[str, Any]:
    core = {name: value for name, value in now.manifest.items() if name not in ("metrics", "version")}
    return {
        **core,
        "files": {**core["files"], FILE: digest},
        "shipped_label_end": move.label_end,
        HOW: {
            "from": now.version,
            "dates": move.dates,
            "shift": move.shift,
            "total_shift": moved_by(now) + move.shift,
            "promised_before": move.before,
            "promised_after": move.after,
        },
    }


def _said(found: Evidence) -> str:
    if not found.dates:
        return "there is none with an earlier outcome to correct by"
    return (
        f"over {found.dates} of them such a correction changes log loss from {found.without:.4f} to "
        f"{found.with_shift:.4f} ({found.difference:+.4f}, standard error {found.error:.4f}), moving the level at "
        f"{found.moved}"
    )


def _say(summary: StageSummary, now: Champion, version: str, move: Move, held_up: Evidence) -> None:
    summary.line("champion", version)
    summary.line("recalibrated from", now.version)
    summary.line("read from", " and ".join(move.dates))
    summary.line("log odds", f"{move.shift:+.3f}, for everybody; the order of customers stays")
    summary.line(f"promised at {move.dates[-1]}", f"{move.before:.1%} before, {move.after:.1%} now")
    summary.line("past dates", _said(held_up))
    if not held_up.supports:
        summary.warn("Past dates do not support it; it was done by force.")
    summary.line("to undo", f"make rollback TO={now.version}")
    summary.show()


if __name__ == "__main__":
    run_stage(main)
