"""A process that captures: `python capturing.py STORE SPOOL ROWS`, then waits to be ended."""

import signal
import sys
import threading
from pathlib import Path

from captured import add, capture, shape

from modelyard.data.store import Store


def main():
    place, spool, rows = Store.open(sys.argv[1], Path.cwd()), Path(sys.argv[2]), int(sys.argv[3])
    into = capture(place, spool.parent, flush_rows=500)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    into.start()
    made = shape()
    for i in range(rows):
        add(into, made, [[float(i)]], request=str(i))
        if i == rows // 2:  # some of them are written for certain
            while not into.counters["capture_written_rows_total"]:
                ended.wait(0.01)
    sys.stdout.write(f"{into.boot}\n")
    sys.stdout.flush()
    ended.wait(60)
    into.stop(10)


main()
