"""Starts modelyard and its peers with one model, each peer in an environment of its own under the cache folder."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from peers.released import Made

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "modelyard-benchmarks"
HOST = ["--host", "127.0.0.1"]


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
class Running:
    """A server that answers, and the processes it is made of."""

    url: str
    group: int

    def pause(self) -> None:
        """Take no processor time from the server that is measured."""
        os.killpg(self.group, signal.SIGSTOP)

    def go_on(self) -> None:
        """Answer again."""
        os.killpg(self.group, signal.SIGCONT)


@contextmanager
def modelyard(made: Made, *options: str) -> Iterator[Running]:
    """Serve the project as a user would."""
    port = free_port()
    serve = ["serve", "--port", str(port), "--project", str(made.root)]
    command = [*_module(Path(sys.executable), "modelyard.cli"), *serve, *options]
    with process(command, f"http://127.0.0.1:{port}", "/readyz") as server:
        yield server


@contextmanager
def running(peer: Peer, python: Path, made: Made, featured: bool) -> Iterator[Running]:
    """Serve the ONNX model by a peer, which is to run the project's features() before it where `featured`."""
    port = free_port()
    told = {
        "MODEL": str(made.onnx),
        "FEATURES": str(made.features) if featured else "",
        "COLUMNS_OF_ROW": json.dumps(made.columns),
        "BENTOML_DO_NOT_TRACK": "1",
    }
    with process(peer.command(python, port), f"http://127.0.0.1:{port}", peer.ready, **told) as server:
        yield server


def _module(python: Path, name: str) -> list[str]:
    return [str(python), "-m", name]


@contextmanager
def process(command: list[str], url: str, ready: str, **env: str) -> Iterator[Running]:
    """Run a server until the body is done."""
    server = subprocess.Popen(
        command,
        cwd=HERE,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        wait(url + ready, server)
        yield Running(url, server.pid)
    finally:
        os.killpg(server.pid, signal.SIGCONT)  # what is paused hears of no end
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
