"""Serve one model by modelyard and by its peers, side by side: requests per second, p50, p99, and the ratios.

Single-row requests over 16 connections to one worker, from wrk. modelyard validates, captures, counts and encodes
categories; the peers are given the same ONNX model and the finished float32 row, and check nothing. Each peer lives
in an environment of its own under the cache folder. Run `python benchmarks/serving.py [--seconds N] [--requests N]`;
`--requests` also sends that many requests to one server and prints its memory as it goes.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from modelyard.bundle import load_pipeline, pack, unpack
from modelyard.config.model import ProjectConfig
from modelyard.data import contract as contracts
from modelyard.data.contract import Column, Contract
from modelyard.data.store import Store
from modelyard.data.types import logical_type
from modelyard.reference.profile import build
from modelyard.routing import Ref, swap
from modelyard.serving.scorer import Scorer
from modelyard.training.export import export
from modelyard.training.fit import fit

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "modelyard-benchmarks"
HOST = ["--host", "127.0.0.1"]
CONNECTIONS = 16
ROWS = 4000
MODELS = {
    "boosting": ("boosting", {"max_iter": 100}),
    "forest": ("forest", {"n_estimators": 100, "max_depth": 10}),
}
FEATURES = (
    "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(both=pl.col('n0') + pl.col('n1'))\n"
)


@dataclass(frozen=True)
class Made:
    """A project with a released model, and one request: as the contract names it, and as finished numbers."""

    root: Path
    onnx: Path
    request: str
    packed: list[float]


@dataclass(frozen=True)
class Peer:
    """A server to compare with: its package, how to start it on a port, where it answers, and what it wants to read."""

    package: str
    command: Callable[[Path, int], list[str]]
    ready: str
    predict: str = "/predict"
    body: Callable[[list[float]], object] = lambda packed: {"row": packed}


def _tensor(packed: list[float]) -> object:
    return {"inputs": [{"name": "rows", "shape": [1, len(packed)], "datatype": "FP32", "data": packed}]}


PEERS = {
    "LitServe": Peer("litserve", lambda python, port: [str(python), "lit.py", str(port)], "/health"),
    "BentoML": Peer(
        "bentoml",
        lambda python, port: [*_module(python, "bentoml"), "serve", "bento:Model", *HOST, "--port", str(port)],
        "/readyz",
    ),
    "MLServer": Peer(
        "mlserver",
        lambda python, port: [str(python), "mls.py", str(port)],
        "/v2/health/ready",
        "/v2/models/model/infer",
        _tensor,
    ),
}


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
    peers = {name: found for name, peer in PEERS.items() if (found := environment(name, peer.package)) is not None}
    print(f"{CONNECTIONS} connections, one worker, single rows, {asked.seconds} s each; load {os.getloadavg()[0]:.1f}")
    print(f"{'model':22} {'server':10} {'rps':>8} {'p50 ms':>8} {'p99 ms':>8} {'ratio':>7}")
    kept = True
    with tempfile.TemporaryDirectory(prefix="modelyard-bench-") as folder:
        for model in MODELS:
            for features in ("", FEATURES):
                made = make(Path(folder) / f"{model}-{bool(features)}", model, features)
                kept = compare(model + (" + features()" if features else ""), made, peers, asked.seconds) and kept
        if asked.requests:
            memory(made, asked.requests)
    print(f"Ten times the fastest peer, with a lower p99, in every line: {'yes' if kept else 'NO'}")


def compare(name: str, made: Made, peers: dict[str, Path], seconds: int) -> bool:
    """Measure every server in turn; say whether the target is met, where there is one."""
    with modelyard(made) as url:
        ours = measure(f"{url}/predict", made.request, seconds)
    show(name, "modelyard", ours)
    found = []
    for peer, python in peers.items():
        with running(PEERS[peer], python, made) as url:
            theirs = measure(url + PEERS[peer].predict, json.dumps(PEERS[peer].body(made.packed)), seconds)
        show(name, peer, theirs, ours.rps / theirs.rps if theirs.rps else float("inf"))
        found.append(theirs)
    fastest = max(found, key=lambda speed: speed.rps, default=None)
    return fastest is None or (ours.rps >= 10 * fastest.rps and ours.p99 < fastest.p99)


def show(name: str, server: str, speed: Speed, ratio: float | None = None) -> None:
    more = f"{ratio:6.1f}x" if ratio is not None else ""
    failed = f"  {speed.failed} FAILED" if speed.failed else ""
    print(f"{name:22} {server:10} {speed.rps:8.0f} {speed.p50:8.2f} {speed.p99:8.2f} {more:>7}{failed}", flush=True)


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


@contextmanager
def modelyard(made: Made, *options: str) -> Iterator[str]:
    """Serve the project as a user would."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "modelyard.cli",
        "serve",
        "--port",
        str(port),
        "--project",
        str(made.root),
        *options,
    ]
    with process(command, f"http://127.0.0.1:{port}/readyz"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(peer: Peer, python: Path, made: Made) -> Iterator[str]:
    """Serve the ONNX model by a peer."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with process(peer.command(python, port), url + peer.ready, MODEL=str(made.onnx), BENTOML_DO_NOT_TRACK="1"):
        yield url


def _module(python: Path, name: str) -> list[str]:
    return [str(python), "-m", name]


@contextmanager
def process(command: list[str], ready: str, **env: str) -> Iterator[None]:
    """Run a server until the body is done."""
    server = subprocess.Popen(
        command,
        cwd=HERE / "peers",
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        wait(ready, server)
        yield
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        with suppress(ProcessLookupError):  # the peers' own workers outlive them
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{' '.join(server.args)} does not answer.")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def environment(name: str, package: str) -> Path | None:
    """Return the Python of a peer's own environment, made at the first call; None where that fails."""
    folder = CACHE / package
    python = folder / "bin" / "python"
    if (folder / "whole").exists():
        return python
    uv = [sys.executable, "-m", "uv"]
    shutil.rmtree(folder, ignore_errors=True)
    commands = [
        [*uv, "venv", "-q", "--python", sys.executable, str(folder)],
        [*uv, "pip", "install", "-q", "--python", str(python), package, "onnxruntime", "numpy"],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} is left out, it cannot be installed: {done.stderr.strip()[-300:]}")
            return None
    (folder / "whole").touch()
    return python


def make(root: Path, model: str, features: str) -> Made:
    """Train a model on made-up rows, 10 numbers and 6 categories, and release it in a store of its own."""

    estimator, parameters = MODELS[model]
    document = {
        "name": "bench",
        "task": "binary",
        "data": {"source": "made", "target": "y"},
        "evaluation": {"metric": "log_loss"},
        "training": {"threads": 1, "estimator": estimator, "parameters": parameters},
        "environments": {"local": {"store": "store"}},
    }
    work = root / "made"
    (work / "pipeline").mkdir(parents=True)
    (work / "pipeline" / "features.py").write_text(features or "def features(rows):\n    return rows\n")
    (root / "modelyard.yaml").write_text(json.dumps(document))
    rows = table()
    config = ProjectConfig.model_validate(document)
    parts = pl.Series((["train"] * 3 + ["validation", "test"]) * (ROWS // 5))
    export(fit(rows, parts, None, config, load_pipeline(work / "pipeline"), rows.schema), work, config)
    known = Contract(name="bench", columns=tuple(Column(name=n, type=logical_type(t)) for n, t in rows.schema.items()))
    profile = build(rows, known, rows.drop("y").columns, predictions=None)
    described = {"contract.yaml": contracts.dump(known).encode(), "profile.json": profile.model_dump_json().encode()}
    store = Store.open("store", root)
    packing = root / "store" / "models" / "packing"
    sha256 = pack({**unpack(work), **described}, packing)
    folder = packing.rename(packing.with_name(sha256))
    swap(store, lambda r: r.model_copy(update={"champion": Ref(version=1, sha256=sha256)}), why="bench", action="tried")
    return requests(root, folder, rows)


def requests(root: Path, folder: Path, rows: pl.DataFrame) -> Made:

    scorer = Scorer.load(folder)
    if scorer.served.form != "onnx":
        raise SystemExit(f"Not served as ONNX: {scorer.served.reason}")
    row = rows.drop("y").head(1)
    matrix = scorer.served.encoding.apply(scorer.make(scorer.served.typed(row)))
    return Made(root, folder / "model.onnx", json.dumps(row.to_dicts()[0]), matrix[0].tolist())


def table() -> pl.DataFrame:
    random = np.random.default_rng(0)
    columns = {f"n{i}": random.normal(size=ROWS) for i in range(10)}
    words = {f"s{i}": random.choice([f"v{j}" for j in range(8)], ROWS) for i in range(6)}
    x = sum(columns[f"n{i}"] for i in range(4)) + (words["s0"] == "v1") * 2 + random.normal(size=ROWS)
    return pl.DataFrame({**columns, **words, "y": np.where(x > 0, "yes", "no")})


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
