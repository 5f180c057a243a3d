"""A real S3 server on this machine: versitygw, over a folder, with `If-Match` and `If-None-Match`."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from toolchain import tool

KEY, SECRET, BUCKET = "tried", "tried-secret", "tried"


class Gateway:
    """The server's process; it may be stopped and started again, and keeps its address and its objects."""

    def __init__(self, folder):
        self.folder, self.port = folder, _free()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process = None
        (folder / BUCKET).mkdir(parents=True)

    @property
    def world(self):
        """Return the environment of a client."""
        return {
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }  # fmt: skip

    def start(self):
        """Start it, and wait until it answers."""
        command = [tool("versitygw"), "--port", f"127.0.0.1:{self.port}", "--quiet", "posix", str(self.folder)]
        secrets = {"ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET}
        with (self.folder.parent / f"gateway {self.port}.log").open("ab") as log:
            self._process = subprocess.Popen(command, env={**os.environ, **secrets}, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, "versitygw has ended"
            assert time.monotonic() < deadline, "versitygw does not answer"
            time.sleep(0.05)

    def stop(self):
        """End it; clients are refused from here on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self):
        client = boto3.client(
            "s3", endpoint_url=self.url, aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="us-east-1",
            config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=2),
        )  # fmt: skip
        try:
            return BUCKET in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
        except (BotoCoreError, ClientError):
            return False


def _free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def gateway(folder):
    """Run a gateway with the bucket `tried` for the body."""
    one = Gateway(folder)
    one.start()
    try:
        yield one
    finally:
        one.stop()
