"""Runs `modelyard serve` on a project, and asks it all the time."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import httpx
from releasing import wait

ROW = {"key": 1, "when": "2024-01-05T10:00:00", "size": 0.5, "colour": "red", "noise": 0.1}


@contextmanager
def serving(root):
    """Run a server on a free port; yield its address."""
    command = [sys.executable, "-m", "modelyard.cli", "serve", "--port", "0", "--project", str(root), "-q"]
    path = root.parent / f"server {time.monotonic_ns()}"
    with path.open("w") as log:
        process = subprocess.Popen(command, stderr=log, env=dict(os.environ))
    try:
        port = wait(lambda: _port(path))
        url = f"http://127.0.0.1:{port}"
        wait(lambda: httpx.get(f"{url}/readyz").status_code == 200)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def _port(path):
    for line in path.read_text().splitlines():
        if line.endswith("}") and json.loads(line).get("event") == "listening":
            return json.loads(line)["port"]
    return None


class Load:
    """Asks a server from one thread, each request for another entity; remembers when which version answered."""

    def __init__(self, url):
        self.url, self.seen, self._stopped = url, [], threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join()

    def _run(self):
        with httpx.Client(base_url=self.url) as client:
            number = 0
            while not self._stopped.is_set():
                number += 1
                answer = client.post("/predict", json={"rows": [ROW], "id": f"customer {number % 500}"})
                self.seen.append((time.monotonic(), answer.status_code, answer.json().get("version"), number % 500))

    @property
    def versions(self):
        """Return which versions answered the newest requests."""
        return {version for *_, version, _ in self.seen[-40:]}

    def settled(self, *versions):
        """Wait until the newest requests are answered by exactly these versions."""
        wait(lambda: len(self.seen) > 40 and self.versions == set(versions))

    def failed(self):
        """Return the answers that were none."""
        return [seen for seen in self.seen if seen[1] != 200]
