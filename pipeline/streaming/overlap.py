"""Reading, computing and writing at the same time: the same results in the same order, on however many threads.

Arrow and NumPy let go of Python's lock in most of what is done here, so threads do overlap.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 2  # items read and not yet worked on, and results beyond one per worker: bounds the memory
MOST_WORKERS = 3  # more would wait: one thread writes, and it takes as long as computing does
_END = object()
_PATIENCE = 0.1  # seconds after which a reader whose results nobody takes looks whether it is still wanted


def cores(threads: int | None) -> int:
    """How many threads to use: what the settings say, or every core that this process may use."""
    if threads is not None:
        return threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def overlapped(items: Iterator[T], work: Callable[[T], R], threads: int) -> Generator[R, None, None]:
    """What `work` makes of each item, in the order of the items, while the caller works on what it got before.

    One thread reads `items`, others call `work`; with `threads` 1 there are none, and each item is made when it is
    asked for. An error of either is raised here in its turn. When the caller stops early, be it by an error of its
    own or by Ctrl-C, both end and `items` is closed.
    """
    if threads <= 1:
        with closing_if_can(items):
            yield from map(work, items)
        return
    workers = min(threads - 1, MOST_WORKERS)
    with closing(read_ahead(items)) as ready, ThreadPoolExecutor(workers, "compute") as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for item in ready:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= workers + AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def read_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items, read by a thread of their own that is at most AHEAD of what was taken."""
    ready: queue.Queue[Any] = queue.Queue(AHEAD)
    unwanted = threading.Event()
    # A daemon: a caller that forgets to close this must not keep the process from ending.
    thread = threading.Thread(target=_read, args=(items, ready, unwanted), name="read", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not _END:
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        unwanted.set()
        thread.join()


def _read(items: Iterator[Any], ready: queue.Queue[Any], unwanted: threading.Event) -> None:
    """Hand over item by item, then the end or what went wrong."""
    last: object = _END
    try:
        with closing_if_can(items):
            for item in items:
                if not _put(item, ready, unwanted):
                    break
    except BaseException as error:  # noqa: BLE001 - it is raised where the items are taken
        last = _Failed(error)
    _put(last, ready, unwanted)


def _put(what: object, ready: queue.Queue[Any], unwanted: threading.Event) -> bool:
    while not unwanted.is_set():
        try:
            ready.put(what, timeout=_PATIENCE)
        except queue.Full:
            continue
        return True
    return False


@contextmanager
def closing_if_can(items: Iterable[T]) -> Iterator[Iterable[T]]:
    """Close a generator at the end, whatever happens, so that its files are; other iterators have nothing to close."""
    try:
        yield items
    finally:
        if isinstance(items, Generator):
            items.close()


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error
