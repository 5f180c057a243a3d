"""Scores one row at a time: one packed buffer in, one out, bound to the ONNX session once and for all."""

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any

import numpy as np

from modelyard.bundle.runtime import Graph, Run
from modelyard.bundle.served import INPUT, OUTPUT

One = Callable[[Sequence[float]], np.ndarray]
"""Matrix row -> scores (1, classes) or (1,), float64; for one thread only: the next call overwrites the buffers."""


def single(run: Run, width: int) -> One:
    """Return the fastest way to score one row of `width` matrix columns."""
    bound = _bound(run, width) if isinstance(run, Graph) and width else None
    return bound or (lambda values: run(np.array([values], dtype=np.float32)))


def _bound(graph: Graph, width: int) -> One | None:
    """Return None where the model's answer to one row is not an array of one form."""
    session: Any = graph.session
    rows = 1 if graph.by_row else 2  # the second stays empty: see runtime.in_company
    sample = session.run([OUTPUT], {INPUT: np.zeros((rows, width), dtype=np.float32)})[0]
    if not isinstance(sample, np.ndarray) or sample.dtype not in (np.float32, np.float64):
        return None
    given, found = np.zeros((rows, width), dtype=np.float32), np.zeros_like(sample)
    first, binding = found[:1], session.io_binding()
    binding.bind_input(INPUT, "cpu", 0, np.float32, given.shape, given.ctypes.data)
    binding.bind_output(OUTPUT, "cpu", 0, found.dtype.type, found.shape, found.ctypes.data)
    pack, buffer, run, inner = (
        Struct(f"{width}f").pack_into,
        memoryview(given.data).cast("B"),
        session._sess,
        binding._iobinding,
    )

    def one(values: Sequence[float]) -> np.ndarray:
        pack(buffer, 0, *values)
        run.run_with_iobinding(inner, None)
        return first.astype(np.float64)

    return one if np.array_equal(one([0.0] * width), sample[:1].astype(np.float64), equal_nan=True) else None
