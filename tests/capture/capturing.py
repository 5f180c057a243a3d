"""A process that captures: `python capturing.py STORE SPOOL ROWS`, then waits to be ended."""

import signal
import sys
import time
from pathlib import Path

from captured import add, capture, shape

from modelyard.data.store import Store


def main():
    place, spool, rows = Store.open(sys.argv[1], Path.cwd()), Path(sys.argv[2]), int(sys.argv[3])
    into = capture(place, spool.parent, flush_rows=500)
    told = []  # not an Event: a handler that sets one breaks into the wait that holds its lock, and hangs
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))
    into.start()
    made = shape()
    for i in range(rows):
        add(into, made, [[float(i)]], request=str(i))
        if i == rows // 2:  # some of them are written for certain
            while not into.counters["capture_written_rows_total"]:
                time.sleep(0.01)
    sys.stdout.write(f"{into.boot}\n")
    sys.stdout.flush()
    deadline = time.monotonic() + 60
    while not told and time.monotonic() < deadline:
        time.sleep(0.02)
    into.stop(10)


main()
