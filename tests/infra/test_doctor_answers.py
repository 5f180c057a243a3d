"""`modelyard doctor` while one call to AWS goes wrong: each call that it makes, each way in which a call goes wrong.

All other calls are answered; the one is sent by botocore and answered, or not, on the wire.
"""

import datetime
import io
import json

import boto3
import botocore.client
import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from typer.testing import CliRunner

from modelyard.cli import app

pytestmark = pytest.mark.slow  # a few hundred diagnoses
ACCOUNT, REGION = "123456789012", "eu-central-1"
PLATFORM = f"""\
name: acme
account: "{ACCOUNT}"
region: {REGION}
github: {{owner: acme, owner_id: 5}}
repositories: [{{name: churn, repository_id: 7}}]
"""
OWN_CONNECTION = f"""\
environments:
  dev: {{ci: {{connection_arn: "arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/abc"}}}}
"""
CONNECTION = {"ConnectionName": "acme-dev-runners", "ConnectionStatus": "AVAILABLE"}


def now():
    return datetime.datetime.now(datetime.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


# each call of doctor: the line that rests on it, and a good answer
CALLS = {
    "GetCallerIdentity": (
        "credentials",
        lambda _: {
            "Account": ACCOUNT,
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me",
            "ResponseMetadata": {"HTTPHeaders": {"date": now()}},
        },
    ),
    "DescribeRegions": ("region", lambda _: {"Regions": [{"RegionName": REGION, "OptInStatus": "opted-in"}]}),
    "GetRole": ("permissions", lambda _: {"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/ops"}}),
    "SimulatePrincipalPolicy": (
        "permissions",
        lambda asked: {
            "EvaluationResults": [{"EvalActionName": n, "EvalDecision": "allowed"} for n in asked["ActionNames"]]
        },
    ),
    "HeadBucket": ("state", lambda _: {"BucketRegion": REGION}),
    "DescribeVpcs": ("quotas", lambda _: {"Vpcs": []}),
    "DescribeAddresses": ("quotas", lambda _: {"Addresses": []}),
    "GetServiceQuota": ("quotas", lambda _: {"Quota": {"Value": 10_000.0}}),
    "GetAWSDefaultServiceQuota": ("quotas", lambda _: {"Quota": {"Value": 10_000.0}}),
    "ListConnections": ("github connection", lambda _: {"Connections": [CONNECTION]}),
    "GetConnection": ("github connection", lambda _: {"Connection": CONNECTION}),
    "DescribeBudgets": ("budget", lambda _: {"Budgets": [{"BudgetName": "acme-dev"}]}),
}
# lines that could not be made, where nothing else is known to be wrong
MAY_BE_DENIED = {"GetRole", "SimulatePrincipalPolicy", "ListConnections", "GetConnection"}


class Body(io.BytesIO):
    def stream(self, **_):
        yield self.getvalue()


def sent(status, body, **headers):
    def answer(request):
        found = HTTPHeaders()
        for name, value in {"date": now(), **headers}.items():
            found[name] = value
        return AWSResponse(request.url, status, found, Body(body))

    return answer


def refused(status, code):
    """Answer with an error in the words of the service: JSON, EC2's XML, the older XML, or none for HEAD."""

    def answer(request):
        if b"json" in request.headers.get("Content-Type", b""):
            return sent(status, json.dumps({"__type": code, "message": "no"}).encode())(request)
        if request.method == "HEAD":
            return sent(status, b"")(request)
        inner = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
        ec2 = f"<Response><Errors>{inner}</Errors><RequestID>1</RequestID></Response>"
        query = f"<ErrorResponse>{inner}<RequestId>1</RequestId></ErrorResponse>"
        return sent(status, (ec2 if "//ec2." in request.url else query).encode())(request)

    return answer


def lost(kind):
    def answer(request):
        raise kind(endpoint_url=request.url, error="lost")

    return answer


FAULTS = {
    "throttled": refused(400, "ThrottlingException"),
    "out of requests": refused(503, "RequestLimitExceeded"),
    "denied": refused(403, "AccessDeniedException"),
    "unauthorised": refused(403, "UnauthorizedOperation"),
    "unknown key": refused(403, "UnrecognizedClientException"),
    "broken": refused(500, "InternalFailure"),
    "read timeout": lost(ReadTimeoutError),
    "connect timeout": lost(ConnectTimeoutError),
    "no such host": lost(EndpointConnectionError),
    "a sign-in page": sent(200, b"<html><body>Sign in</body></html>", **{"content-type": "text/html"}),
}
# not of HEAD, which has no body
BODIES = {
    "nothing": sent(200, b""),
    "another document": sent(200, b"<R xmlns='x'><Quota><Value/></Quota></R>"),
    "an empty object": sent(200, b"{}"),
    "a list": sent(200, b"[]"),
    "null": sent(200, b"null"),
    "half of it": sent(200, b'{"Quota": {"Val'),
    "half of its XML": sent(200, b"<GetRoleResponse><GetRoleRes"),
    "no text": sent(200, b"\xff\xfe\x00\x01"),
    "values of another type": sent(
        200, b'{"Quota":{"Value":"many"},"Connections":[{}],"Budgets":[7],"Connection":{"ConnectionStatus":7}}'
    ),
}
CASES = [
    pytest.param(call, answer, fault, id=f"{call}, {fault}")
    for call in CALLS
    for fault, answer in {**FAULTS, **({} if call == "HeadBucket" else BODIES)}.items()
]
# a list that AWS leaves out where it is empty: what has another shape may mean that there is none, which is no pass
EMPTY = {"nothing", "another document", "an empty object", "half of it", "half of its XML"}


@pytest.fixture(scope="module")
def session():
    """One for all tests: it keeps the descriptions of the services, which take longer to read than a test."""
    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="y")


@pytest.fixture
def asked(tmp_path, monkeypatch, session):
    """Return what the command exits with and its lines by name, while one call is answered so."""
    monkeypatch.setattr("boto3.DEFAULT_SESSION", session)
    for name in ("AWS_PROFILE", "PULUMI_BACKEND_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _: None)  # between two tries
    real, calls = botocore.client.BaseClient._make_api_call, set()

    def ask(call=None, answer=None):
        def made(client, operation, arguments):
            calls.add(operation)
            if operation == call:
                client.meta.events.register_first("before-send", lambda request, **_: answer(request))
                return real(client, operation, arguments)
            if operation == "GetServiceQuota" and call == "GetAWSDefaultServiceQuota":
                raise ClientError({"Error": {"Code": "NoSuchResourceException", "Message": "no"}}, operation)
            return CALLS[operation][1](arguments)

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", made)
        (tmp_path / "platform.yaml").write_text(PLATFORM + (OWN_CONNECTION if call == "GetConnection" else ""))
        result = CliRunner().invoke(app, ["doctor", "--env", "dev", "--json", "--project", str(tmp_path)])
        return result.exit_code, {c["name"]: c for c in json.loads(result.stdout)["checks"]}, calls

    return ask


def test_where_every_call_is_answered_nothing_fails_and_every_call_is_made(asked):
    code, lines, calls = asked()
    assert code == 0
    assert {n for n, line in lines.items() if line["status"] != "ok"} <= {"pulumi"}
    others = {"GetAWSDefaultServiceQuota", "GetConnection"}  # in place of another call
    assert calls == set(CALLS) - others


@pytest.mark.parametrize(("call", "answer", "fault"), CASES)
def test_a_call_that_goes_wrong_is_a_line_with_a_fix_and_never_a_pass(asked, call, answer, fault):
    code, lines, _ = asked(call, answer)
    name = CALLS[call][0]
    line = lines[name]
    assert line["found"], line
    assert line["need"], line
    assert line["fix"], line
    may = fault in {"denied", "unauthorised"} and call in MAY_BE_DENIED
    may = may or (fault in EMPTY and call in {"ListConnections", "DescribeBudgets"})
    assert (line["status"], code) == (("warn", 0) if may else ("fail", 1)), line
    if fault == "unknown key" and call != "HeadBucket":
        assert "Sign in again" in line["fix"]


@pytest.mark.parametrize("call", ["GetServiceQuota", "DescribeBudgets", "HeadBucket"])
def test_what_was_found_before_a_call_went_wrong_is_still_said(asked, call):
    _, whole, _ = asked()
    _, lines, _ = asked(call, lost(ReadTimeoutError))
    rest = {n for n in whole if not n.startswith("quota")} - {CALLS[call][0]}
    assert {n: lines[n]["status"] for n in rest} == {n: whole[n]["status"] for n in rest}


def test_a_web_page_in_place_of_an_answer_leaves_the_table_one_line_for_each_check(asked):
    page = b"<!doctype html>\n<html>\n" + b"<p>The gateway is closed.</p>\n" * 40
    _, lines, _ = asked("GetServiceQuota", sent(502, page))
    found = lines["quotas"]["found"]
    assert "\n" not in found
    assert len(found) <= 200


def test_quotas_that_were_read_before_one_was_not_are_kept(asked):
    first = iter([sent(200, b'{"Quota":{"Value":10000}}')])
    then = refused(403, "AccessDeniedException")

    def answer(request):
        return next(first, then)(request)

    _, lines, _ = asked("GetServiceQuota", answer)
    assert [line["status"] for name, line in lines.items() if name.startswith("quota ")] == ["ok"]
    assert lines["quotas"]["status"] == "fail"


def test_of_a_simulation_that_says_nothing_no_action_is_called_allowed(asked):
    body = b"<R><SimulatePrincipalPolicyResult><EvaluationResults/></SimulatePrincipalPolicyResult></R>"
    code, lines, _ = asked("SimulatePrincipalPolicy", sent(200, body))
    assert (code, lines["permissions"]["status"]) == (1, "fail")
    assert "s3:CreateBucket" in lines["permissions"]["found"]


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_an_answer_without_a_date_leaves_the_clock_unchecked(asked, date):
    inner = f"<Account>{ACCOUNT}</Account><Arn>arn:aws:iam::{ACCOUNT}:user/me</Arn>"
    body = f"<R><GetCallerIdentityResult>{inner}</GetCallerIdentityResult></R>".encode()
    code, lines, _ = asked("GetCallerIdentity", sent(200, body, date=date))
    assert (code, lines["credentials"]["status"], lines["clock"]["status"]) == (0, "ok", "warn")
    assert lines["clock"]["fix"]


def test_connections_of_all_pages_are_looked_at(asked):
    def answer(request):
        if b"NextToken" in request.body:
            return sent(200, json.dumps({"Connections": [CONNECTION]}).encode())(request)
        return sent(200, b'{"Connections": [], "NextToken": "more"}')(request)

    assert asked("ListConnections", answer)[1]["github connection"]["status"] == "ok"


def test_a_state_bucket_in_another_region_fails(asked):
    code, lines, _ = asked("HeadBucket", sent(200, b"", **{"x-amz-bucket-region": "us-east-2"}))
    assert (code, lines["state"]["status"]) == (1, "fail")
    assert "us-east-2" in lines["state"]["found"]


def test_a_redirect_that_leads_nowhere_is_no_crash(asked):
    code, lines, _ = asked("HeadBucket", sent(301, b""))
    assert (code, lines["state"]["status"]) == (1, "fail")
