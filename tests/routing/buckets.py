"""Two S3 servers that share no code, each with the bucket `tried`; they give the environment of a client."""

import threading
import urllib.request
from contextlib import contextmanager

import boto3
import gateway
from moto.server import ThreadedMotoServer


@contextmanager
def moto(_):
    """Run moto's server for the body."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    server._server.app = _one_by_one(server._server.app)
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    # servers of one process share their buckets
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    known = {"aws_access_key_id": "t", "aws_secret_access_key": "t", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=endpoint, **known).create_bucket(Bucket="tried")
    try:
        yield {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t"}
    finally:
        server.stop()


def _one_by_one(app):
    """Let one request in at a time: S3 compares and replaces in one step, moto in two."""
    turn = threading.Lock()

    def answered(environ, start_response):
        with turn:
            return app(environ, start_response)

    return answered


@contextmanager
def versitygw(folder):
    """Run versitygw over a folder of `folder` for the body."""
    with gateway.gateway(folder / "s3") as one:
        yield one.world
