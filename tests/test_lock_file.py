"""dvc.lock cut off by a kill: whatever is left, DVC can read it, or it is removed and said."""

from __future__ import annotations

from pathlib import Path

import pytest
from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from workspace import REPOSITORY

from pipeline.lock_file import LOCK, is_whole, mend_lock

CONTENT = (REPOSITORY / "dvc.lock").read_bytes()
ENTRY = CONTENT[:1800]  # some entries: each cut of them is tried


@given(st.integers(0, len(ENTRY)))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_what_passes_is_what_dvc_can_read(length: int) -> None:
    """A cut that DVC's own schema refuses never passes."""
    cut = ENTRY[:length]
    if is_whole(cut):
        COMPILED_LOCKFILE_SCHEMA(YAML(typ="safe", pure=True).load(cut.decode()))


@pytest.mark.parametrize(
    "cut",
    [
        b"",
        b"schema: '2.0'\n",
        b"schema: '2.0'\nstages:\n",
        b"\xff",
        b"schema: '2.0'\nstages:\n  a:\n    cmd: x\n    deps:\n",
    ]
    + [CONTENT[: CONTENT.index(mark) + len(mark)] for mark in (b"size:", b"    - path", b"md5: ", b"cmd:")],
    ids=repr,
)
def test_a_cut_off_lock_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    LOCK.write_bytes(cut)
    assert "cut off by a kill, so it was removed" in str(mend_lock())
    assert not LOCK.exists()


def test_a_whole_lock_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one whose last entries are missing, and none at all."""
    monkeypatch.chdir(tmp_path)
    assert mend_lock() is None
    for content in (CONTENT, b"schema: '2.0'\nstages:\n  a:\n    cmd: x\n"):
        LOCK.write_bytes(content)
        assert mend_lock() is None
        assert LOCK.read_bytes() == content
