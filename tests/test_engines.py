"""What is said where Spark is missing, what travels between machines, and how customers stay whole; without Spark."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace import REPOSITORY, command, write_params

from pipeline import errors
from pipeline.engines import session, tasks
from pipeline.engines.failures import WORKER_LOST, _cause, as_data, from_data
from pipeline.engines.shipped import archive, refuse_other_versions, versions
from pipeline.engines.spark_habits import whole_customers
from pipeline.errors import ArtifactError, ConfigError, EbbError, EngineError
from pipeline.sections.machine import Engine
from pipeline.settings import load_settings

SPARK = Engine(name="spark")


def test_pyspark_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"PySpark is not installed: install the extra `spark` .*Nothing was changed"):
        session.refuse_without_spark(SPARK)
    session.refuse_without_spark(Engine())  # nobody else needs it


def test_java_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: True)
    monkeypatch.setenv("PATH", str(tmp_path))
    for home in ("", str(tmp_path)):
        monkeypatch.setenv("JAVA_HOME", home)
        with pytest.raises(ConfigError, match=r"no Java was found: install Java 17 .*JAVA_HOME.*Nothing was changed"):
            session.refuse_without_spark(SPARK)


def test_before_any_work_begins(tmp_path: Path) -> None:
    """`make repro` asks first; here Python itself finds no PySpark."""
    write_params(tmp_path, {"engine": {"name": "spark"}})
    blocked = (
        "import sys; sys.modules['pyspark'] = None\nfrom pipeline import check\nfrom pipeline.errors import run_stage\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{blocked}run_stage(check.main)"],
        cwd=tmp_path, env={"PYTHONPATH": str(REPOSITORY), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().startswith("ebb: params.yaml: engine.name is spark, and PySpark is not installed")
    assert "Traceback" not in done.stderr


def test_nobody_waits_for_spark(tmp_path: Path) -> None:
    """Where the engine is DuckDB, no stage imports PySpark."""
    write_params(tmp_path)
    for stage in ("featurize_training", "featurize_current", "score"):
        done = subprocess.run(
            [sys.executable, "-c", f"import sys, pipeline.{stage}; print('pyspark' in sys.modules)"],
            cwd=tmp_path, env={"PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("engine: {name: sparkle}", r"engine\.name: .*'duckdb' or 'spark'.*'sparkle'"),
        ("engine: {spark: {mastre: yarn}}", r"unknown key engine\.spark\.mastre; did you mean master"),
        ("engine: {spark: {master: here}}", r"engine\.spark\.master: .*'here'"),
        ("engine: {spark: {partitions: 0}}", r"engine\.spark\.partitions: .*0"),
        ("engine: {spark: {conf: {executor.memory: 8g}}}", r"engine\.spark\.conf: executor\.memory is no setting of"),
        ("engine: {spark: {conf: {spark.sql.session.timeZone: CET}}}", r"timeZone cannot be set here: times are UTC"),
    ],
)  # fmt: skip
def test_settings_of_spark_that_cannot_be_meant(tmp_path: Path, text: str, message: str) -> None:
    write_params(tmp_path, {"engine": {}})
    path = tmp_path / "params.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"engine": {}', text.replace("engine:", '"engine":', 1)))
    with pytest.raises(ConfigError, match=message):
        load_settings(path)


def test_what_is_shipped_can_be_imported_from_the_archive(tmp_path: Path) -> None:
    """Every program, nothing else, and the same bytes of the same programs."""
    names = zipfile.ZipFile(archive()).namelist()
    assert {"pipeline/matrix.py", "features/build.py", "models/chosen.py"} <= set(names)
    assert all(name.endswith(".py") for name in names)
    found = subprocess.run(
        [sys.executable, "-c", "import pipeline.matrix, features, models.chosen; print(pipeline.matrix.__file__)"],
        cwd=tmp_path, env={"PYTHONPATH": str(archive())}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert archive().name in found.stdout


def test_other_libraries_on_executors_are_refused() -> None:
    refuse_other_versions(versions())
    with pytest.raises(ConfigError, match=r"other libraries than the driver: numpy \S+ \(here 1\.0\)\. Install"):
        refuse_other_versions({**versions(), "numpy": "1.0"})


ROWS = pa.table({"customer_id": ["a", "b", None], "value": pa.array([1.5, None, 2], pa.float32())})


def test_tables_travel_as_they_are() -> None:
    assert tasks.unpacked(tasks.packed(ROWS)).equals(ROWS)
    assert tasks.unpacked(tasks.packed(ROWS.slice(1, 1))).equals(ROWS.slice(1, 1))


def test_packets_are_bounded_and_hold_every_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MOST_BYTES", ROWS.nbytes // 2)
    found = [tasks.unpacked(packet.content) for packet in tasks.packets_of(ROWS) if packet.kind == tasks.ROWS]
    assert [table.num_rows for table in found] == [1, 1, 1]
    assert pa.concat_tables(found).equals(ROWS)
    assert list(tasks.packets_of(ROWS.slice(0, 0))) == []


def test_an_error_of_ours_travels_as_a_packet() -> None:
    def work(_batches: Iterator[pa.RecordBatch]) -> Iterator[tasks.Packet]:
        yield tasks.Packet(tasks.ROWS, b"first")
        raise ArtifactError("a file is gone: bring it back.")

    (first, second) = tasks.Task(work)(iter(()))
    assert first.column("kind").to_pylist() == [tasks.ROWS]
    error = from_data(second.column("packet")[0].as_py())
    assert (type(error), str(error)) == (ArtifactError, "a file is gone: bring it back.")


def test_every_error_of_ours_comes_back_as_its_kind() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EbbError)]
    for kind in kinds:
        assert type(from_data(as_data(kind("why")))) is kind
    assert type(from_data(b'{"kind": "run_stage", "sentence": "why"}')) is EbbError


def packet(*ids: str) -> dict[str, bytes]:
    return {"packet": tasks.packed(pa.table({"customer_id": list(ids)}))}


def test_customers_that_come_back_out_of_order_are_refused() -> None:
    found = tasks._rows([packet("a", "b"), packet("b", "c"), packet("d")], "customer_id")
    assert sum(table.num_rows for table in found) == 5
    with pytest.raises(EngineError, match="another order than that of customer_id"):
        list(tasks._rows([packet("b"), packet("a")], "customer_id"))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Traceback:\n  File x\nKeyError: 'a'\n\nJVM stacktrace:\norg.apache.SparkException: y", "KeyError: 'a'"),
        ("Job aborted: org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)", WORKER_LOST),
        ("nothing that is known.", "nothing that is known"),
        ("", "no reason given"),
    ],
)
def test_the_line_that_says_what_happened(text: str, cause: str) -> None:
    assert _cause(text) == cause


@given(st.lists(st.integers(1, 5), max_size=12), st.integers(1, 9), st.integers(1, 9))
def test_customers_stay_whole_whatever_the_batches(sizes: list[int], batch: int, least: int) -> None:
    """As many rows as there were, in their order; no customer in two tables; each but the last has `least` rows."""
    ids = [f"c{who:02}" for who, size in enumerate(sizes) for _ in range(size)]
    table = pa.table({"customer_id": pa.array(ids, pa.string()), "row": range(len(ids))})
    found = list(whole_customers(iter(table.to_batches(max_chunksize=batch)), least))
    assert [row for part in found for row in part.column("row").to_pylist()] == list(range(len(ids)))
    each = [set(part.column("customer_id").to_pylist()) for part in found]
    assert sum(map(len, each)) == len(set(ids))
    assert not [part for part in found[:-1] if not part.num_rows]


def test_stage_in_its_own_process_says_it_in_one_sentence(tmp_path: Path) -> None:
    """A stage that is called alone, without `make repro`."""
    write_params(tmp_path, {"engine": {"name": "spark", "spark": {"conf": {"spark.sql.caseSensitive": False}}}})
    done = command(tmp_path, "pipeline.score")
    assert done.returncode == 1
    assert "spark.sql.caseSensitive cannot be set here: columns are told apart by their exact names" in done.stderr
    assert "Traceback" not in done.stderr
