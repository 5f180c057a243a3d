"""HTTP as clients really send it: in pieces, at once, wrongly, slowly; and a server of several workers."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from released import released
from test_server_process import ROW, lines, listening, project, ready, wait

pytestmark = pytest.mark.slow

TOOLS = Path(sys.executable).parent
BODY = json.dumps(ROW).encode()
HEAD = b"POST /predict HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\n"
GOOD = HEAD + b"content-length: %d\r\n\r\n%b" % (len(BODY), BODY)


@contextmanager
def serving(folder, *options, **env):
    project(folder)
    command = [sys.executable, "-m", "modelyard.cli", "serve", "--port", "0", "--project", str(folder), "-q", *options]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, env={**os.environ, **env})
    try:
        port = listening(folder, process)
        yield process, port
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    released(folder)
    with serving(folder) as (_, found):
        ready(f"http://127.0.0.1:{found}", 1)
        yield found


def talk(port, *pieces, pause=0.0, end=False):
    """Send pieces; return all that comes until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as client:
        for piece in pieces:
            client.sendall(piece)
            time.sleep(pause)
        if end:
            client.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while chunk := client.recv(65_536):
                found += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return found


def statuses(found):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", found)]


CLOSE = GOOD.replace(b"host: t\r\n", b"host: t\r\nconnection: close\r\n")


def test_requests_may_come_in_pieces_or_many_at_once(port):
    assert statuses(talk(port, *[CLOSE[i : i + 7] for i in range(0, len(CLOSE), 7)])) == [200]
    assert statuses(talk(port, GOOD * 20 + CLOSE)) == [200] * 21


def test_answers_keep_the_order_of_requests_also_after_a_large_one(port):
    many = json.dumps({"rows": [ROW] * 3000}).encode()
    large = HEAD + b"x-request-id: large\r\ncontent-length: %d\r\n\r\n%b" % (len(many), many)
    found = talk(port, large + GOOD.replace(b"host: t", b"x-request-id: small") + CLOSE)
    assert statuses(found) == [200] * 3
    assert found.index(b"x-request-id: large") < found.index(b"x-request-id: small")


def test_a_chunked_body_and_a_client_that_asks_first_are_answered(port):
    chunked = CLOSE.split(b"content-length")[0] + b"transfer-encoding: chunked\r\n\r\n"
    assert statuses(talk(port, chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY))) == [200]
    head, body = CLOSE.split(b"\r\n\r\n")
    assert statuses(talk(port, head + b"\r\nexpect: 100-continue\r\n\r\n", body, pause=0.1)) == [100, 200]


def test_large_requests_and_many_in_one_read_leave_the_connection_as_it_was(port):
    many = json.dumps({"rows": [ROW] * 9000}).encode()
    large = HEAD + b"content-length: %d\r\n\r\n%b" % (len(many), many)
    assert len(large) > 250_000
    assert statuses(talk(port, large, GOOD, large, CLOSE, pause=0.3)) == [200] * 4
    assert statuses(talk(port, GOOD * 900 + CLOSE)) == [200] * 901


OFFER = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"


def test_an_offer_to_change_the_protocol_is_ignored(port):
    offering = GOOD.replace(b"host: t\r\n", b"host: t\r\n" + OFFER)
    chunked = HEAD + OFFER + b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    page = b"GET /readyz HTTP/1.1\r\nhost: t\r\n" + OFFER + b"\r\n"
    assert statuses(talk(port, offering * 3 + chunked + page + offering + CLOSE)) == [200] * 7
    pieces = [offering[i : i + 11] for i in range(0, len(offering), 11)]
    assert statuses(talk(port, *pieces, CLOSE)) == [200] * 2
    ending = offering.replace(b"connection: Upgrade", b"connection: close, Upgrade")
    assert statuses(talk(port, ending + GOOD)) == [200]
    assert statuses(talk(port, offering.replace(b"content-length", b"transfer-encoding: chunked\r\nx"))) == [400]


def test_a_client_that_has_said_all_still_gets_its_answers(port):
    many = json.dumps({"rows": [ROW] * 3000}).encode()
    large = HEAD + b"content-length: %d\r\n\r\n%b" % (len(many), many)
    assert statuses(talk(port, GOOD * 3, end=True)) == [200] * 3
    assert statuses(talk(port, large + GOOD, end=True)) == [200] * 2
    assert statuses(talk(port, GOOD.replace(b"/predict", b"/explain"), end=True)) == [409]  # no rows to compare with
    assert statuses(talk(port, GOOD + GOOD[:50], end=True)) == [200]


def test_what_follows_a_body_changes_no_header_and_has_an_end(port):
    head = CLOSE.split(b"content-length")[0] + b"x-request-id: mine\r\ntransfer-encoding: chunked\r\n\r\n"
    chunks = head + b"%x;a=b\r\n%b\r\n0\r\n" % (len(BODY), BODY)
    found = talk(port, chunks + b"x-request-id: other\r\ncontent-type: text/plain\r\n\r\n")
    assert statuses(found) == [200]
    assert b"x-request-id: mine\r\n" in found
    assert statuses(talk(port, chunks + b"x: y\r\n" * 50_000 + b"\r\n")) == [431]
    assert statuses(talk(port, chunks + b"x: " + b"y" * 200_000)) in ([431], [])  # a reset may overtake the answer


def test_http_1_0_and_head_are_answered(port):
    assert talk(port, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")
    found = talk(port, b"HEAD /healthz HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n")
    assert found.endswith(b"\r\n\r\n")
    assert statuses(found) == [200]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\ncontent-length: x\r\n\r\n", 400),
        (HEAD + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nx: " + b"y" * 100_000 + b"\r\n\r\n", 431),
        (b"GET /%ff%00 HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n", 404),
        (b"GET http://t/healthz HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n", 200),
        (b"DELETE /predict HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n", 405),
        (b"CONNECT t:1 HTTP/1.1\r\nhost: t\r\n\r\n", 400),
    ],
)
def test_what_is_no_good_request_gets_its_status(raw, status, port):
    assert statuses(talk(port, raw)) == [status]


def test_slow_clients_hold_nobody_up(port):
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    for client in slow:
        client.sendall(GOOD[:40])
    assert statuses(talk(port, CLOSE)) == [200]
    for client in slow:
        client.close()


def malformed(seed):
    """A request with something wrong, or not."""
    r = random.Random(seed)
    value = r.choice(
        [0, -1.5, 1e308, 10**400, True, None, "", "x" * 1000, "\ud800", [], {}, [[[]]], "2020-01-01", "\x00"]
    )
    row = {**ROW, r.choice(["a", "b", "n", "y", "z", ""]): value}
    body = json.dumps(
        r.choice([row, {"rows": [row] * r.randint(0, 5)}, {"rows": row}, [row], {"rows": [row], "id": value}])
    )
    data = bytearray(r.choice([body, body.replace("0.5", r.choice(["NaN", "Infinity", "1e999", "-"]))]).encode())
    for _ in range(r.choice([0, 0, 1, 3, 30])):
        if data:
            data[r.randrange(len(data))] = r.randrange(256)
    if r.random() < 0.02:
        data = bytearray(b"[" * 50_000)
    path = r.choice(["/predict"] * 6 + ["/explain", "/schema", "/metrics", "/nothing", "/%00", "/predict/"])
    method = r.choice(["POST"] * 8 + ["GET", "PUT", "OPTIONS", "PATCH"])
    media = r.choice(["application/json"] * 5 + ["text/plain", "application/json; charset=latin-1", "", "x/y+json"])
    length = r.choice([len(data)] * 9 + [r.randint(0, 50)])
    head = f"{method} {path} HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-type: {media}\r\n"
    raw = bytearray(head.encode() + b"content-length: %d\r\n\r\n" % length + data)
    if r.random() < 0.1:
        raw = bytearray(bytes(raw).replace(b"connection: close\r\n", OFFER))
    if r.random() < 0.15:
        raw[r.randrange(len(raw))] = r.randrange(256)
    return bytes(raw)


def fuzz(port, seeds):
    """Return what was answered with a status of 500 or above."""
    bad = []
    for seed in seeds:
        found = statuses(talk(port, malformed(seed), end=True))
        bad += [(seed, status) for status in found if status >= 500]
    assert statuses(talk(port, CLOSE)) == [200]
    return bad


def test_no_malformed_request_is_a_fault_of_the_server(port):
    assert fuzz(port, range(1000)) == []


def total(port, name):
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def children(process):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=True)
    return [int(pid) for pid in found.stdout.split()]


def test_the_openapi_document_promises_what_the_server_does(port, tmp_path):
    options = ["--checks", "all", "--max-examples", "60", "--continue-on-failure", "--seed", "1", "--no-color"]
    command = [TOOLS / "schemathesis", "run", f"http://127.0.0.1:{port}/openapi.json", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_workers_count_together_and_a_killed_one_is_replaced_without_loss(tmp_path):
    released(tmp_path)
    with serving(tmp_path, "--workers", "2") as (process, port):
        url = f"http://127.0.0.1:{port}"
        ready(url, 1)
        first = children(process)
        assert len(first) == 2
        for _ in range(40):
            assert httpx.post(f"{url}/predict", json=ROW).status_code == 200
        assert total(port, "modelyard_predictions_total") == 40
        os.kill(first[0], signal.SIGKILL)
        for _ in range(10):  # what the system gave to the dead worker waits for its successor
            assert httpx.post(f"{url}/predict", json=ROW, timeout=30).status_code == 200
        wait(lambda: True if len(children(process)) == 2 and first[0] not in children(process) else None)
        assert total(port, "modelyard_predictions_total") == 50
        assert total(port, "modelyard_request_seconds_count") == 50
        assert total(port, "modelyard_workers") == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [line["event"] for line in lines(tmp_path)].count("stopped") == 2


def test_the_end_writes_what_was_captured(tmp_path):
    store = released(tmp_path)
    with serving(tmp_path) as (process, port):
        ready(f"http://127.0.0.1:{port}", 1)
        threads = [threading.Thread(target=talk, args=(port, GOOD * 9 + CLOSE)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    from modelyard.capture import read

    found = list(read(store))
    assert sum(rows.height for rows in found) == 30
    assert {name for rows in found for name in rows["inputs"].struct.fields} >= {"a", "b", "n"}


def test_cloudwatch_lines_hold_what_was_answered(tmp_path):
    released(tmp_path)
    with serving(tmp_path) as (process, port):
        ready(f"http://127.0.0.1:{port}", 1)
    project(tmp_path)
    known = (tmp_path / "modelyard.yaml").read_text()
    (tmp_path / "modelyard.yaml").write_text(known + "serving: {emf: true}\n")
    command = [sys.executable, "-m", "modelyard.cli", "serve", "--port", "0", "--project", str(tmp_path), "-q"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log)
    port = listening(tmp_path, process)
    ready(f"http://127.0.0.1:{port}", 1)
    talk(port, GOOD * 4 + HEAD + b"connection: close\r\ncontent-length: 2\r\n\r\n{}")
    process.terminate()
    assert process.wait(60) == 0
    line = next(line for line in lines(tmp_path) if line["event"] == "metrics")
    described = line["_aws"]["CloudWatchMetrics"][0]
    assert described["Namespace"] == "Modelyard"
    assert described["Dimensions"] == [["project", "env", "version", "role"]]
    assert (line["version"], line["role"], line["requests"], line["errors"]) == ("1", "champion", 5, 0)
    assert len(line["latency_ms"]) == 5
    assert 0 < line["prediction_mean"] < 1
    assert {metric["Name"] for metric in described["Metrics"]} == {
        "requests", "errors", "latency_ms", "prediction_mean", "capture_dropped",
    }  # fmt: skip
