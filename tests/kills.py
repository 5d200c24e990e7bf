"""Kill stages at random moments and look: `PYTHONPATH=. python tests/kills.py 200`. A helper, not a test.

A checkout is brought from one list to the next, stage by stage, and copied before each stage. A kill starts
`dvc repro <stage>` in such a copy, kills it after a random part of its time, and holds what is left against the
promises: every list and champion whole, every file of `latest/` and the rejected rows either the old or the new one.
Then the stage runs again, undisturbed, and must leave every byte that it leaves where nothing was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
from cut import Checkout, make_checkout
from ruamel.yaml import YAML
from stages import NAMES as STAGES

from pipeline.champions import POINTER, champion
from pipeline.folders import MANIFEST, verify
from pipeline.published import LATEST, dated_folders
from pipeline.tables import REJECTED

KINDS = ("group killed", "group killed", "group killed", "stage alone killed", "group terminated")
FIRST, NEXT = datetime(2011, 10, 10, 12), datetime(2011, 10, 24, 12)  # a slice matures in between: all stages run
TINY = {
    "model": {"num_rounds": 10},
    "snapshots": {"train": 7},
    "promote": {"max_log_loss_increase": 1.0, "max_calibration_increase": 1.0, "max_reseed_changed": 1.0},
}
Bytes = dict[str, bytes]
LOCK = "dvc.lock: "
PROMOTION = ("data/reports/promotion.json", "data/reports/model_card.md")
LATE, FASTER = "too late", 0.8  # the stage was done already: next time it is killed earlier
EARLY = 1 / 8  # part of the kills that come before DVC runs the stage


@dataclass(frozen=True)
class Scene:
    """Copies of a checkout before each stage, what the stage leaves undisturbed, and how long it takes."""

    folder: Path
    before: dict[str, Path]
    after: dict[str, Bytes]
    startup: dict[str, float]  # seconds until DVC starts the stage
    seconds: dict[str, float]  # seconds from then until DVC is done with it


@dataclass
class Tally:
    """What was seen: kills by (stage, kind, moment), and every broken promise in words."""

    moments: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    mixed_latest: int = 0
    cut_off_lock: int = 0
    lost_entries: int = 0
    told_unchanged: int = 0
    faults: list[str] = field(default_factory=list)

    def landed(self) -> int:
        """Kills that met a living process."""
        return sum(number for (_, _, moment), number in self.moments.items() if moment != LATE)


def state(root: Path) -> Bytes:
    """Bytes of every output, and every stage's entry of dvc.lock."""
    files = [path for path in sorted((root / "data").rglob("*")) if path.is_file() and "raw" not in path.parts]
    found = {str(path.relative_to(root)): path.read_bytes() for path in files}
    lock = YAML(typ="safe", pure=True).load((root / "dvc.lock").read_text(encoding="utf-8"))
    return found | {f"{LOCK}{name}": repr(stage).encode() for name, stage in lock["stages"].items()}


def set_scene(folder: Path, stages: Sequence[str] = STAGES) -> Scene:
    """Make the first list, bring the next export, and run the stages one by one, with a copy before each."""
    good = folder / "good"
    good.mkdir()
    checkout = make_checkout(good)
    checkout.set_params(**TINY)
    checkout.cut_source(FIRST)
    checkout.commit()
    checkout.repro()
    checkout.commit()
    checkout.cut_source(NEXT)
    scene = Scene(folder, {}, {}, {}, {})
    for stage in STAGES:
        if stage in stages:
            scene.before[stage] = folder / f"before_{stage}"
            shutil.copytree(good, scene.before[stage], symlinks=True)
        with _started(good, stage) as (process, log):
            scene.startup[stage] = _until_running(process, log)
            started = time.monotonic()
            process.wait(timeout=600)
        if process.returncode:
            raise AssertionError(f"{stage} ended with {process.returncode}:\n{log.read_text()}")
        scene.seconds[stage] = time.monotonic() - started
        scene.after[stage] = state(good)
    return scene


def kill_once(scene: Scene, stage: str, kind: str, part: float, tally: Tally, to_the_end: bool = False) -> None:
    """One kill after a part of the stage's time, the promises held against what is left, and the recovery."""
    root = scene.folder / f"kill_{sum(tally.moments.values())}"
    shutil.copytree(scene.before[stage], root, symlinks=True)
    moment = _run_and_kill(root, scene, stage, kind, part)
    if moment == LATE:
        scene.seconds[stage] *= FASTER
    tally.moments[stage, kind, moment] += 1
    where = f"{stage}, {kind} {moment} at {part:.3f}"
    faults = broken_promises(root, state(scene.before[stage]), scene.after[stage], tally)
    checkout = Checkout(root)
    checked = checkout.run("python", "-m", "pipeline.check", check=False)  # as `make repro` does
    tally.cut_off_lock += "cut off" in checked.stdout
    done = checkout.run("dvc", "repro", stage, check=False)
    if done.returncode:
        faults.append(f"no recovery: {done.stdout[-500:]}{done.stderr[-1500:]}")
    else:
        now, expected = state(root), scene.after[stage]
        lost = {name for name in expected if name.startswith(LOCK) and name not in now}  # of stages not asked for
        tally.lost_entries += bool(lost)
        told = _promoted_before_the_kill(now, expected)
        tally.told_unchanged += bool(told)
        faults += _differences(now, expected, told | lost - {f"{LOCK}{stage}"})
        to_the_end = to_the_end or bool(lost)
    if to_the_end and not done.returncode and not faults:
        checkout.repro()
        reports = {*PROMOTION, f"{LOCK}promote"}
        faults += [f"at the end: {fault}" for fault in _differences(state(root), scene.after["publish"], reports)]
    tally.faults += [f"{where}: {fault}" for fault in faults]
    shutil.rmtree(root)


@contextlib.contextmanager
def _started(root: Path, stage: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """`dvc repro <stage>` in a process group of its own, and the file that it writes its messages to."""
    log = root.with_suffix(".log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DVC", "GIT_", "MLFLOW"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment |= {"DVC_NO_ANALYTICS": "1", "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        command = ["dvc", "repro", stage]
        yield subprocess.Popen(command, cwd=root, env=environment, stdout=out, stderr=out, start_new_session=True), log


def _until_running(process: subprocess.Popen[bytes], log: Path) -> float:
    """Wait until DVC says that it runs the stage; seconds that it took."""
    started = time.monotonic()
    while b"Running stage" not in log.read_bytes() and process.poll() is None:
        time.sleep(0.01)
    return time.monotonic() - started


def _run_and_kill(root: Path, scene: Scene, stage: str, kind: str, part: float) -> str:
    """Start the stage, kill it, and say where it was: one in eight before DVC runs the stage, the others after."""
    with _started(root, stage) as (process, log):
        if part < EARLY:
            time.sleep(part / EARLY * scene.startup[stage])
        else:
            _until_running(process, log)
            time.sleep((part - EARLY) / (1 - EARLY) * scene.seconds[stage] * 1.05)
        stage_process = next(iter(processes_of(root, f"pipeline.{stage}")), None)
        if process.poll() is not None:
            moment = LATE
        elif stage_process:
            moment = "in the stage"
        else:
            moment = "around the stage" if b"Running stage" in log.read_bytes() else "before the stage"
        _kill(process, kind, stage_process)
        process.wait(timeout=120)
    for left in processes_of(root, ""):
        with contextlib.suppress(ProcessLookupError):
            os.kill(left, signal.SIGKILL)
    return moment


def _kill(process: subprocess.Popen[bytes], kind: str, stage_process: int | None) -> None:
    if process.poll() is not None:
        return  # its number may be another process's by now
    with contextlib.suppress(ProcessLookupError):
        if kind == "stage alone killed" and stage_process:
            os.kill(stage_process, signal.SIGKILL)
        else:
            os.killpg(process.pid, signal.SIGTERM if kind == "group terminated" else signal.SIGKILL)


def processes_of(root: Path, name: str) -> list[int]:
    """Processes that work in a checkout and have a word in their command (but no shell), by number."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if (entry / "cwd").resolve() == root.resolve() and name in [*command[1:], ""]:
                    found.append(int(entry.name))
    return found


def broken_promises(root: Path, before: Bytes, after: Bytes, tally: Tally) -> list[str]:
    """What is not whole in what a kill left, in words; a `latest/` with files of two lists is counted, not broken."""
    broken = []
    with contextlib.chdir(root):
        for *_, folder in dated_folders():
            try:
                verify(folder)
            except ValueError as error:
                broken.append(f"{folder.name}: {error}")
        try:
            if champion() is None:
                broken.append("the champion is lost")
        except ValueError as error:
            broken.append(f"champion: {error}")
        try:
            pq.read_table(REJECTED / "rejected.parquet")
        except (OSError, ValueError) as error:
            broken.append(f"rejected rows: {error}")
        try:
            verify(LATEST)
        except ValueError:
            tally.mixed_latest += 1
    names = [name for name in before if name.startswith(str(LATEST)) or "/rejected/" in name or name == str(POINTER)]
    names += [name for name in before if name.startswith("data/lists/2") or name.endswith(f"champion/{MANIFEST}")]
    for name in names:
        now = (root / name).read_bytes() if (root / name).is_file() else None
        if now is None or now not in (before[name], after.get(name)):
            broken.append(f"{name} is {'gone' if now is None else 'neither the old nor the new one'}")
    return broken


def _promoted_before_the_kill(found: Bytes, expected: Bytes) -> set[str]:
    """Where the champion was made before promote runs again, it truly says "unchanged": what may differ then.

    It runs again where it was killed after the pointer moved, and where dvc.lock was cut off.
    """
    if PROMOTION[0] not in found:
        return set()
    reports = [json.loads(state[PROMOTION[0]]) for state in (found, expected)]
    decisions = [report["decision"] for report in reports]
    if decisions == ["unchanged", "promoted"] and len({report["champion"] for report in reports}) == 1:
        return {*PROMOTION, f"{LOCK}promote"}
    return set()


def _differences(found: Bytes, expected: Bytes, allowed: set[str]) -> list[str]:
    names = sorted((found.keys() | expected.keys()) - allowed)
    return [f"{name} is not what an undisturbed run leaves" for name in names if found.get(name) != expected.get(name)]


def main(kills: int, seed: int = 7) -> int:
    """So many kills over all stages in turn; print a table and every fault, and return the number of faults."""
    draw, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory(prefix="ebb-kills-") as folder:
        scene = set_scene(Path(folder))
        for number in range(kills):
            stage, kind = STAGES[number % len(STAGES)], KINDS[number // len(STAGES) % len(KINDS)]
            known, landed = len(tally.faults), tally.landed()
            while tally.landed() == landed:  # a stage that was done already was not killed: once more
                kill_once(scene, stage, kind, draw.random(), tally, to_the_end=number % 20 == number // 20)
            sys.stdout.write("".join(f"\n{fault}\n" for fault in tally.faults[known:]))
            sys.stdout.write(f"\r{number + 1} of {kills} kills, {len(tally.faults)} faults ")
            if (number + 1) % 10 == 0 or number + 1 == kills:
                sys.stdout.write("\n" + table(tally))
            sys.stdout.flush()
    return len(tally.faults)


def table(tally: Tally) -> str:
    """A line per stage: kills by moment; then what else was seen, and every fault."""
    moments = ("before the stage", "in the stage", "around the stage", LATE)
    lines = [f"{'stage':20}" + "".join(f"{name:>18}" for name in moments)]
    for stage in STAGES:
        counts = [
            sum(n for (at, _, when), n in tally.moments.items() if (at, when) == (stage, name)) for name in moments
        ]
        lines.append(f"{stage:20}" + "".join(f"{count:18}" for count in counts))
    lines.append(f"latest/ with files of two lists, told by its manifest, mended by the next run: {tally.mixed_latest}")
    lines.append(f"dvc.lock cut off, removed by the next `make repro`: {tally.cut_off_lock}")
    lines.append(f"dvc.lock without the entries of some other stages, there again at the end: {tally.lost_entries}")
    lines.append(f"champion made before the kill, so that the next run says unchanged: {tally.told_unchanged}")
    return "\n".join([*lines, f"faults: {len(tally.faults)}", *tally.faults]) + "\n"


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)))
