"""A process of its own for what depends on how a worker's process begins."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def as_in_a_worker(measure: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """Return what a function of a module returns in a process whose NumPy has one thread."""
    # It is read when NumPy is loaded, which here it is.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(measure, *given, **named).result()
