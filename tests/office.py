"""LibreOffice for tests: converts a file without a window, in a profile of its own. A helper, not a test."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("soffice") or shutil.which("libreoffice")
SECONDS = 180
needs_office = [
    pytest.mark.office,
    pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed (apt-get install libreoffice-calc)"),
]


def converted(path: Path, kind: str, folder: Path, opened_as: str | None = None) -> Path:
    """The file as LibreOffice saves it again as another kind; `opened_as` names a filter and its options."""
    command = [str(PROGRAM), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    if opened_as is not None:
        command.append(f"--infilter={opened_as}")
    out = folder / "converted"
    done = subprocess.run(
        [*command, "--convert-to", kind, "--outdir", str(out), str(path)],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    made = out / f"{path.stem}.{kind.partition(':')[0]}"
    assert made.exists(), f"LibreOffice converted nothing: {done.stdout} {done.stderr}"
    return made
