"""A Prometheus that AWS runs: every question bears a signature that AWS would find right, and no other is signed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from modelyard.config.release import Release as Config
from modelyard.errors import OutsideError
from modelyard.release.sources import Prometheus, chosen
from modelyard.release.sources.signed import Signer, signer

KEY, SECRET, SESSION = "AKIAEXAMPLE", "not-a-secret", "a-session"
WORKSPACE = "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/"
SERIES = {"__name__": "modelyard_requests_total", "role": "champion", "version": "1", "status": "200"}
ANSWER = {"resultType": "vector", "result": [{"metric": SERIES, "value": [1, "7"]}]}


@pytest.fixture
def aws(monkeypatch, tmp_path):
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": SESSION,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return monkeypatch


class Workspace(BaseHTTPRequestHandler):
    """Answers as a workspace does: 403 unless the signature is the one that these credentials give this request."""

    def do_GET(self):
        signed = self._signed()
        body = json.dumps({"status": "success", "data": ANSWER}).encode() if signed else b"{}"
        self.send_response(200 if signed else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _signed(self):
        given, when = self.headers.get("Authorization", ""), self.headers.get("X-Amz-Date", "")
        request = AWSRequest("GET", f"http://{self.headers['Host']}{self.path}")
        request.context["timestamp"] = request.headers["X-Amz-Date"] = when
        request.headers["X-Amz-Security-Token"] = SESSION
        check = SigV4Auth(Credentials(KEY, SECRET, SESSION), "aps", "eu-central-1")
        signature = check.signature(check.string_to_sign(request, check.canonical_request(request)), request)
        told = self.headers.get("X-Amz-Security-Token") == SESSION
        return told and f"Credential={check.scope(request)}" in given and given.endswith(f"Signature={signature}")

    def log_message(self, *_):
        pass


@pytest.fixture
def workspace():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Workspace)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/workspaces/ws-1/"
    server.shutdown()
    server.server_close()


def test_a_question_is_signed_with_the_credentials_of_this_machine(aws, workspace):
    found = Prometheus(workspace, selector='cluster="a b"', signer=Signer("eu-central-1")).read()
    assert found.of(["champion"]).requests == 7


@pytest.mark.parametrize("signs", [None, Signer], ids=["nobody signs", "the signature is of another region"])
def test_without_the_right_signature_the_refusal_is_told(aws, workspace, signs):
    with pytest.raises(OutsideError, match="answered 403") as refused:
        Prometheus(workspace, signer=signs and signs("us-east-1")).read()
    assert "credential" in refused.value.hint


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        (WORKSPACE, True),
        ("https://aps-workspaces-fips.us-east-1.amazonaws.com/workspaces/ws-1", True),
        ("https://aps-workspaces.eu-west-1.api.aws/workspaces/ws-1", True),
        ("http://prometheus:9090", False),
        ("https://aps-workspaces.eu-central-1.amazonaws.com.example.com/", False),
        ("https://example.com/aps-workspaces.eu-central-1.amazonaws.com", False),
        ("http://[", False),
    ],
)
def test_only_the_addresses_of_workspaces_are_signed_for(aws, url, signed):
    assert (signer(url) is not None) is signed


def test_a_workspace_in_the_configuration_is_asked_with_a_signature(aws):
    source = chosen(Config(prometheus=WORKSPACE), env="prod")
    assert isinstance(source, Prometheus)
    headers = source._signer.headers(f"{WORKSPACE}api/v1/query?query=up")
    assert "/eu-central-1/aps/aws4_request" in headers["Authorization"]


def test_without_credentials_it_says_so_before_any_question(aws):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        aws.delenv(name)
    with pytest.raises(OutsideError, match="without AWS credentials") as found:
        chosen(Config(prometheus=WORKSPACE), env="prod")
    assert "aws sso login" in found.value.hint
