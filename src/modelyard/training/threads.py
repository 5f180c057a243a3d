"""Keeps native libraries to the configured number of threads, which is part of what makes a run repeatable."""

from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def limited(threads: int) -> Generator[None]:
    """Use at most `threads` threads of BLAS and OpenMP."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=threads):
        yield
