"""With a credential asked for, nothing but the two probes of load balancers is told without it."""

import base64
import hmac
import json
import os
import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from released import Asked, released

from modelyard.config.serving import Jwt, Serving
from modelyard.errors import RequestError
from modelyard.serving.app import App
from modelyard.serving.auth import auth, of_metrics

pytestmark = pytest.mark.slow

ROW = {"a": 0.5, "b": "x", "n": 150}
CLOSED = ["/metrics", "/docs", "/schema", "/openapi.json", "/release", "/nothing"]


class Guarded(Asked):
    def __init__(self, store, tmp_path, config):
        super().__init__(store, tmp_path)
        self.app = App(self.follower, self.app._log, auth=auth(config), of_metrics=of_metrics())


def bearer(token):
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def by_token(tmp_path, monkeypatch):
    monkeypatch.setenv("MODELYARD_TOKEN", "s3cret-and-long")
    return Guarded(released(tmp_path), tmp_path, Serving(auth="token"))


def test_without_the_token_there_is_401_and_how_to_ask(by_token):
    answer = by_token.predict(ROW)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert by_token.predict(ROW, **bearer("wrong")).headers["www-authenticate"].endswith('error="invalid_token"')
    assert by_token.predict(ROW, **bearer("s3cret-and-long")).status_code == 200
    assert by_token.predict(ROW, authorization="bearer s3cret-and-long").status_code == 200
    assert by_token.predict(ROW, authorization="Basic s3cret-and-long").status_code == 401


@pytest.mark.parametrize("path", CLOSED)
def test_no_page_is_open_to_those_without_a_credential(path, by_token):
    assert by_token.get(path).status_code == 401
    assert by_token.ask("GET", path, headers=bearer("s3cret-and-long")).status_code in {200, 404}


@pytest.fixture
def measured(tmp_path, monkeypatch):
    monkeypatch.setenv("MODELYARD_TOKEN", "s3cret-and-long")
    monkeypatch.setenv("MODELYARD_METRICS_TOKEN", "counts-only")
    return Guarded(released(tmp_path), tmp_path, Serving(auth="token"))


def test_who_collects_numbers_reads_them_and_nothing_else(measured):
    assert "process_start_time_seconds" in measured.ask("GET", "/metrics", headers=bearer("counts-only")).text
    assert measured.ask("GET", "/metrics", headers=bearer("s3cret-and-long")).status_code == 200
    assert measured.ask("GET", "/metrics", headers=bearer("wrong")).status_code == 401
    assert measured.get("/metrics").status_code == 401
    for path in set(CLOSED) - {"/metrics"}:
        assert measured.ask("GET", path, headers=bearer("counts-only")).status_code == 401
    assert measured.predict(ROW, **bearer("counts-only")).status_code == 401


def test_where_nobody_is_asked_the_token_of_metrics_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("MODELYARD_METRICS_TOKEN", "counts-only")
    asked = Guarded(released(tmp_path), tmp_path, Serving())
    assert asked.get("/metrics").status_code == 200
    assert asked.ask("GET", "/metrics", headers=bearer("counts-only")).status_code == 200


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_token_of_metrics_opens_nothing(empty, tmp_path, monkeypatch):
    monkeypatch.setenv("MODELYARD_TOKEN", "s3cret-and-long")
    monkeypatch.setenv("MODELYARD_METRICS_TOKEN", empty)
    asked = Guarded(released(tmp_path), tmp_path, Serving(auth="token"))
    assert asked.ask("GET", "/metrics", headers={"authorization": "Bearer "}).status_code == 401


def test_the_probes_say_yes_or_no_and_nothing_else(by_token):
    assert by_token.get("/healthz").json() == {"status": "alive"}
    assert by_token.get("/readyz").json() == {"ready": True}


def test_the_token_is_told_nowhere(by_token):
    by_token.predict(ROW, **bearer("s3cret-and-long"))
    pages = [by_token.ask("GET", path, headers=bearer("s3cret-and-long")).text for path in CLOSED]
    assert "s3cret" not in json.dumps(by_token.lines) + "".join(pages)


def test_a_token_may_be_of_any_bytes(monkeypatch):
    monkeypatch.setenv("MODELYARD_TOKEN", os.fsdecode(b"pa\xdf\xff"))
    found = auth(Serving(auth="token"))
    assert found.refusal({b"authorization": b"Bearer pa\xdf\xff"}) is None
    assert found.refusal({b"authorization": "Bearer paß".encode()}).status == 401


def test_a_token_that_is_not_set_is_an_error_of_the_request(monkeypatch):
    monkeypatch.delenv("MODELYARD_TOKEN", raising=False)
    with pytest.raises(RequestError, match="MODELYARD_TOKEN"):
        auth(Serving(auth="token"))


@pytest.fixture(scope="module")
def key():
    return RSAKey.generate_key(2048)


def signed(key, algorithm="RS256", **claims):
    known = {"iss": "them", "aud": ["us"], "exp": int(time.time()) + 600}
    return jwt.encode({"alg": algorithm}, {k: v for k, v in (known | claims).items() if v is not None}, key)


def by_hand(secret):
    """A token whose secret is the public key."""
    claims = {"iss": "them", "aud": "us", "exp": int(time.time()) + 600}
    parts = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in ({"alg": "HS256"}, claims)]
    sign = hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(sign).rstrip(b"=")]).decode()


def guard(monkeypatch, path):
    monkeypatch.setenv("MODELYARD_JWT_KEYS", str(path))
    return auth(Serving(auth="jwt", jwt=Jwt(issuer="them", audience="us")))


def refused(found, token):
    return found.refusal({b"authorization": f"Bearer {token}".encode()}) is not None


@pytest.mark.parametrize("form", ["jwks", "pem"])
def test_a_signed_token_of_the_right_issuer_and_audience_is_taken(form, key, tmp_path, monkeypatch):
    path = tmp_path / "keys"
    jwks = json.dumps({"keys": [key.as_dict(private=False)]}).encode()
    path.write_bytes(jwks if form == "jwks" else key.as_pem(private=False))
    found = guard(monkeypatch, path)
    token = signed(key)
    assert not refused(found, token)
    assert not refused(found, token)  # the second time it is known


def test_any_other_token_is_refused(key, tmp_path, monkeypatch):
    path = tmp_path / "keys.pem"
    path.write_bytes(key.as_pem(private=False))
    found = guard(monkeypatch, path)
    bad = {
        "expired": signed(key, exp=int(time.time()) - 600),
        "endless": signed(key, exp=None),
        "issuer": signed(key, iss="others"),
        "audience": signed(key, aud=["them"]),
        "unnamed": signed(key, aud=None),
        "signature": signed(RSAKey.generate_key(2048)),
        "other kind": signed(ECKey.generate_key("P-256"), "ES256"),
        "confused": by_hand(key.as_pem(private=False)),
        "not signed": "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ0aGVtIn0.",
        "cut": signed(key)[:-4],
        "no token": "x" * 100_000,
    }
    assert [name for name, token in bad.items() if not refused(found, token)] == []


def test_keys_that_cannot_be_read_are_an_error_of_the_request(tmp_path, monkeypatch):
    (tmp_path / "keys").write_text("nothing")
    with pytest.raises(RequestError, match="no public key"):
        guard(monkeypatch, tmp_path / "keys")
    with pytest.raises(RequestError, match="absent cannot be read: No such file"):
        guard(monkeypatch, tmp_path / "absent")
