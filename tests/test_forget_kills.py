"""Erasure and SIGKILL: at every change of a file, lists stay whole or finishable, and a second run finishes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from planted import DAYS, GONE, OTHERS, YOURS, holding_the_id_itself, plant, publish_list, run_forget

from pipeline import published
from pipeline.errors import ArtifactError
from pipeline.folders import MANIFEST, verify
from pipeline.tables import LISTS


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hand-made stores, and the test in their folder."""
    return plant(tmp_path, monkeypatch)


class KilledError(BaseException):
    """A SIGKILL, as far as a test can have one."""


@pytest.mark.slow
def test_a_kill_at_any_write_leaves_whole_lists_and_a_second_run_finishes(
    shop: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The n-th change of a file name or deletion never happens, for every n, then the command runs again."""
    kept = tmp_path_factory.mktemp("kept") / "shop"
    shutil.copytree(shop, kept)
    steps = ("replace", "unlink", "rename", "rmdir")
    real = {name: getattr(os, name) for name in steps}
    finished = False
    for n in range(1, 400, 2):
        count = 0

        def step(name: str, *arguments: Any, limit: int = n, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count >= limit:
                raise KilledError
            return real[name](*arguments, **options)

        with monkeypatch.context() as patch:
            for name in steps:
                patch.setattr(os, name, lambda *a, name=name, **k: step(name, *a, **k))
            try:
                run_forget(patch, GONE)
                finished = True
            except KilledError:
                pass
        whole_or_finishable()
        if finished:
            break
        run_forget(monkeypatch, GONE)
        assert holding_the_id_itself(shop) == YOURS
        assert {folder.name for *_, folder in published.dated_folders()} == {*map(str, DAYS), f"{DAYS[1]}.r2"}
        for path in shop.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(kept, shop, dirs_exist_ok=True)
    assert finished
    assert n > 30


def whole_or_finishable() -> None:
    """Every dated list verifies, or lies whole beside itself for the next run of publish or forget."""
    for _, _, folder in published.dated_folders():
        aside = LISTS / f".{folder.name}.amended"
        verify(aside if aside.is_dir() and (aside / MANIFEST).exists() else folder)


def test_publish_finishes_what_forget_began(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The amended files lie aside, one of them is in its place: the folder does not verify until somebody finishes."""
    run_forget(monkeypatch, OTHERS[2])
    folder = LISTS / str(DAYS[0])
    shutil.copytree(folder, LISTS / f".{DAYS[0]}.amended")
    (folder / "risk_list.csv").write_text("half")
    with pytest.raises(ArtifactError, match="sha256 differs"):
        verify(folder)
    publish_list(OTHERS, DAYS[1], "three")
    verify(folder)
    assert not list(LISTS.glob(".*"))
