"""Reads the /metrics of each server."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from modelyard.errors import OutsideError, RequestError
from modelyard.release.counts import Snapshot, between
from modelyard.release.sources.http import get
from modelyard.release.sources.reading import WANTED, Of, Reading, reading
from modelyard.release.sources.tally import Tally
from modelyard.release.sources.text import samples

_AT_ONCE = 16
_LONGEST_S, _APART_S = 1.0, 0.1
_ENOUGH = 100  # requests tell their rate within a fifth


class ServerMetrics:
    """Servers by address; each must be one server (with any number of workers), not a balancer before several."""

    def __init__(self, urls: Sequence[str], *, timeout_s: float = 2.0, token: str = "", of: Of | None = None) -> None:
        """Take the addresses, the token that they ask for, and whose servers they are to be."""
        if not urls:
            raise RequestError("No server is named.", "Set `release.servers` in modelyard.yaml.", code="no_servers")
        self._urls = list(dict.fromkeys(_page(url) for url in urls))
        self._timeout_s, self._token, self._of = timeout_s, token, of
        self._tally = Tally()

    def read(self) -> Snapshot:
        """Read all servers at once.

        One that fails keeps its last known counts and is named in `problems`.

        Raises:
            OutsideError: None answered, or an address stands for several servers.
        """
        with ThreadPoolExecutor(min(_AT_ONCE, len(self._urls))) as pool:
            found = list(pool.map(self._one, self._urls))
        at = time.time()
        problems = tuple(result for result in found if isinstance(result, str))
        if len(problems) == len(found):
            raise OutsideError(
                f"No server could be read: {problems[0]}",
                "Set `release.servers` to the servers' addresses, and see that they run.",
                code="no_metrics",
            )
        for url, result in zip(self._urls, found, strict=True):
            if not isinstance(result, str):
                self._tally.add(url, result, at)
        return self._tally.snapshot(at, problems)

    def traffic(self) -> float:
        """Return the rows a second that are answered now; looks for a second, or until a hundred requests.

        Raises:
            OutsideError: As `read`.
        """
        first, until = self.read(), time.monotonic() + _LONGEST_S
        while True:
            time.sleep(_APART_S)
            window = between(first, self.read())
            if window.champion.requests >= _ENOUGH or time.monotonic() >= until:
                break
        return window.champion.rows / window.seconds if window.seconds else 0.0

    def _one(self, url: str) -> Reading | str:
        try:
            text = get(url, timeout_s=self._timeout_s, token=self._token).decode()
            wanted = "\n".join(line for line in text.splitlines() if line.startswith(WANTED))
            found = reading(samples(wanted))
        except OutsideError as error:
            return error.message
        except ValueError as error:
            return f"{url} is no page of metrics: {error}."
        if "modelyard_" not in wanted:
            return f"{url} has no metric of a server of modelyard."
        if self._of and found.of and found.of != self._of:
            return f"{url} serves {' in '.join(map(repr, found.of))}, not {' in '.join(map(repr, self._of))}."
        return found


def _page(url: str) -> str:
    bare = url.strip().rstrip("/")
    try:
        return bare if urlsplit(bare).path else f"{bare}/metrics"
    except ValueError as error:
        raise RequestError(f"{bare!r} is no address: {error}.", "Name it as http://HOST:PORT.") from error
