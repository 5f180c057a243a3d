"""One worker process of a server: `python -m modelyard.serving.worker`, started by `workers`."""

import os
import socket
import sys
import threading
import time
from pathlib import Path

from modelyard.config import load
from modelyard.serving.metrics import Metrics
from modelyard.serving.server import run


def main(root: str, env: str, handle: str, index: str, folder: str, started: str, patient: str) -> None:  # noqa: PLR0913 - as `workers` starts it
    """Serve on an inherited socket, counting beside the other workers."""
    threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    listening = socket.socket(fileno=int(handle))
    metrics = Metrics(Path(folder), int(index), float(started))
    run(load(Path(root), env), listening, metrics, patient=patient == "1")


def _watch_parent(parent: int) -> None:
    """End when the parent is gone: nobody would replace or stop this process."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), 15)


if __name__ == "__main__":
    main(*sys.argv[1:])
