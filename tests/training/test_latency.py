import time

import numpy as np
import polars as pl

from modelyard.training.latency import _own, latency

ROW = pl.DataFrame({"a": [1.0]})


def test_the_percentiles_are_in_order_and_every_call_is_counted():
    found = latency(lambda rows: rows.to_numpy(), ROW)
    assert 0 < found.p50_ms <= found.p99_ms
    assert found.calls == 500


def test_waiting_that_every_call_does_counts():
    def slow(rows):
        time.sleep(0.004)
        return rows.to_numpy()

    assert latency(slow, ROW).p50_ms >= 4


def test_waiting_that_only_some_calls_do_is_the_machines():
    walls = np.full(100, 0.002)
    walls[::3] = 0.08  # another program had the processor
    assert _own(walls, np.full(100, 0.002)).max() == 0.002


def test_work_of_several_threads_counts_no_more_than_the_clock():
    assert _own(np.full(10, 0.002), np.full(10, 0.004)).max() == 0.002
