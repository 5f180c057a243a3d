"""Runs the application in one process: one event loop, and an end that answers what is in flight."""

import asyncio
import socket
import sys
import tempfile
from pathlib import Path

import uvloop

from modelyard.capture import Capture
from modelyard.config import Project
from modelyard.data.store import Store
from modelyard.serving.app import App
from modelyard.serving.auth import auth, of_metrics
from modelyard.serving.connection import Clients
from modelyard.serving.emf import Emf
from modelyard.serving.files import raise_limit
from modelyard.serving.follow import Follower
from modelyard.serving.listen import BACKLOG
from modelyard.serving.logs import Log
from modelyard.serving.metrics import Metrics
from modelyard.serving.signals import ends

_GRACE_S = 30.0
_TICK_S = 1.0
_PATIENCE_S = 30.0
_SWITCH_S = 0.001  # a thread that encodes or mirrors lets the event loop have the interpreter after this


def run(project: Project, listening: socket.socket, metrics: Metrics, *, patient: bool = False) -> None:
    """Answer predictions of the project's environment until SIGTERM, SIGINT or SIGHUP.

    Args:
        project: Names the store, and how to serve.
        listening: Takes the connections.
        metrics: Where to count.
        patient: Take connections only once a version is loaded: others answer meanwhile.

    Raises:
        RequestError: A credential that the configuration asks for is not there.
    """
    config = project.config.serving
    store = Store.open(project.environment.store, project.root)
    metrics.name(project.config.name, project.env)
    log = Log(per_second=config.log_per_second)
    with tempfile.TemporaryDirectory(prefix="modelyard-") as cache:
        follower = Follower(store, Path(cache), log)
        capture = Capture(store, config.capture, tell=log.line)
        app = App(follower, log, metrics=metrics, keeper=capture, auth=auth(config), of_metrics=of_metrics())
        sys.setswitchinterval(_SWITCH_S)
        raise_limit()
        log.start()
        capture.start()
        follower.start()
        try:
            uvloop.run(_Serving(project, app, follower, capture, log).until_told(listening, patient=patient))
        finally:
            follower.stop()
            app.stop()
            capture.stop()
            log.line("stopped")
            log.stop()


class _Serving:
    def __init__(self, project: Project, app: App, follower: Follower, capture: Capture, log: Log) -> None:
        self._app = app
        self._follower = follower
        self._capture = capture
        self._log = log
        self._clients = Clients(app.respond)
        self._emf = Emf(project, app.metrics, log)
        self._told = asyncio.Event()

    async def until_told(self, listening: socket.socket, *, patient: bool) -> None:
        loop = asyncio.get_running_loop()
        for number in ends():
            loop.add_signal_handler(number, self._told.set)
        if patient:
            await self._first_version()
        server = await loop.create_server(self._clients.connect, sock=listening, backlog=BACKLOG)
        host, port = listening.getsockname()[:2]
        self._log.line("listening", host=host, port=port)
        ticking = asyncio.create_task(self._tick())
        await self._told.wait()
        server.close()
        await self._clients.end(_GRACE_S)
        ticking.cancel()
        self._emf.emit()
        self._app.sync()

    async def _first_version(self) -> None:
        """Wait for a version, unless none is to come."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _PATIENCE_S
        while self._follower.state.version is None and not self._told.is_set() and loop.time() < end:
            if self._follower.hopeless:
                return
            await asyncio.sleep(0.02)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self._clients.tick()
            self._app.sync()
            self._emf.tick()
            release = self._follower.state.routing.release
            self._capture.hurry = release is not None and release.running
