"""Runs `modelyard serve` on a project, and asks it all the time."""

import threading
import time
from contextlib import contextmanager

import httpx
from servers import listening, wait

ROW = {"key": 1, "when": "2024-01-05T10:00:00", "size": 0.5, "colour": "red", "noise": 0.1}


@contextmanager
def serving(root, workers=1):
    """Run a server on a free port; yield its address once a model answers."""
    with listening(root, root.parent / f"server {time.monotonic_ns()}", workers) as url:
        wait(lambda: httpx.get(f"{url}/readyz").status_code == 200)
        yield url


class Load:
    """Asks a server from one thread, each request for another entity; remembers when which version answered.

    A new connection every `each` requests, so that all workers of the server are asked.
    """

    def __init__(self, url, each=10**9):
        self.url, self.each, self.seen, self._stopped = url, each, [], threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join()

    def _run(self):
        number = 0
        while not self._stopped.is_set():
            with httpx.Client(base_url=self.url) as client:
                until = number + self.each
                while number < until and not self._stopped.is_set():
                    number += 1
                    self._ask(client, number)

    def _ask(self, client, number):
        try:
            answer = client.post("/predict", json={"rows": [ROW], "id": f"customer {number % 500}"})
            said = answer.status_code, answer.json().get("version")
        except (httpx.HTTPError, ValueError) as error:
            said = type(error).__name__, None
        self.seen.append((time.monotonic(), *said, number % 500))

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
