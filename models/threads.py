"""One thread for linear algebra: how a long sum is split between threads decides its last digits.

With as many threads as there are cores, the same rows gave one model on two cores and another on one. It was also twice
the work: threads of NumPy and SciPy that have nothing to do spin, and fits that run side by side wake each other's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra runs on one thread inside; a decorator too.

    The limit is the process's: whoever starts threads that fit side by side enters first and leaves last.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
