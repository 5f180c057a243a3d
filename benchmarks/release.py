"""Time how long a promotion and a rollback take to reach every server under load; no request may fail.

Two servers with two workers each follow one routing document. Clients ask each of them all the time, over new
connections, so that every worker answers. The time runs from before the swap is written to the last request that was
still answered by the version before. Run `python benchmarks/release.py [--rounds N]`; needs about a minute.
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent))

import serving

from modelyard.data.store import Store
from modelyard.routing import Ref, document

SERVERS, WORKERS, CLIENTS, EACH = 2, 2, 2, 10
SETTLED_S = 3.0
PROMOTE_S, ROLL_BACK_S = 1.0, 2.0


class Client(threading.Thread):
    """Asks one server over ever new connections; remembers when each request began, and who answered it."""

    def __init__(self, url: str, request: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.where, self.request, self.stop = urlsplit(url).netloc, request, stop
        self.seen: list[tuple[float, int | None]] = []
        self.failed: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            connection = http.client.HTTPConnection(self.where, timeout=30)
            for _ in range(EACH):
                self._ask(connection)
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        begin = time.monotonic()
        try:
            connection.request("POST", "/predict", self.request, {"content-type": "application/json"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.failed.append(repr(error))
            return
        if answer.status == 200:
            self.seen.append((begin, body["version"]))
        else:
            self.failed.append(f"{answer.status}: {body}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5, help="promotions, each with its rollback")
    rounds = arguments.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as folder:
        made, store, refs = two_versions(Path(folder))
        print(f"{SERVERS} servers, {WORKERS} workers each, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        times, clients = measured(made, store, refs, rounds)
    failed = [text for client in clients for text in client.failed]
    asked = sum(len(client.seen) for client in clients) + len(failed)
    for name, limit in (("promotion", PROMOTE_S), ("rollback", ROLL_BACK_S)):
        found = times[name]
        kept = "yes" if max(found) <= limit else "NO"
        shown = ", ".join(f"{seconds:.2f}" for seconds in found)
        print(f"{name:10} everywhere after {shown} s; within {limit:g} s: {kept}")
    print(f"{asked} requests, {len(failed)} failed {failed[:3] or ''}")


def two_versions(root: Path) -> tuple[serving.Made, Store, tuple[Ref, Ref]]:
    """Release one model in a project, and put another beside it."""
    one = serving.make(root / "one", "boosting", "")
    two = serving.make(root / "two", "forest", "")
    store, other = Store.open("store", one.root), Store.open("store", two.root)
    champion, challenger = document.read(store).champion, document.read(other).champion
    for key in other.list(f"models/{challenger.sha256}"):
        store.put(key, other.get(key))
    ref = Ref(version=2, sha256=challenger.sha256)
    document.swap(store, lambda r: r.model_copy(update={"challenger": ref}), why="bench", action="tried")
    return one, store, (champion, ref)


def measured(
    made: serving.Made, store: Store, refs: tuple[Ref, Ref], rounds: int
) -> tuple[dict[str, list[float]], list[Client]]:
    """Promote and roll back in turn, under load."""
    old, new = refs
    times, stop = {"promotion": [], "rollback": []}, threading.Event()
    with ExitStack() as stack:
        servers = [stack.enter_context(serving.modelyard(made, "--workers", str(WORKERS))) for _ in range(SERVERS)]
        time.sleep(SETTLED_S)  # the second model is loaded beside the first
        clients = [Client(server.url, made.request, stop) for server in servers for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(1.0)
        for _ in range(rounds):
            times["promotion"].append(switched(store, old, new, clients))
            times["rollback"].append(switched(store, new, old, clients))
        stop.set()
        for client in clients:
            client.join()
    return times, clients


def switched(store: Store, before: Ref, after: Ref, clients: list[Client]) -> float:
    """Make `after` the champion; return the seconds until the last request began that `before` still answered."""
    begin = time.monotonic()
    change = {"champion": after, "previous": before, "challenger": None}
    document.swap(store, lambda r: r.model_copy(update=change), why="bench", action="switched")
    time.sleep(SETTLED_S)
    late = [at for client in clients for at, version in client.seen if at > begin and version == before.version]
    newest = [client.seen[-1][1] for client in clients]
    if set(newest) != {after.version}:
        raise SystemExit(f"After {SETTLED_S:g} s these versions answer: {newest}.")
    return max(late, default=begin) - begin


if __name__ == "__main__":
    main()
