"""Answers that no client can read, and words that must not reach a terminal: a failed check or an error, no crash."""

import json
import socket
import threading
from contextlib import contextmanager

import pytest
from smoked import asked, between, found, project

from modelyard.errors import OutsideError, RequestError

pytestmark = pytest.mark.slow
JSON = {"content-type": "application/json"}


def told(body, **more):
    return json.dumps({**json.loads(body), **more}).encode()


def rows(body, value):
    return [dict.fromkeys(row, value) for row in json.loads(body)["probabilities"]]


WRONG = {
    "no number": lambda body: told(body, probabilities=rows(body, float("nan"))),
    "a number that no float holds": lambda body: told(body, probabilities=rows(body, 10**400)),
    "deeper than a parser goes": lambda _: b"[" * 200_000,
    "no UTF-8": lambda _: b'{"predictions": ["\xff"]}',
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_an_answer_that_cannot_be_read_fails_its_check(folder, url, change):
    def wrong(handler, _, status, headers, body):
        scored = handler.path == "/predict" and status == 200
        return status, headers, change(body) if scored else body

    with between(wrong, url) as (address, _):
        result = asked(folder, address, load_s=0, timeout_s=5)
    assert [check.name for check in result.checks if check.passed is False] == ["golden"]
    assert "no JSON" in found(result)["golden"].found or "cannot be read" in found(result)["golden"].found


def test_no_number_is_an_error_under_load_too(folder, url):
    def wrong(handler, number, status, headers, body):
        late = handler.path == "/predict" and status == 200 and number > 20
        return status, headers, told(body, probabilities=rows(body, float("nan"))) if late else body

    with between(wrong, url) as (address, _):
        result = asked(folder, address, load_s=1)
    assert found(result)["errors"].passed is False
    assert "no JSON" in found(result)["errors"].found


@pytest.mark.parametrize("token", ["abc\nde-secret", "abc\rde-secret", "abc…de-secret"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(tmp_path, monkeypatch, token):
    project(tmp_path, auth="token", release=False)
    monkeypatch.setenv("MODELYARD_TOKEN", token)
    with pytest.raises(RequestError) as caught:
        asked(tmp_path, "http://127.0.0.1:9")
    assert caught.value.code == "bad_token"
    assert "secret" not in caught.value.message + caught.value.hint


def test_where_it_redirects_to_is_shown_without_what_may_be_a_secret(folder):
    away = {"location": "https://login.example.com/in?state=s3cret#t0ken"}
    with between(lambda *_: (302, away, b"")) as (address, _), pytest.raises(RequestError) as caught:
        asked(folder, address)
    assert caught.value.code == "redirected"
    assert "https://login.example.com/in." in caught.value.message
    assert "s3cret" not in caught.value.message


@contextmanager
def saying(reply):
    """Accept connections and say `reply` in each, whatever was asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("reply", [b"SSH-2.0-OpenSSH\r\n", b"\x1b[2J\x1b[31mred\r\n", b"HTTP/1.1 999999 X\r\n\r\n"])
def test_what_speaks_no_http_is_said_on_one_line_without_control_characters(folder, reply):
    with saying(reply) as address, pytest.raises(OutsideError) as caught:
        asked(folder, address, wait_s=0.2, timeout_s=2)
    assert caught.value.code == "no_answer"
    assert "no HTTP" in caught.value.message
    assert caught.value.message.isprintable()
