"""The same model on any number of cores: fits, alone or side by side, use one thread of linear algebra."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info
from workspace import REPOSITORY

from models.backtest import rolling_backtest
from models.threads import one_thread
from models.value_backtest import rolling_values

FITS = """
import hashlib, json
import numpy as np
from models.backtest import Material, rolling_backtest
from models.booster import BoosterParams
from models.census import Lapsed
from models.season import Activity
from models.table import TrainingTable, Window

random = np.random.default_rng(1)
snapshot = np.repeat(np.arange(0, 6 * 28, 28), 6000)
n = len(snapshot)
values = random.normal(size=(n, 60)).astype(np.float32)
tenure = random.integers(200, 600, n)
values[:, 0], values[:, 1], values[:, 2] = random.integers(0, 100, n), tenure, random.geometric(0.1, n)
names = ("days_since_last_activity", "tenure_days", "active_days_lifetime", "count_activity_lifetime")
names = (*names, *(f"n{at}" for at in range(56)))
left = random.random(n) < 1 / (1 + np.exp(-values[:, 3] - values[:, 5]))
nobody = np.zeros(0, np.int64)
table = TrainingTable(np.arange(n) % 6000, snapshot, left, values, names, 28)
material = Material(table, Lapsed(*[nobody] * 5), Activity(0, nobody, nobody), Window(0, 28),
                    BoosterParams(5, 0.1, 6, 50, 20.0, 0.3, 63, 7, 1), 26, silence=False)
found = rolling_backtest(material)
print(hashlib.sha256(b"".join(found.scores[name].tobytes() for name in sorted(found.scores))).hexdigest())
print(hashlib.sha256(found.baselines["rfm_logistic"].tobytes()).hexdigest())
"""


def fits(threads: int) -> str:
    """Digests of what a backtest says, in a process whose linear algebra has so many threads."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads), "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", FITS], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="with one core there is one thread in any case")
def test_a_backtest_does_not_know_how_many_cores_there_are() -> None:
    """Two origins are fitted at a time; with the threads of two cores the logistic regression ends elsewhere."""
    assert fits(1) == fits(2) == fits(2)


def threads() -> set[int]:
    """How many threads the libraries of linear algebra have."""
    return {int(item["num_threads"]) for item in threadpool_info() if item["user_api"] == "blas"}


def test_the_limit_holds_inside_and_is_lifted_after() -> None:
    """Also where fits side by side enter and leave within the limit of who started them."""

    @one_thread()
    def fit(size: int) -> tuple[float, set[int]]:
        square = np.ones((size, size))
        return float((square @ square).sum()), threads()

    before = threads()
    with one_thread(), ThreadPoolExecutor(4) as pool:
        found = list(pool.map(fit, range(50, 90)))
        assert threads() == {1}
    assert found == [(float(size**3), {1}) for size in range(50, 90)]
    assert threads() == before


def test_who_fits_side_by_side_holds_the_limit_for_all() -> None:
    """With no origin there is no fit that could have set the limit by itself."""
    nothing: Any = None
    seen: list[set[int]] = []

    def watch(origins: Sequence[int]) -> Sequence[int]:
        seen.append(threads())
        return origins

    assert (
        len(rolling_backtest(nothing, [], watch=watch)) == len(rolling_values(nothing, nothing, {}, watch=watch)) == 0
    )
    assert seen == [{1}, {1}]
