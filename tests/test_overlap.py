"""Threads that read, compute and write at once: the same in the same order, and nothing of them stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.streaming.overlap import AHEAD, MOST_WORKERS, cores, overlapped

THREADS = pytest.mark.parametrize("threads", [1, 2, 3, 16])


@pytest.fixture(autouse=True)
def nobody_stays() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


class Source:
    """Numbers that can be counted and closed."""

    def __init__(self, most: int, fails_at: int = -1) -> None:
        self.read, self.closed = 0, False
        self._most, self._fails_at = most, fails_at

    def items(self) -> Generator[int, None, None]:
        """0, 1, 2, ..."""
        try:
            for number in range(self._most):
                if number == self._fails_at:
                    raise OSError("the disk is gone")
                self.read += 1
                yield number
        finally:
            self.closed = True


def into(found: list[Any], results: Generator[Any, None, None], stops: type[BaseException] | None = None) -> None:
    """Take the results one by one; `stops`: raise this after the first."""
    with closing(results):
        for result in results:
            found.append(result)
            if stops is not None:
                raise stops


def slow_square(number: int) -> int:
    time.sleep(0.002 * (number % 3))  # so that later ones are ready earlier
    return number * number


@THREADS
def test_results_come_in_the_order_of_the_items(threads: int) -> None:
    source = Source(50)
    assert list(overlapped(source.items(), slow_square, threads)) == [number**2 for number in range(50)]
    assert source.closed
    assert list(overlapped(iter([]), slow_square, threads)) == []


def test_one_thread_is_no_thread() -> None:
    """Everything happens where it is asked for, and only when it is."""
    where: list[threading.Thread] = []
    source = Source(9)
    found = overlapped(source.items(), lambda number: where.append(threading.current_thread()) or number, 1)
    assert next(found) == 0
    assert (source.read, where) == (1, [threading.current_thread()])
    found.close()
    assert source.closed


def test_several_threads_work_at_once() -> None:
    """Two items meet in the work, which they could not one after the other."""
    both = threading.Barrier(2, timeout=20)
    assert list(overlapped(iter([1, 2]), lambda number: (both.wait(), number)[1], 3)) == [1, 2]
    reading = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        reading.set()
        yield 2

    for number in overlapped(items(), lambda number: number, 2):  # the caller is at the first, and the second is read
        assert reading.wait(20), number


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_little_is_read_ahead_of_a_slow_writer(threads: int) -> None:
    source = Source(100)
    taken = 0
    for _ in overlapped(source.items(), lambda number: number, threads):
        taken += 1
        time.sleep(0.002)
        # Those that wait to be worked on, one in the hand of the reader, and results that wait or are being made.
        assert source.read - taken <= AHEAD + 1 + AHEAD + min(threads - 1, MOST_WORKERS)
    assert taken == 100


@THREADS
def test_an_error_of_the_work_comes_in_its_turn(threads: int) -> None:
    source = Source(50)
    found: list[Any] = []
    with pytest.raises(ZeroDivisionError):
        into(found, overlapped(source.items(), lambda number: 1 / (number - 5), threads))
    assert len(found) == 5
    assert source.closed


@THREADS
def test_an_error_of_the_source_comes_after_what_was_read(threads: int) -> None:
    source = Source(50, fails_at=7)
    found: list[Any] = []
    with pytest.raises(OSError, match="the disk is gone"):
        into(found, overlapped(source.items(), slow_square, threads))
    assert found[:3] == [0, 1, 4]
    assert (source.read, source.closed) == (7, True)


@THREADS
def test_an_error_while_closing_the_source_is_not_lost(threads: int) -> None:
    def items() -> Iterator[int]:
        try:
            yield 1
        finally:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(overlapped(items(), slow_square, threads))


@THREADS
def test_a_caller_that_stops_early_ends_everything(threads: int) -> None:
    """As a writer does on a full disk, and Ctrl-C."""
    for error in (OSError, KeyboardInterrupt):
        source = Source(1000)
        with pytest.raises(error):
            into([], overlapped(source.items(), slow_square, threads), error)
        assert source.closed
        assert source.read < 30


def test_ctrl_c_ends_a_stage_that_waits_for_its_threads(tmp_path: Path) -> None:
    """The sentence of run_stage, its exit code, and no thread that keeps the process alive."""
    program = textwrap.dedent("""
        import itertools, sys, time
        from pipeline.errors import run_stage
        from pipeline.streaming.overlap import overlapped

        def main():
            for number in overlapped(itertools.count(), lambda number: time.sleep(0.05), 2):
                if number is None:
                    print("at work", flush=True)

        run_stage(main)
    """)
    root = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "stopped by hand" in said


def test_threads_are_what_the_settings_say_or_the_cores_there_are() -> None:
    assert (cores(1), cores(7)) == (1, 7)
    assert 1 <= cores(None) <= (os.cpu_count() or 1)
