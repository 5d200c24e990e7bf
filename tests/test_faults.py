"""A broken MLflow, damaged models, two runs, moved folders, other locales and clocks: a sentence, and no harm."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import lightgbm
import little_shop
import pytest
from cut import make_checkout
from dvc_deps import closure, module_file, stages
from kills import FIRST, TINY
from little_shop import kept, stage
from workspace import REPOSITORY, outputs

from models.registry import Registry, RegistryUnavailableError, set_champion
from pipeline import evaluate, ingest, promote, score
from pipeline.errors import ArtifactError
from pipeline.folders import verify


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with a list, and a change that makes every stage write again."""
    return little_shop.with_a_list(tmp_path_factory.mktemp("made"))


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    """A copy of that shop of the test's own."""
    shutil.copytree(made, tmp_path / "shop")
    return tmp_path / "shop"


def older(path: Path) -> None:
    """A database of a version of MLflow that nobody knows."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES ('0123456789ab')")
        database.commit()


BROKEN: dict[str, Callable[[Path], object]] = {
    "garbage": lambda path: path.write_bytes(b"no database at all" * 100),
    "another schema": older,
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_record_costs_a_sentence_and_no_list(shop: Path, damage: Callable[[Path], object]) -> None:
    """The stages that record say that MLflow has no record of the run, and go on."""
    damage(shop / "mlflow.db")
    uri = {"MLFLOW_TRACKING_URI": f"sqlite:///{shop}/mlflow.db"}
    for name, says in (("train", ""), ("backtest", ""), ("calibrate", ""), ("evaluate", "MLflow has no record")):
        done = stage(shop, name, **uri)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        assert says in " ".join(done.stdout.split())


def test_a_server_that_never_answers_costs_seconds() -> None:
    """It takes the connection and then is silent: the worst kind of down."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        uri = f"http://127.0.0.1:{server.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(RegistryUnavailableError):
            set_champion(Registry(uri, "ebb", "ebb-churn"), "abc")
    assert time.monotonic() - started < 60


DAMAGED = [
    ("data/model/judged.txt", (evaluate,), "data/model/judged.txt is not what"),
    ("data/model/judged_members.json", (evaluate,), "judged_members.json is not what"),
    ("data/calibration/judged_calibration.json", (evaluate,), "judged_calibration.json is not what"),
    ("data/model/shipped.txt", (promote,), "data/model/shipped.txt is not what"),
    ("data/value/value.txt", (evaluate, promote), "data/value/value.txt is not what"),
    ("data/champion/*/value.txt", (score,), "value.txt is not what"),
    ("data/champion/*/shipped.txt", (score,), "shipped.txt is not what"),
    ("data/champion/*/shipped_calibration.json", (score,), "shipped_calibration.json is not what"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("pattern", "stages", "says"), DAMAGED, ids=[case[0] for case in DAMAGED])
def test_nothing_damaged_is_parsed(
    shop: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, stages: tuple[object, ...], says: str
) -> None:
    """LightGBM crashes or hangs on a damaged text, so its sha256 is asked for first; the last list is kept."""
    path = next(shop.glob(pattern))
    path.write_bytes(path.read_bytes()[:-7])
    before = kept(shop)

    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("LightGBM was given a damaged model")

    monkeypatch.setattr(lightgbm, "Booster", parsed)
    for module in stages:
        with contextlib.chdir(shop), pytest.raises(ArtifactError, match=says):
            module.main()  # type: ignore[attr-defined]
    assert kept(shop) == before


@pytest.mark.slow
def test_a_moved_folder_goes_on(shop: Path, tmp_path: Path) -> None:
    """No output holds a path of this machine, and the stages make the same bytes elsewhere."""
    little_shop.run(shop, little_shop.WEEKLY)
    here = outputs(shop)
    assert not [name for name, data in here.items() if str(tmp_path).encode() in data]
    elsewhere = tmp_path / "another name, with spaces"
    shop.rename(elsewhere)
    little_shop.run(elsewhere, little_shop.WEEKLY)
    assert outputs(elsewhere) == here


@pytest.mark.slow
def test_another_locale_and_time_zone(shop: Path) -> None:
    """Equal bytes with an ASCII locale on the other side of the world, ids with letters of any script."""
    rows = [(f"Łucja {row[0]}", *row[1:]) if row[0].endswith("7") else row for row in little_shop.shop()]
    little_shop.bring(shop, rows)
    little_shop.run(shop, (ingest, *little_shop.WEEKLY[1:]))
    here = outputs(shop)
    for name in ("events", "features", "scores", "lists"):
        shutil.rmtree(shop / "data" / name)
    odd = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Pacific/Kiritimati"}
    for module in little_shop.WEEKLY:
        done = stage(shop, module.__name__.removeprefix("pipeline."), **odd)
        assert done.returncode == 0, done.stderr
    there = outputs(shop)
    newest = [name for name in there if name.startswith(("data/events", "data/scores", "data/lists"))]
    assert any("lists" in name for name in newest)
    was = {name.replace(".r2", ""): data for name, data in here.items()}
    assert [name for name in newest if there[name] != was[name]] == []


CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime", "ctime"}


def looks_at_a_clock(node: ast.AST) -> bool:
    """datetime.now(), date.today(), time.time() and the like."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS):
        return False
    owner = node.func.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name in ("datetime", "date", "time")


def test_no_stage_looks_at_a_clock() -> None:
    """So that another clock of the machine changes nothing; the seconds on the screen come from time.monotonic.

    Three commands act today and are no stages: `make export` refuses a list that is over, `make serve` says so, and
    `make weekly` tells a scheduler.
    """
    files = [path for name in ("pipeline", "features", "models") for path in (REPOSITORY / name).rglob("*.py")]
    found = [
        str(path.relative_to(REPOSITORY))
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if looks_at_a_clock(node) and isinstance(node, ast.Call)
    ]
    acting = ["pipeline/exporting/today.py", "pipeline/scheduled/ended.py", "pipeline/serving/app.py"]
    assert sorted(set(found)) == [*acting, "pipeline/weekly.py"]
    for name, one in stages().items():
        assert not closure(module_file(one)) & set(found), name
    assert looks_at_a_clock(ast.parse("datetime.datetime.now()").body[0].value)  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.pipeline
def test_two_runs_at_once_and_a_moved_checkout(tmp_path: Path) -> None:
    """The second run says who is busy and changes nothing; the first goes on; the moved checkout has nothing to do."""
    (tmp_path / "here").mkdir()
    checkout = make_checkout(tmp_path / "here")
    checkout.set_params(**TINY)
    checkout.cut_source(FIRST)
    checkout.commit()
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    log = tmp_path / "log"
    with log.open("wb") as out:
        first = subprocess.Popen(["dvc", "repro", "train"], cwd=checkout.root, stdout=out, stderr=out, env=environment)
        while b"Running stage 'train'" not in log.read_bytes():
            assert first.poll() is None, log.read_text()
            time.sleep(0.05)
        second = checkout.run("dvc", "repro", check=False)
        assert first.wait(timeout=600) == 0
    assert second.returncode != 0
    assert "is busy" in second.stderr
    assert f"PID {first.pid}" in second.stderr
    assert not (checkout.root / "data/lists").exists()
    verify(checkout.root / "data/model")
    checkout.root.rename(tmp_path / "there")
    moved = type(checkout)(tmp_path / "there")
    said = moved.repro("train")
    assert "Running stage" not in said
