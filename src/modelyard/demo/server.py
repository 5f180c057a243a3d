"""The project's own server, started as a user would start it, and a client that asks it."""

import http.client
import json
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
    """One connection to the server; each thread has its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection(_HOST, port, timeout=30)

    def predict(self, body: bytes, request_id: str) -> int:
        """Send a prediction request; return the status."""
        headers = {"content-type": "application/json", "x-request-id": request_id}
        try:
            self._connection.request("POST", "/predict", body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise OutsideError(f"The server does not answer: {error}.", code="no_server") from error
        return answer.status

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of a page."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


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
    client = Client(port)
    try:
        return client.get("/readyz")[0] == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
