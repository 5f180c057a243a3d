"""Serve one model by modelyard and by its peers, side by side: requests per second, p50, p99, and the ratios.

Single-row requests over 16 connections to one worker, from wrk. modelyard validates, captures, counts and encodes
categories; the peers are given the same ONNX model and a row of float32, and check nothing. Where the project has a
features(), each peer is measured with it, which is the same work and what the target is held against, and without
it, given the finished row. Each peer lives in an environment of its own under the cache folder.

All servers of a line are measured in turn, several times over, the others paused: a machine that others use is fast
in one minute and slow in the next, and a ratio is of two neighbours in time. What is printed is the median.

Run `python benchmarks/serving.py [--seconds N] [--rounds N] [--requests N]`;
`--requests` also sends that many requests to one server and prints its memory as it goes.
"""

import argparse
import json
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from peers.environments import environment
from peers.released import FEATURES, MODELS, Made, make
from peers.servers import CACHE, PEERS, Peer, Running, modelyard, running

CONNECTIONS = 16
TARGET = 10  # times the fastest peer


@dataclass(frozen=True)
class Speed:
    """What wrk saw."""

    rps: float
    p50: float  # ms
    p99: float
    failed: int


@dataclass(frozen=True)
class Measured:
    """A server, what it is sent, and what wrk saw in each round."""

    name: str
    server: Running
    url: str
    body: str
    same_work: bool  # as ours: features() too
    rounds: list[Speed] = field(default_factory=list)

    def measure(self, seconds: int) -> None:
        """Measure one round."""
        self.server.go_on()
        self.rounds.append(measure(self.url, self.body, seconds))
        self.server.pause()

    def median(self, of: str) -> float:
        """Return the median over the rounds of one of the fields of `Speed`."""
        return median(getattr(speed, of) for speed in self.rounds)

    def ratio(self, theirs: "Measured") -> float:
        """Return how many times as many requests this server answers as another, in the same round."""
        return median(our.rps / their.rps for our, their in zip(self.rounds, theirs.rounds, strict=True))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=4, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=5, help="of measurements")
    arguments.add_argument("--requests", type=int, default=0, help="for the memory; 0 leaves it out")
    asked = arguments.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("This benchmark needs wrk, a load generator: apt-get install wrk, or brew install wrk.")
    peers = {name: python for name, peer in PEERS.items() if (python := installed(name, peer)) is not None}
    print(f"{CONNECTIONS} connections, one worker, single rows, median of {asked.rounds} rounds of {asked.seconds} s")
    print(f"{'model':22} {'server':14} {'rps':>8} {'p50 ms':>8} {'p99 ms':>8} {'ratio':>7}")
    kept = True
    with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as folder:
        for model in MODELS:
            for features in ("", FEATURES):
                made = make(Path(folder) / f"{model}-{bool(features)}", model, features)
                named = model + (" + features()" if features else "")
                kept = compare(named, made, peers, asked.rounds, asked.seconds) and kept
        if asked.requests:
            memory(made, asked.requests)
    print(f"Ten times the fastest peer, with a lower p99, in every line: {'yes' if kept else 'NO'}")


def installed(name: str, peer: Peer) -> Path | None:
    return environment(name, CACHE / peer.package, [peer.package, "onnxruntime", "numpy", "polars"])


def compare(name: str, made: Made, peers: dict[str, Path], rounds: int, seconds: int) -> bool:
    """Measure every server; say whether the target is met, where there is a peer that does the same work."""
    with ExitStack() as until:
        ours, *theirs = started(made, peers, until)
        for _ in range(rounds):
            for each in (ours, *theirs):
                each.measure(seconds)
    show(name, ours)
    for each in theirs:
        show(name, each, f"{ours.ratio(each):6.1f}x")
    same = [each for each in theirs if each.same_work]
    return all(ours.ratio(each) >= TARGET and ours.median("p99") < each.median("p99") for each in same)


def started(made: Made, peers: dict[str, Path], until: ExitStack) -> Iterator[Measured]:
    """Start our server, then each peer: given the finished row, and where there is a features() also the row before."""
    server = until.enter_context(modelyard(made))
    yield paused(Measured("modelyard", server, f"{server.url}/predict", made.request, same_work=True))
    for name, python in peers.items():
        for featured in sorted({False, made.features is not None}):
            peer = PEERS[name]
            server = until.enter_context(running(peer, python, made, featured))
            body = json.dumps(peer.body(made.numbers if featured else made.packed))
            called = name + (" + f()" if featured else "")
            same_work = featured == (made.features is not None)
            yield paused(Measured(called, server, server.url + peer.predict, body, same_work))


def paused(measured: Measured) -> Measured:
    """Pause a server until its turn comes."""
    measured.server.pause()
    return measured


def show(name: str, server: Measured, ratio: str = "") -> None:
    failed = sum(speed.failed for speed in server.rounds)
    more = f"  {failed} FAILED" if failed else ""
    rps, p50, p99 = (server.median(of) for of in ("rps", "p50", "p99"))
    print(f"{name:22} {server.name:14} {rps:8.0f} {p50:8.2f} {p99:8.2f} {ratio:>7}{more}", flush=True)


def measure(url: str, body: str, seconds: int) -> Speed:
    """Ask for `seconds`, after a warm-up."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        lines = [f"wrk.body = {json.dumps(body)}", 'wrk.method = "POST"']
        script.write("\n".join([*lines, 'wrk.headers["content-type"] = "application/json"\n']))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency", "-s", script.name, url]
        subprocess.run([*command, "-d1"], capture_output=True, check=True)
        text = subprocess.run([*command, f"-d{seconds}"], capture_output=True, check=True, text=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    rps = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return Speed(rps, _ms(text, "50%"), _ms(text, "99%"), int(failed[1]) if failed else 0)


def _ms(text: str, share: str) -> float:
    number, unit = re.search(rf"^\s+{share}\s+([\d.]+)(us|ms|s)$", text, re.MULTILINE).groups()
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def memory(made: Made, wanted: int) -> None:
    """Send many requests to one server; print its resident memory at each tenth of them."""
    with modelyard(made) as server:
        url, done = server.url, 0
        while done < wanted:
            rps = measure(f"{url}/predict", made.request, 10).rps
            done += int(rps * 12)
            with urllib.request.urlopen(f"{url}/metrics") as answer:
                text = answer.read().decode()
            resident = float(re.search(r"^process_resident_memory_bytes (\S+)", text, re.MULTILINE)[1])
            print(f"{done:>10,} requests: {resident / 2**20:6.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
