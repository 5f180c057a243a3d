"""The project's own server, started as a user would start it, and a client that asks it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from modelyard.errors import OutsideError

_START_S = 30.0
_STOP_S = 15.0
_HOST = "127.0.0.1"
_OK = 200


class Client:
    """One connection to the server; each thread has its own.

    The asking shares two processors with the server and the judge, and would cost twice as much with `http.client`.
    Our own server always tells how long its answer is.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((_HOST, port), timeout=30)
        self._answers = self._socket.makefile("rb")

    def predict(self, body: bytes, request_id: str) -> int:
        """Send a prediction request; return the status."""
        more = f"content-type: application/json\r\nx-request-id: {request_id}\r\ncontent-length: {len(body)}\r\n"
        return self._ask("POST /predict", more, body)

    def get(self, path: str) -> int:
        """Ask for a page; return the status."""
        return self._ask(f"GET {path}", "", b"")

    def close(self) -> None:
        """Let the connection go."""
        self._answers.close()
        self._socket.close()

    def _ask(self, what: str, headers: str, body: bytes) -> int:
        try:
            self._socket.sendall(f"{what} HTTP/1.1\r\nhost: {_HOST}\r\n{headers}\r\n".encode() + body)
            return self._status()
        except (OSError, ValueError, IndexError) as error:  # gone, or in the middle of an answer
            raise OutsideError(f"The server does not answer: {error}.", code="no_server") from error

    def _status(self) -> int:
        """Read an answer to its end."""
        status, length = int(self._answers.readline().split()[1]), 0
        while line := self._answers.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        self._answers.read(length)
        return status


@contextmanager
def serving(root: Path) -> Generator[int]:
    """Serve the project on a free port for as long as the body runs; yields the port.

    Raises:
        OutsideError: It was not ready in time.
    """
    command = [sys.executable, "-m", "modelyard.cli", "serve", "--port", "0", "--project", str(root)]
    log = root / ".modelyard" / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=out, start_new_session=True)  # noqa: S603
        try:
            yield _port(process, log)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    """Wait until the server is ready; return where it listens."""
    until = time.monotonic() + _START_S
    with log.open() as lines:
        while time.monotonic() < until and process.poll() is None:
            port = _listening(lines)
            if port and _ready(port):
                return port
            time.sleep(0.05)
            lines.seek(0)
    said = log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing"]
    why = (
        f"was not ready within {_START_S:.0f} s" if process.poll() is None else f"ended with code {process.returncode}"
    )
    raise OutsideError(f"The server {why}; its log ends with: {said[0][:300]}", f"Its log is {log}.", code="no_server")


def _listening(lines: IO[str]) -> int | None:
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:  # half a line so far
            continue
        if said.get("event") == "listening":
            return said["port"]
    return None


def _ready(port: int) -> bool:
    try:
        client = Client(port)
    except OSError:
        return False
    try:
        return client.get("/readyz") == _OK
    except OutsideError:
        return False
    finally:
        client.close()
