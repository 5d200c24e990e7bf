"""Environments of the rivals that the project does not depend on, made on demand by uv in `.rivals/`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.scale.measuring import ROOT

HOME = ROOT / ".rivals"
NEEDS = {
    "polars": ("polars==2.1.0", "pyarrow==26.0.1"),
    # featuretools 1.31 fails with pandas 3, and woodwork asks setuptools for pkg_resources
    "featuretools": ("featuretools==1.31.0", "pandas==2.3.3", "pyarrow==26.0.1", "setuptools==80.9.0"),
}


class AbsentError(RuntimeError):
    """A rival cannot be run here; the message says why, and is printed in its place."""


def python_of(rival: str) -> str:
    """The interpreter that runs a rival. Raises AbsentError if its environment cannot be made."""
    if rival not in NEEDS:
        return sys.executable
    python = HOME / rival / "bin/python"
    if not python.exists():
        _make(rival)
    return str(python)


def versions_of(rival: str) -> tuple[str, ...]:
    """What a rival's environment was asked for; nothing where it runs in ours."""
    return NEEDS.get(rival, ())


def _make(rival: str) -> None:
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not Path(uv).exists():
        raise AbsentError(f"{rival}: uv is not installed, which makes its environment")
    aside = HOME / f".{rival}.part"
    shutil.rmtree(aside, ignore_errors=True)
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    for command in (
        [uv, "venv", "--quiet", "--relocatable", "--python", ours, str(aside)],
        [uv, "pip", "install", "--quiet", "--python", str(aside / "bin/python"), *NEEDS[rival]],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            shutil.rmtree(aside, ignore_errors=True)
            raise AbsentError(f"{rival}: its environment could not be made: {made.stderr.strip().splitlines()[-1]}")
    aside.rename(HOME / rival)
