"""What a whole process uses: CPU seconds, wall time and peak memory, and how runs that take turns are compared.

CPU is user + system time of the process and of everything that it started. Memory is the peak resident set of the
largest process among them. This module and whoever calls it stay small and import nothing big: on Linux a started
process inherits its parent's peak.
"""

from __future__ import annotations

import ctypes
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER: who is left behind by a subject is ours, and is counted (Spark's Java)
PATIENCE_S = 60  # for those left behind, to end by themselves
SHOWN = 2_000  # characters of a failed subject's last words


class SubjectError(RuntimeError):
    """A subject failed or took too long: its figures do not exist."""


@dataclass(frozen=True)
class Used:
    """One run of one subject. `others_cores` is what everything else on the machine kept busy meanwhile."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    others_cores: float
    printed: str


def run(
    command: Sequence[str], folder: Path, cache: Path, python: str = sys.executable, most_seconds: float = 7_200
) -> Used:
    """Run `python command...` in a folder, the repository importable. Raises SubjectError with its last words."""
    _adopt_orphans()
    environment, known = _environment(cache), _children()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        busy, started = _busy_s(), time.monotonic()
        process = subprocess.Popen(
            [python, *command], cwd=folder, env=environment, stdout=out, stderr=err, start_new_session=True
        )
        timer = threading.Timer(most_seconds, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss
        cpu, peak = _with_orphans(cpu, peak, known)
        wall = time.monotonic() - started
        others = max(_busy_s() - busy - cpu, 0.0) / wall
        if process.returncode:
            late = f" after {most_seconds:,.0f} s" if process.returncode == -signal.SIGKILL else ""
            said = f"{_text(out)}\n{_text(err)}"[-SHOWN:]
            raise SubjectError(f"{' '.join(command)} ended with {process.returncode}{late}: {said}")
        return Used(cpu, wall, peak / 1024, others, _text(out))


def _environment(cache: Path) -> dict[str, str]:
    """As `make` sets it; compiled modules are kept, since compiling every import anew would drown the work."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",  # stages say `python`
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(cache),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DVC_NO_ANALYTICS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _adopt_orphans() -> None:
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(ADOPT_ORPHANS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER) was refused")


def _children() -> set[int]:
    """The processes that are ours now, adopted ones among them; none where Linux does not tell."""
    return {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


def _with_orphans(cpu: float, peak: int, known: set[int]) -> tuple[float, int]:
    """Add what a subject left behind. Raises SubjectError if something of it does not end."""
    until = time.monotonic() + PATIENCE_S
    while left := _children() - known:
        for orphan in left:
            pid, _, usage = os.wait4(orphan, os.WNOHANG)
            if pid:
                cpu, peak = cpu + usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss)
        if time.monotonic() > until:
            raise SubjectError(f"a process that the subject started still runs after {PATIENCE_S} s")
        time.sleep(0.002)
    return cpu, peak


def _busy_s() -> float:
    """Seconds that all cores together have worked since the machine started; 0 where Linux does not tell."""
    stat = Path("/proc/stat")
    return busy_seconds(stat.read_text(encoding="ascii"), os.sysconf("SC_CLK_TCK")) if stat.exists() else 0.0


def busy_seconds(stat: str, ticks: int) -> float:
    """The first line of /proc/stat in seconds, without idle and waiting time (and guests, who are in user time)."""
    user, nice, system, _idle, _waiting, interrupts, soft = (int(word) for word in stat.split()[1:8])
    return (user + nice + system + interrupts + soft) / ticks


def _text(file: Any) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


def in_turns(subjects: Mapping[str, Callable[[], Used]], rounds: int) -> dict[str, list[Used]]:
    """Every subject once in each round, so that other work on the machine disturbs them alike."""
    found: dict[str, list[Used]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            found[name].append(subject())
    return found


def medians(runs: Sequence[Used]) -> dict[str, Any]:
    """The median of each figure, and of how many runs."""
    figures = ("cpu_s", "wall_s", "peak_mb", "others_cores")
    found = {name: statistics.median(getattr(one, name) for one in runs) for name in figures}
    return {**found, "runs": len(runs)}


def paired(above: Sequence[float], below: Sequence[float]) -> dict[str, Any]:
    """The ratio within each round: the median and all of them, in the order of the rounds.

    Raises ValueError where the two have not been measured equally often.
    """
    ratios = [one / other for one, other in zip(above, below, strict=True)]
    return {"median": statistics.median(ratios), "each": ratios}


def cpu(runs: Sequence[Used]) -> list[float]:
    """CPU seconds of each run."""
    return [one.cpu_s for one in runs]
