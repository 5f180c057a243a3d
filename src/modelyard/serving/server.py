"""Runs the application under uvicorn: one process, one event loop, and an end that answers what is in flight."""

import signal
import socket
import tempfile
from pathlib import Path

import uvicorn

from modelyard.config import Project
from modelyard.data.store import Store
from modelyard.errors import OutsideError, RequestError
from modelyard.serving.app import App
from modelyard.serving.follow import Follower
from modelyard.serving.logs import Log

_BACKLOG = 2048
_GRACE_S = 30


def serve(project: Project, host: str, port: int) -> None:
    """Answer predictions of the project's environment until SIGTERM or SIGINT.

    Raises:
        OutsideError: The port is taken.
        RequestError: There is no such address here.
    """
    store = Store.open(project.environment.store, project.root)
    listening = _listen(host, port)
    log = Log()
    with tempfile.TemporaryDirectory(prefix="modelyard-") as cache, listening:
        follower = Follower(store, Path(cache), log)
        config = uvicorn.Config(
            App(follower, log),
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            interface="asgi3",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        # uvicorn raises the signal once more after it has ended in peace
        signal.signal(signal.SIGTERM, lambda *_: None)
        where, at = listening.getsockname()[:2]
        log.line("listening", host=where, port=at, store=store.uri, env=project.env)
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except socket.gaierror as error:
        raise RequestError(f"{host!r} is no address of this machine: {error.strerror}.", "Try 127.0.0.1.") from error
    except OSError as error:
        raise OutsideError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}.",
            "Choose another port with --port, or stop what listens there.",
            code="cannot_listen",
        ) from error
