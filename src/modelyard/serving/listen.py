"""Takes an address to listen on, once for each worker."""

import socket
import sys

from modelyard.errors import OutsideError, RequestError

BACKLOG = 2048


def listen(host: str, port: int, workers: int) -> list[socket.socket]:
    """Return one listening socket for each worker, all of one address; the system spreads connections over them.

    A socket outlives its worker, so that what waits in it is answered by the next one.

    Raises:
        OutsideError: The port is taken.
        RequestError: There is no such address here.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        first = socket.create_server((host, port), family=family, backlog=BACKLOG)  # alone: sees who else is there
        if workers == 1:
            return [first]
        if not sys.platform.startswith("linux"):  # elsewhere the newest socket would get everything
            return [first] + [first.dup() for _ in range(workers - 1)]
        address = first.getsockname()[:2]
        first.close()
        return [socket.create_server(address, family=family, backlog=BACKLOG, reuse_port=True) for _ in range(workers)]
    except (socket.gaierror, UnicodeError) as error:  # UnicodeError: no name can be written like this
        said = getattr(error, "strerror", None) or "it is no name"
        raise RequestError(f"{host[:80]!r} is no address of this machine: {said}.", "Try 127.0.0.1.") from error
    except OSError as error:
        raise OutsideError(
            f"Cannot listen on {host}:{port}: {error.strerror or error}.",
            "Choose another port with --port, or stop what listens there.",
            code="cannot_listen",
        ) from error
