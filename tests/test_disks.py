"""A full disk, a file that may not grow, a folder that cannot be written: a sentence with the remedy, and no harm."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import little_shop
import pytest
from little_shop import kept, one_sentence, stage
from workspace import outputs

from pipeline.engine import DuckError, connect
from pipeline.errors import EbbError, StorageError, run_stage, storage_error
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
    return little_shop.with_a_list(tmp_path_factory.mktemp("made"))


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    """A copy of that shop of the test's own."""
    shutil.copytree(made, tmp_path / "shop")
    return tmp_path / "shop"


EVERY = [module.__name__.removeprefix("pipeline.") for module in little_shop.STAGES]


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY)
def test_no_room_for_a_file(shop: Path, name: str) -> None:
    """Whatever library writes it: a sentence with the folder, the last list and the champion whole, then recovery."""
    before = kept(shop)
    most = 100 if name == "uplift" else 700  # without a history of contacts it writes a few lines
    done = stage(shop, name, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
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
