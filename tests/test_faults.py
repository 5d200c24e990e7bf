"""Full disks, read-only folders, a broken MLflow, damaged models, moved folders, other locales: a sentence, no harm."""

from __future__ import annotations

import ast
import contextlib
import errno
import os
import re
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import lightgbm
import little_shop
import pytest
from cut import make_checkout
from kills import FIRST, TINY
from workspace import REPOSITORY, outputs

from models.registry import Registry, RegistryUnavailableError, set_champion
from pipeline import evaluate, ingest, promote, score
from pipeline.engine import DuckError, connect
from pipeline.errors import ArtifactError, EbbError, StorageError, run_stage, storage_error
from pipeline.folders import verify
from pipeline.sections.machine import Engine

AT = "data/lists/.2024-06-03.part/risk_list.csv"
SENTENCES: dict[str, tuple[BaseException, str]] = {
    "full": (OSError(errno.ENOSPC, "No space left on device", AT), r"no space is left on the disk .*risk_list\.csv"),
    "full, says Arrow": (OSError("[Errno 28] Error writing bytes to file. Detail: [errno 28] No space"), "no space"),
    "full, says DuckDB": (
        DuckError('IO Error: Could not write file "/x/y": No space left on device'),
        r"^/x: no space",
    ),
    "full while spilling": (DuckError("Out of Memory Error: failed to offload data block of size 256KiB"), "no space"),
    "quota": (OSError(errno.EDQUOT, "Disk quota exceeded", AT), "quota is used up"),
    "limit": (OSError(errno.EFBIG, "File too large", AT), "larger than this user may write.*ulimit -f"),
    "read-only": (OSError(errno.EROFS, "Read-only file system", AT), "read-only.*mount it writable"),
    "no right": (PermissionError(errno.EACCES, "Permission denied", AT), r"^data/lists/.*no right.*mend the rights"),
    "no temporary folder": (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in"), "TMPDIR"),
    "a failing disk": (OSError(errno.EIO, "Input/output error", AT), "the disk reports an error"),
}


@pytest.mark.parametrize(("error", "says"), SENTENCES.values(), ids=SENTENCES.keys())
def test_what_a_disk_says_in_one_sentence(error: BaseException, says: str) -> None:
    """The folder, what is wrong, the remedy, and that the list is as it was."""
    found = storage_error(error)
    assert isinstance(found, StorageError)
    assert re.search(says, str(found))
    assert str(found).endswith("`make repro`. Lists and champion are as they were.")


@pytest.mark.parametrize(
    "error", [OSError("odd"), DuckError("Conversion Error: 'x'"), ConnectionRefusedError(111, "no")]
)
def test_other_errors_are_not_the_disks(error: BaseException) -> None:
    assert storage_error(error) is None


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", AT), 1, "no space is left"),
        (EbbError("it is so."), 1, "ebb: it is so."),
        (KeyboardInterrupt(), 130, "stopped by hand. Lists and champion are as they were"),
    ],
    ids=["disk", "ours", "Ctrl-C"],
)
def test_a_stage_ends_in_a_sentence(
    error: BaseException, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as stopped:
        run_stage(main)
    said = capsys.readouterr().err
    assert stopped.value.code == code
    assert says in said
    assert said.count("\n") == 2


def test_a_bug_is_not_dressed_up() -> None:
    """An error that is no fault of the reader's keeps its traceback."""

    def main() -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", "data/x")

    with pytest.raises(FileNotFoundError):
        run_stage(main)


def test_the_engine_says_it_of_its_own_files(tmp_path: Path) -> None:
    """A COPY that the system refuses is the disk's sentence, not the engine's text."""
    refused = pytest.raises(StorageError, match="larger than this user may write")
    with limit(1000), refused, connect(Engine(threads=1), [tmp_path]) as connection:
        connection.execute(f"COPY (SELECT * FROM range(100000)) TO '{tmp_path}/t.parquet' (FORMAT parquet)")


@contextlib.contextmanager
def limit(size: int) -> Iterator[None]:
    """Inside, no file of this process may grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with a list, and a change that makes every stage write again."""
    folder = tmp_path_factory.mktemp("made")
    little_shop.settings(folder)
    little_shop.bring(folder, little_shop.shop())
    little_shop.run(folder)
    little_shop.settings(folder, holdout={"programme": "another"}, model__seed=8)
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    """A copy of that shop of the test's own."""
    shutil.copytree(made, tmp_path / "shop")
    return tmp_path / "shop"


def stage(
    folder: Path, name: str, prepare: Callable[[], None] | None = None, **names: str
) -> subprocess.CompletedProcess[str]:
    """Run a stage as DVC does, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1", **names}
    return subprocess.run(
        [sys.executable, "-m", f"pipeline.{name}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=prepare,
    )


def kept(folder: Path) -> dict[str, bytes]:
    """What a failing stage must leave as it was."""
    found = outputs(folder)
    return {name: found[name] for name in found if name.split("/")[1] in ("lists", "champion", "rejected")}


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What the stage said at its end; there is nothing else of an error in it."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("ebb: ")]
    assert len(said) == 1, done.stderr
    return said[0]


EVERY = [module.__name__.removeprefix("pipeline.") for module in little_shop.STAGES]


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_no_room_for_a_file(shop: Path, name: str) -> None:
    """Whatever library writes it: a sentence with the folder, the last list and the champion whole, then recovery."""
    before = kept(shop)
    done = stage(shop, name, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700)))
    assert "a file would become larger than this user may write" in one_sentence(done)
    assert "ebb: data/" in done.stderr
    assert kept(shop) == before
    assert not [path for path in (shop / "data").rglob(".*.part") if path.is_file() and "lists" not in path.parts]
    assert stage(shop, name).returncode == 0


@contextlib.contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Something else in place of a folder; the test is skipped where this user may not mount."""
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this user may not mount file systems, so no disk can be made that is full or read-only")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk(shop: Path) -> None:
    """A disk of 16 kB, so that ingest fills it to the last byte."""
    small = shop / "data/events"
    with mounted(small, "-t", "tmpfs", "-o", "size=16k", "tmpfs"):
        said = one_sentence(stage(shop, "ingest"))
        assert "no space is left on the disk" in said
        assert "data/events" in said
        assert not list(small.rglob("*.part"))
    assert stage(shop, "ingest").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "where"), [("publish", "data/lists"), ("train", "data/model"), ("ingest", "data/events")]
)
def test_a_folder_that_cannot_be_written(shop: Path, name: str, where: str) -> None:
    """The folder is named with the remedy, and nothing in it has changed."""
    before = outputs(shop)
    with read_only(shop / where):
        said = one_sentence(stage(shop, name))
    assert where in said
    assert "read-only" in said or "no right" in said
    after = outputs(shop)
    assert {key: after.get(key) for key in before if key.startswith(where)} == {
        key: before[key] for key in before if key.startswith(where)
    }


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder that even root cannot write to; for others its rights are enough."""
    if os.geteuid() == 0:
        with mounted(folder, "--bind", str(folder)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
            yield
        return
    inside = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in inside:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path in inside:
            path.chmod(0o755)


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


def test_nobody_looks_at_a_clock() -> None:
    """So that another clock of the machine changes nothing; the seconds on the screen come from time.monotonic."""
    files = [path for name in ("pipeline", "features", "models") for path in (REPOSITORY / name).rglob("*.py")]
    found = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if looks_at_a_clock(node) and isinstance(node, ast.Call)
    ]
    assert found == []
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
