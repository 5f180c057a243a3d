"""Servers that do what they must not: each is caught by the check that is meant for it, and in time."""

import contextlib
import datetime as dt
import json
import socket
import ssl
import threading
import time

import pytest
from smoked import asked, between, found

from modelyard.errors import OutsideError, RequestError

pytestmark = pytest.mark.slow  # real servers, real seconds of load
JSON = {"content-type": "application/json"}


def of_predict(handler):
    return handler.path == "/predict"


def rows_of(answer):
    return json.loads(answer).get("predictions", []) if answer.startswith(b"{") else []


def failing(folder, url, change, **more):
    """Return the names of the checks that do not pass, and the result."""
    with between(change, url) as (address, _):
        result = asked(folder, address, **{"timeout_s": 2, **more})
    assert not result.passed
    return [check.name for check in result.checks if check.passed is False], result


def test_other_probabilities_than_at_training(folder, url):
    def change(handler, _, status, headers, answer):
        said = json.loads(answer) if of_predict(handler) and status == 200 else {}
        for row in said.get("probabilities", [])[-1:]:
            row["good"], row["bad"] = row["bad"], row["good"]
        return status, headers, json.dumps(said).encode() if said.get("probabilities") else answer

    names, result = failing(folder, url, change)
    assert names == ["golden"]
    assert found(result)["golden"].found.startswith("5 scores and 0 labels of 200 rows")  # the last of each batch


def test_other_labels_with_the_right_probabilities(folder, url):
    def change(handler, _, status, headers, answer):
        swapped = answer.replace(b'"predictions":["bad"', b'"predictions":["good"') if of_predict(handler) else answer
        return status, headers, swapped

    names, result = failing(folder, url, change, load_s=0)
    assert names == ["golden"]
    assert found(result)["golden"].found.startswith("0 scores")


def test_answers_that_are_no_json(folder, url):
    def change(handler, _, status, headers, answer):
        return status, {"content-type": "text/html"} if of_predict(handler) else headers, answer

    names, result = failing(folder, url, change)
    assert names == ["golden", "refusal", "errors"]
    assert "text/html" in found(result)["golden"].found


def test_broken_rows_that_are_answered(folder, url):
    def change(handler, _, status, headers, answer):
        return (200, JSON, b'{"predictions": ["good"]}') if status == 422 else (status, headers, answer)

    assert failing(folder, url, change)[0] == ["refusal"]


def test_a_refusal_that_names_another_column(folder, url):
    def change(handler, _, status, headers, answer):
        body = b'{"detail": [{"row": 0, "column": "other", "message": "no"}]}' if status == 422 else answer
        return status, headers, body

    assert failing(folder, url, change)[0] == ["refusal"]


def test_errors_under_load(folder, url):
    def change(handler, number, status, headers, answer):
        alone = of_predict(handler) and len(rows_of(answer)) == 1
        return (500, JSON, b"{}") if alone and number % 3 == 0 and number > 20 else (status, headers, answer)

    names, result = failing(folder, url, change, load_s=2)
    assert names == ["errors"]
    assert "500 application/json" in found(result)["errors"].found


def test_connections_that_are_closed_under_load(folder, url):
    def change(handler, number, status, headers, answer):
        if of_predict(handler) and number > 20:
            handler.connection.shutdown(socket.SHUT_RDWR)
            return None
        return status, headers, answer

    names, result = failing(folder, url, change, load_s=1)
    assert "errors" in names
    assert "the connection was closed" in found(result)["errors"].found


def test_connections_that_are_closed_between_requests_are_opened_again(folder, url):
    def change(handler, number, status, headers, answer):
        handler.close_connection = True  # without a word to the client
        return status, headers, answer

    with between(change, url) as (address, _):
        assert asked(folder, address).passed


def test_slow_answers_count_from_when_they_were_due(folder, url):
    def change(handler, number, status, headers, answer):
        time.sleep(0.6 if of_predict(handler) and len(rows_of(answer)) == 1 else 0)
        return status, headers, answer

    names, result = failing(folder, url, change, load_s=2, timeout_s=20)
    assert names == ["p99"]
    # four connections answer 7 a second of the 20 that are due: the last ones wait much longer than one answer takes
    assert result.p99_ms > 2000
    assert result.rps < 15


def test_a_server_that_answers_no_more_ends_in_time(folder, url):
    stuck = threading.Event()

    def change(handler, number, status, headers, answer):
        if of_predict(handler) and number > 20:
            stuck.wait(30)
            return None
        return status, headers, answer

    begin = time.monotonic()
    names, result = failing(folder, url, change, load_s=1, timeout_s=1)
    stuck.set()
    assert "errors" in names
    assert "no whole answer in 1 s" in found(result)["errors"].found
    assert time.monotonic() - begin < 20


def test_an_answer_that_drips_is_given_up_in_time(folder, url):
    drops, ended = [], threading.Event()

    def change(handler, number, status, headers, answer):
        if not rows_of(answer):
            return status, headers, answer
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", "1000")
        handler.end_headers()
        with contextlib.suppress(OSError):  # nobody listens any more
            for _ in range(50):
                handler.wfile.write(b" ")
                drops.append(1)
                time.sleep(0.2)
        ended.set()
        return None

    names, result = failing(folder, url, change, load_s=0, timeout_s=1)
    assert names == ["golden"]
    assert found(result)["golden"].found == "no whole answer in 1 s"
    assert ended.wait(60)
    assert len(drops) < 40


def test_a_redirect_is_no_service_and_is_not_followed(folder, url):
    def change(handler, *_):
        return 307, {"location": f"{url}{handler.path}"}, b""

    with between(change) as (address, seen), pytest.raises(RequestError, match="redirects to"):
        asked(folder, address)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"content-type": "text/html"}, b"<p>hello"),
        (200, JSON, b'{"status": "UP"}'),
        (404, JSON, b'{"detail": "No such service"}'),
    ],
)
def test_something_else_that_answers_is_no_service(folder, answer):
    with between(lambda *_: answer) as (address, _), pytest.raises(RequestError, match="no server of modelyard"):
        asked(folder, address)


def test_a_service_that_shows_only_predictions_is_still_asked_for_them(folder, url):
    def change(handler, _, status, headers, answer):
        shown = (status, headers, answer)
        return shown if of_predict(handler) else (404, JSON, b'{"detail": "No such service"}')

    with between(change, url) as (address, _):
        result = asked(folder, address)
    assert result.passed
    assert found(result)["golden"].passed
    assert found(result)["version"].passed is None


def test_a_service_that_comes_up_while_it_is_waited_for(folder, url):
    begin = time.monotonic()

    def change(handler, _, status, headers, answer):
        early = time.monotonic() < begin + 0.7
        return (503, {"content-type": "text/html"}, b"") if early else (status, headers, answer)

    with between(change, url) as (address, _):
        assert asked(folder, address, load_s=0).passed


def test_one_that_never_comes_up_could_not_be_reached(folder):
    with between(lambda *_: (503, JSON, b"")) as (address, _), pytest.raises(OutsideError, match="503") as error:
        asked(folder, address, wait_s=0.6)
    assert error.value.code == "no_answer"


def test_a_certificate_of_another_name_is_not_trusted(folder, tmp_path):
    key, certificate = signed(tmp_path, "other.example.com")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    tls = between(lambda *_: (200, JSON, b""), tls=context)
    with tls as (address, _), pytest.raises(OutsideError, match="certificate") as error:
        asked(folder, address, wait_s=30)
    assert error.value.code == "bad_tls"


def signed(folder, name):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "key.pem", folder / "certificate.pem"
