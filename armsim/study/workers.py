"""Worker processes: quick to start, deaf to Ctrl-C, ended with their parent."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess


@contextmanager
def workers(jobs: int, *preload: str) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes; on the way out what has not begun is given up.

    Workers are forked from a process that has imported the modules to *preload*, and nothing else: imports
    are paid once whatever the number of jobs, and no thread of the parent's is forked. They are no children
    of the parent: what ``time`` says of a run leaves out their share.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    pool = ProcessPoolExecutor(jobs, context, _begin)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """For starting workers in: Ctrl-C reaches every process of a terminal; only the parent may act on it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin() -> None:
    """Leave interrupts to the parent, and end when it is killed: alone it would wait for work for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_outlive, args=(parent,), daemon=True).start()


def _outlive(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
