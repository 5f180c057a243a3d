"""Tables on other machines: http against a local server, S3 against moto."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from modelyard.data.load import open_table
from modelyard.errors import OutsideError, RequestError

CSV = b"x;\xc3\xa4\n1,5;a\n2,5;b\n"


class Handler(BaseHTTPRequestHandler):
    """Answers by path; keeps the headers that it saw."""

    seen: list[tuple[str, str | None]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization")))
        path = self.path.split("?")[0]
        if path == "/moved.csv":
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_address[1]}/t.csv")
            self.end_headers()
            return
        status = {"/t.csv": 200, "/a%20b.csv": 200, "/cut.csv": 200, "/none.csv": 200}.get(path)
        status = status or int(path.strip("/"))
        body = b"" if path == "/none.csv" else CSV
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + 100 * (path == "/cut.csv")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    Handler.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_table_is_downloaded(web: str) -> None:
    table = open_table(f"http://{web}/t.csv?sig=SECRET")
    assert table.frame.collect().rows() == [("1,5", "a"), ("2,5", "b")]
    assert (table.decimal, table.source) == (",", f"http://{web}/t.csv")
    assert open_table(f"http://{web}/a b.csv").format == "csv"


def test_a_password_goes_to_its_host_only_and_is_never_shown(web: str) -> None:
    table = open_table(f"http://user:p%40ss@{web}/moved.csv")
    assert table.source == f"http://{web}/moved.csv"
    sent = base64.b64encode(b"user:p@ss").decode()
    assert Handler.seen == [("/moved.csv", f"Basic {sent}"), ("/t.csv", None)]


@pytest.mark.parametrize(
    ("path", "error", "told"),
    [
        ("404", RequestError, "answered 404"),
        ("403", RequestError, "answered 403"),
        ("429", OutsideError, "answered 429"),
        ("500", OutsideError, "answered 500"),
        ("cut.csv", OutsideError, "broke off"),
        ("none.csv", RequestError, "empty"),
    ],
)
def test_what_the_server_refuses_or_breaks_off_is_one_error(web: str, path: str, error: type, told: str) -> None:
    with pytest.raises(error) as caught:
        open_table(f"http://user:SECRET@{web}/{path}?token=SECRET")
    assert told in caught.value.message
    assert "SECRET" not in caught.value.message + caught.value.hint
    assert "SECRET" not in repr(caught.value.__cause__)


def test_a_server_that_is_not_there_is_an_outside_error() -> None:
    with pytest.raises(OutsideError) as caught:
        open_table("https://user:SECRET@127.0.0.1:9/x.csv?token=SECRET")
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("source", ["gs://b/x.csv", "ftp://h/x.csv", "http://[bad/x", "s3://", "s3://bucket"])
def test_an_address_that_cannot_be_one_is_refused(source: str) -> None:
    with pytest.raises(RequestError):
        open_table(source)


@pytest.fixture
def bucket(aws) -> object:
    import boto3

    client = boto3.client("s3")
    client.create_bucket(Bucket="lake")
    return client


def test_objects_and_globs_are_read_from_s3(bucket) -> None:
    bucket.put_object(Bucket="lake", Key="in/a 1.csv", Body=b"x,y\n1,2\n")
    bucket.put_object(Bucket="lake", Key="in/b.csv", Body=b"x,y\n3,4\n")
    bucket.put_object(Bucket="lake", Key="in/deep/c.csv", Body=b"z\n1\n")
    assert open_table("s3://lake/in/a 1.csv").frame.collect().rows() == [("1", "2")]
    assert open_table("s3://lake/in/*.csv").frame.collect().height == 2
    for absent in ("s3://lake/in/none.csv", "s3://lake/in/*.parquet", "s3://nowhere/x.csv"):
        with pytest.raises(RequestError) as caught:
            open_table(absent)
        assert absent.split("/")[2] in caught.value.message
