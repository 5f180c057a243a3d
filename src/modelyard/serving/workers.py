"""Starts the server: in this process, or in several worker processes that are replaced when they die."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from modelyard.config import Project
from modelyard.errors import OutcomeError
from modelyard.serving.auth import auth
from modelyard.serving.listen import listen
from modelyard.serving.signals import ends

_PAUSE_S = 0.1
_FIRST_S, _LAST_S = 0.1, 5.0  # before a worker that died is replaced
_LIVED_S = 10.0  # a worker that lived so long did not die of its start
_GRACE_S = 40.0


def serve(project: Project, host: str, port: int, workers: int = 1) -> None:
    """Answer predictions of the project's environment until SIGTERM, SIGINT or SIGHUP.

    Raises:
        OutsideError: The port is taken.
        RequestError: There is no such address here, or no credential that the configuration asks for.
        OutcomeError: No worker starts.
    """
    auth(project.config.serving)  # what is wrong is said before anything listens
    # polars reads this as it is imported; to share out a few rows among threads costs features() more than it saves
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    sockets = listen(host, port, workers)
    try:
        if workers == 1:
            from modelyard.serving.metrics import Metrics
            from modelyard.serving.server import run

            run(project, sockets[0], Metrics())
            return
        with tempfile.TemporaryDirectory(prefix="modelyard-") as folder:
            _Workers(project, sockets, Path(folder)).run()
    finally:
        for each in sockets:
            each.close()


@dataclass
class _Worker:
    index: int
    process: subprocess.Popen | None = None
    born: float = 0.0
    pause: float = _FIRST_S
    again: float = 0.0
    deaths: int = field(default=0)


class _Workers:
    def __init__(self, project: Project, sockets: Sequence[socket.socket], folder: Path) -> None:
        self._project = project
        self._sockets = sockets
        self._folder = folder
        self._started = time.time()
        self._told = False
        self._workers = [_Worker(index) for index in range(len(sockets))]

    def run(self) -> None:
        """Keep the workers running until told to end."""
        for number in ends():
            signal.signal(number, self._tell)
        try:
            while not self._told:
                for worker in self._workers:
                    self._look_after(worker)
                time.sleep(_PAUSE_S)
        finally:
            self._end()

    def _tell(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signal wants it
        self._told = True

    def _look_after(self, worker: _Worker) -> None:
        now = time.monotonic()
        if worker.process is None:
            if now >= worker.again:
                self._start(worker)
            return
        if worker.process.poll() is None:
            return
        worker.deaths = 0 if now - worker.born > _LIVED_S else worker.deaths + 1
        if worker.deaths >= 10 and all(each.deaths >= 10 for each in self._workers):
            raise OutcomeError("No worker starts.", "Its own last words are on stderr.", code="no_worker")
        worker.pause = min(_FIRST_S * 2**worker.deaths, _LAST_S)
        worker.process, worker.again = None, now + worker.pause

    def _start(self, worker: _Worker) -> None:
        handle = self._sockets[worker.index].fileno()
        patient = worker.born > 0
        project = self._project
        command = [sys.executable, "-m", "modelyard.serving.worker", str(project.root), project.env, str(handle)]
        command += [str(worker.index), str(self._folder), str(self._started), str(int(patient))]
        # of a session of its own: Ctrl-C reaches this process only, which then ends them in order
        worker.process = subprocess.Popen(command, pass_fds=[handle], start_new_session=True)  # noqa: S603
        worker.born = time.monotonic()

    def _end(self) -> None:
        alive = [worker.process for worker in self._workers if worker.process is not None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + _GRACE_S
        for process in alive:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
