"""Spark makes what DuckDB and NumPy make on one machine, byte for byte, and what fails there is said in a sentence."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from little_shop import bring, run, shop
from little_shop import settings as shop_settings
from ruamel.yaml import YAML
from sparks import Event, Made, make, matrix, needs_spark, spark, write_events
from workspace import REPOSITORY, outputs, write_file

from features.rows import Rows
from pipeline import featurize_current, featurize_training, ingest, score
from pipeline.engines.session import spark_session
from pipeline.errors import EngineError, EventError
from pipeline.sections.machine import Engine
from pipeline.tables import CURRENT, TRAINING

pytestmark = [pytest.mark.spark, needs_spark]
FEATURES = (featurize_training, featurize_current)
ONE_MACHINE = Engine(threads=1)


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[Any]:
    """One session for the module; stages find it there and leave it."""
    with spark_session(spark()) as started:
        yield started


def with_spark(folder: Path, partitions: int | None) -> None:
    """The settings of the folder, with Spark as the engine."""
    yaml = YAML(typ="safe", pure=True)
    content = yaml.load(folder / "params.yaml")
    content["engine"] = {"name": "spark", "spark": {"master": "local[2,4]", "partitions": partitions}}
    yaml.dump(content, folder / "params.yaml")


def below(folder: Path, *names: str) -> dict[str, bytes]:
    """The bytes of the outputs in these folders of data/."""
    return {name: found for name, found in outputs(folder).items() if name.split("/")[1] in names}


def test_the_demo_gives_the_same_bytes(tmp_path: Path) -> None:
    """All of data/features, with a kept column and the channel that it tells."""
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    for name in ("online_retail_ii.parquet", "../no_customers.csv"):
        write_file(tmp_path, (REPOSITORY / "data/raw" / name).read_bytes(), name)
    text = (tmp_path / "params.yaml").read_text(encoding="utf-8")
    text = text.replace("           Invoice\n    FROM raw", "           Invoice, Country\n    FROM raw")
    text = text.replace("  keep: []  ", "  keep: [Country]").replace("channel_from: null", "channel_from: Country")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    run(tmp_path, (ingest, *FEATURES))
    wanted = below(tmp_path, "features")
    shutil.rmtree(tmp_path / "data/features")
    with_spark(tmp_path, 5)
    run(tmp_path, FEATURES)
    assert below(tmp_path, "features") == wanted
    assert len(wanted) == 8


def test_a_shop_is_scored_to_the_same_bytes(tmp_path: Path) -> None:
    shop_settings(tmp_path)
    bring(tmp_path, shop())
    run(tmp_path)
    wanted = below(tmp_path, "scores", "reports", "features")
    for folder in ("scores", "features"):
        shutil.rmtree(tmp_path / "data" / folder)
    with_spark(tmp_path, None)
    run(tmp_path, (*FEATURES, score))
    assert below(tmp_path, "scores", "reports", "features") == wanted


IDS = ("a", "ab", "B", "é", "z", "zz", "ｚ", "12", "2", "\U0001f600")
EVENTS = st.tuples(
    st.sampled_from(IDS),
    st.integers(0, 24 * 110),
    st.sampled_from(["purchase", "purchase", "visit", "return", "score", "unknown"]),
    st.none() | st.integers(-10_000, 10_000),
)


@given(st.lists(EVENTS, min_size=1, max_size=60), st.integers(1, 3), st.integers(1, 6), st.booleans())
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_events_give_the_same(
    tmp_path: Path, events: list[Event], files: int, partitions: int, labelled: bool
) -> None:
    """Ties of time, ids that sort by their bytes, types without a role, files that overlap, partitions without rows."""
    paths = write_events(tmp_path, [events[number::files] for number in range(files)])
    label = (lambda rows: rows.count(("purchase",), 7) == 0) if labelled else None
    here = make(matrix(paths, ONE_MACHINE, label, ["ab"]))
    assert make(matrix(paths, spark(partitions), label, ["ab"])) == here


def many(customers: int, each: int) -> list[Event]:
    """Customers of whom each buys so many times, an hour after the other, for amounts that rise."""
    return [(f"c{who:06}", 24 * 40 + at % 480, "purchase", at % 1000) for who in range(customers) for at in range(each)]


@pytest.mark.parametrize(
    ("events", "partitions"),
    [
        pytest.param(many(1, 3), 7, id="one customer, most partitions empty"),
        pytest.param([*many(1, 300_000), ("b", 1, "purchase", 5), ("d", 1, "visit", None)], 2, id="over chunk edges"),
        pytest.param(many(40_000, 1), 3, id="many customers with one event each"),
    ],
)
def test_odd_sizes(tmp_path: Path, events: list[Event], partitions: int) -> None:
    paths = write_events(tmp_path, [events])
    here = make(matrix(paths, ONE_MACHINE))
    assert make(matrix(paths, spark(partitions))) == here
    assert here.events == len(events)


def killing(marker: Path) -> Any:
    """A label whose first call kills the process that it is made in."""

    def label(rows: Rows) -> np.ndarray:
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return rows.count(("purchase",), 7) == 0

    return label


def test_a_worker_that_is_lost_midway_changes_nothing(tmp_path: Path) -> None:
    paths = write_events(tmp_path, [many(50, 4)])
    wanted = make(matrix(paths, ONE_MACHINE, lambda rows: rows.count(("purchase",), 7) == 0))
    marker = tmp_path / "killed"
    made: Made = make(matrix(paths, spark(3), killing(marker)))
    assert marker.exists()
    assert made == wanted


def test_a_task_that_always_fails_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_settings(tmp_path)
    bring(tmp_path, shop(customers=40))
    run(tmp_path, (ingest, *FEATURES))
    before = outputs(tmp_path)
    with_spark(tmp_path, 2)
    monkeypatch.setattr(featurize_training, "left_within", lambda *_: 1 // 0)
    with contextlib.chdir(tmp_path), pytest.raises(EngineError) as told:
        featurize_training.main()
    assert "gave up: ZeroDivisionError: integer division or modulo by zero" in str(told.value)
    assert "Nothing was written" in str(told.value)
    assert "\n" not in str(told.value)
    assert outputs(tmp_path) == before
    assert {str(CURRENT), str(TRAINING)} <= before.keys()


def test_an_error_of_ours_comes_back_as_it_was(tmp_path: Path) -> None:
    """And is not tried again: it says what to do."""
    marker = tmp_path / "calls"

    def label(_rows: Rows) -> np.ndarray:
        with marker.open("a") as file:
            file.write("x")
        raise EventError("the events are odd: mend them.")

    paths = write_events(tmp_path, [many(1, 40)])
    with pytest.raises(EventError, match=r"^the events are odd: mend them\.$"):
        make(matrix(paths, spark(1), label))
    assert marker.read_text() == "x"
