"""Serve one model by modelyard and by its peers, side by side: requests per second, p50, p99, and the ratios.

Single-row requests over 16 connections to one worker, from wrk. modelyard validates, captures, counts and encodes
categories; the peers are given the same ONNX model and a row of float32, and check nothing. Where the project has a
features(), each peer is measured with it, which is the same work and what the target is held against, and without
it, given the finished row. Each peer lives in an environment of its own under the cache folder.

Run `python benchmarks/serving.py [--seconds N] [--requests N]`;
`--requests` also sends that many requests to one server and prints its memory as it goes.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from peers.environments import environment
from peers.released import FEATURES, MODELS, Made, make
from peers.servers import CACHE, PEERS, Peer, modelyard, running

CONNECTIONS = 16


@dataclass(frozen=True)
class Speed:
    """What wrk saw."""

    rps: float
    p50: float  # ms
    p99: float
    failed: int


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=8, help="of each measurement")
    arguments.add_argument("--requests", type=int, default=0, help="for the memory; 0 leaves it out")
    asked = arguments.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("This benchmark needs wrk, a load generator: apt-get install wrk, or brew install wrk.")
    peers = {name: python for name, peer in PEERS.items() if (python := installed(name, peer)) is not None}
    print(f"{CONNECTIONS} connections, one worker, single rows, {asked.seconds} s each; load {os.getloadavg()[0]:.1f}")
    print(f"{'model':22} {'server':14} {'rps':>8} {'p50 ms':>8} {'p99 ms':>8} {'ratio':>7}")
    kept = True
    with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as folder:
        for model in MODELS:
            for features in ("", FEATURES):
                made = make(Path(folder) / f"{model}-{bool(features)}", model, features)
                kept = compare(model + (" + features()" if features else ""), made, peers, asked.seconds) and kept
        if asked.requests:
            memory(made, asked.requests)
    print(f"Ten times the fastest peer, with a lower p99, in every line: {'yes' if kept else 'NO'}")


def installed(name: str, peer: Peer) -> Path | None:
    return environment(name, CACHE / peer.package, [peer.package, "onnxruntime", "numpy", "polars"])


def compare(name: str, made: Made, peers: dict[str, Path], seconds: int) -> bool:
    """Measure every server in turn; say whether the target is met, where there is one."""
    with modelyard(made) as url:
        ours = measure(f"{url}/predict", made.request, seconds)
    show(name, "modelyard", ours)
    same_work = []
    for peer, python in peers.items():
        for featured in sorted({False, made.features is not None}):
            theirs = measure_peer(PEERS[peer], python, made, featured, seconds)
            show(name, peer + (" + f()" if featured else ""), theirs, ours.rps / theirs.rps if theirs.rps else None)
            if featured == (made.features is not None):
                same_work.append(theirs)
    fastest = max(same_work, key=lambda speed: speed.rps, default=None)
    return fastest is None or (ours.rps >= 10 * fastest.rps and ours.p99 < fastest.p99)


def measure_peer(peer: Peer, python: Path, made: Made, featured: bool, seconds: int) -> Speed:
    """Measure a peer that is sent the row before features(), or after it."""
    body = json.dumps(peer.body(made.numbers if featured else made.packed))
    with running(peer, python, made, featured) as url:
        return measure(url + peer.predict, body, seconds)


def show(name: str, server: str, speed: Speed, ratio: float | None = None) -> None:
    more = f"{ratio:6.1f}x" if ratio is not None else ""
    failed = f"  {speed.failed} FAILED" if speed.failed else ""
    print(f"{name:22} {server:14} {speed.rps:8.0f} {speed.p50:8.2f} {speed.p99:8.2f} {more:>7}{failed}", flush=True)


def measure(url: str, body: str, seconds: int) -> Speed:
    """Ask for `seconds`, after a warm-up."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        lines = [f"wrk.body = {json.dumps(body)}", 'wrk.method = "POST"']
        script.write("\n".join([*lines, 'wrk.headers["content-type"] = "application/json"\n']))
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency", "-s", script.name, url]
        subprocess.run([*command, "-d2"], capture_output=True, check=True)
        text = subprocess.run([*command, f"-d{seconds}"], capture_output=True, check=True, text=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    rps = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return Speed(rps, _ms(text, "50%"), _ms(text, "99%"), int(failed[1]) if failed else 0)


def _ms(text: str, share: str) -> float:
    number, unit = re.search(rf"^\s+{share}\s+([\d.]+)(us|ms|s)$", text, re.MULTILINE).groups()
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def memory(made: Made, wanted: int) -> None:
    """Send many requests to one server; print its resident memory at each tenth of them."""
    with modelyard(made) as url:
        done = 0
        while done < wanted:
            rps = measure(f"{url}/predict", made.request, 10).rps
            done += int(rps * 12)
            with urllib.request.urlopen(f"{url}/metrics") as answer:
                text = answer.read().decode()
            resident = float(re.search(r"^process_resident_memory_bytes (\S+)", text, re.MULTILINE)[1])
            print(f"{done:>10,} requests: {resident / 2**20:6.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
