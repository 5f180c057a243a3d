"""An AWS on this machine: moto's server, empty, and the environment variables of its clients."""

import threading
import urllib.request
from contextlib import contextmanager

from moto.server import ThreadedMotoServer


@contextmanager
def serving(region="us-east-1"):
    """Run it for the body; yield what its clients need to know."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    server._server.app = _one_by_one(server._server.app)
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # servers of one process share what they hold
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    keys = {"AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t"}
    try:
        yield {"AWS_ENDPOINT_URL": url, "AWS_REGION": region, "AWS_DEFAULT_REGION": region, **keys}
    finally:
        server.stop()


def _one_by_one(app):
    """Let one request in at a time: S3 compares and replaces in one step, moto in two."""
    turn = threading.Lock()

    def answered(environ, start_response):
        with turn:
            return app(environ, start_response)

    return answered
