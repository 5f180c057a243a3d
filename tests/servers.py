"""Runs `modelyard serve` in a process of its own, on a free port, and waits for what comes."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager


@contextmanager
def listening(root, log, workers=1, **variables):
    """Run a server on a project, its log in the file `log`; yield its address as soon as it listens."""
    command = [sys.executable, "-m", "modelyard.cli", "serve", "--port", "0", "--project", str(root), "-q"]
    command += ["--workers", str(workers)]
    with log.open("w") as out:
        process = subprocess.Popen(command, stderr=out, env={**os.environ, **variables})
    try:
        yield f"http://127.0.0.1:{wait(lambda: _port(log))}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def wait(found, seconds=60.0):
    """Return the first value of `found()` that is neither None nor False."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value not in (None, False):
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def _port(log):
    for line in log.read_text().splitlines():
        if line.endswith("}") and json.loads(line).get("event") == "listening":
            return json.loads(line)["port"]
    return None
