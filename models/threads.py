"""One thread for linear algebra: how a long sum is split between threads decides its last digits.

With as many threads as there are cores, the same rows gave one model on two cores and another on one. It is also twice
the work: threads of NumPy and SciPy that have nothing to do spin, and fits that run side by side wake each other's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController


class _Gate:
    """Who comes first sets the limit, who goes last lifts it: fits run side by side, and the limit is the process's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._limit: Any = None

    def enter(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limit = ThreadpoolController().limit(limits=1, user_api="blas")
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limit.restore_original_limits()


_GATE = _Gate()


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra runs on one thread inside; as a decorator too, and in several threads at a time."""
    _GATE.enter()
    try:
        yield
    finally:
        _GATE.leave()
