import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import boto3
import pytest
from standin import Standin, serving

from modelyard.config.alerts import Alerts
from modelyard.config.monitoring import Monitoring
from modelyard.data.store import Store
from modelyard.monitoring.alerts import Alert, failure, send
from modelyard.monitoring.alerts.credentials import Credentials
from modelyard.monitoring.alerts.http import Request
from modelyard.monitoring.alerts.signature import signed

pytestmark = pytest.mark.slow

DRIFT = Alert(key="drift:v1", kind="drift", title="Drift of temp", text="KS 0.31 > 0.10", values={"ks": 0.31})
ERRORS = Alert(key="errors", kind="errors", title="Errors", severity="critical")


@pytest.fixture
def store(tmp_path):
    return Store.open("store", tmp_path)


def settings(**alerts):
    return Monitoring(alerts=Alerts.model_validate({"stdout": False, "timeout_s": 2, **alerts}))


def told(store, alerts, **named):
    return [(s.key, s.channel, s.state, s.reason) for s in send(alerts, settings(**named), store, project="p", env="e")]


WEBHOOK = {"webhook": {"url": "HOOK"}}


def test_stdout_gets_lines_that_hold_no_control_characters(store):
    said = []
    odd = DRIFT.model_copy(update={"title": "Drift of '\x1b[31m\n*'"})
    sent = send([odd], Monitoring(), store, say=said.append)
    assert [s.state for s in sent] == ["sent"]
    assert "\x1b" not in said[0]
    assert said[0].splitlines()[0] == "WARNING: [local] Drift of ' [31m *'"


def test_the_webhook_gets_slacks_form_with_nothing_to_format(store, hook):
    odd = DRIFT.model_copy(update={"title": "Drift of <!channel> & co", "text": "<@U1> & more"})
    assert told(store, [odd], **WEBHOOK) == [("drift:v1", "webhook", "sent", "")]
    method, path, body, headers = hook.asked[0]
    document = json.loads(body)
    assert (method, path, headers["content-type"]) == ("POST", "/services/s3cret", "application/json")
    assert "&lt;!channel&gt; &amp; co" in document["text"]
    assert document["blocks"][1]["text"]["text"] == "&lt;@U1&gt; &amp; more"


@pytest.mark.parametrize("first", [(500, {}, b""), (429, {"retry-after": "0"}, b""), (503, {}, b""), "drop"])
def test_a_passing_failure_is_tried_again(store, hook, first):
    hook.answers = [first]
    assert told(store, [DRIFT], **WEBHOOK)[0][2] == "sent"
    assert len(hook.asked) == 2
    assert len({headers["idempotency-key"] for *_, headers in hook.asked}) == 1


def test_a_date_in_retry_after_is_waited_for_on_the_other_sides_clock(store, hook):
    then = datetime(2001, 1, 1, tzinfo=UTC)
    late = {"date": format_datetime(then, usegmt=True), "retry-after": format_datetime(then, usegmt=True)}
    far = {**late, "retry-after": format_datetime(then + timedelta(hours=1), usegmt=True)}
    hook.answers = [(429, late, b""), (429, far, b"")]
    assert told(store, [DRIFT], **WEBHOOK)[0][2:] == ("failed", "HTTP 429, and asks to wait 3600 s")
    assert len(hook.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301, 307])
def test_what_another_attempt_would_not_change_is_not_tried_again(store, hook, status):
    hook.default = (status, {"location": "http://127.0.0.1:1/elsewhere"}, b"no_service")
    assert told(store, [DRIFT], **WEBHOOK) == [("drift:v1", "webhook", "failed", f"HTTP {status} no_service")]
    assert len(hook.asked) == 1


def test_attempts_end(store, hook):
    hook.default = (500, {}, b"<html>s3cret</html>")
    assert told(store, [DRIFT], attempts=2, **WEBHOOK)[0][3] == "HTTP 500 (tried 2 times)"
    assert len(hook.asked) == 2


def test_a_server_that_never_answers_is_given_up(store, hook):
    hook.default = "hang"
    assert told(store, [DRIFT], timeout_s=0.1, attempts=2, **WEBHOOK)[0][3] == "no answer within 0.1 s (tried 2 times)"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "the environment variable HOOK is not set"),
        ("ftp://x/s3cret", "its URL begins with neither https:// nor http://"),
        ("http://127.0.0.1:1/s3cret", "the connection is refused (tried 2 times)"),
        ("http://x y/s3cret", "its URL is malformed"),
        ("http://[s3cret/", "its URL or its credential is malformed"),
        ("http://no-such-host.invalid/s3cret", "its host is not known (tried 2 times)"),
    ],
)
def test_a_wrong_address_is_told_without_showing_it(store, monkeypatch, url, reason):
    monkeypatch.setenv("HOOK", url)
    sent = send([DRIFT], settings(attempts=2, **WEBHOOK), store)
    error = failure(sent)
    assert sent[0].reason == reason
    assert error.exit_code == 3
    assert "s3cret" not in str(error.message) + (store.get("alerts.json") or b"").decode()


def test_a_url_in_place_of_a_variable_is_refused_without_being_shown():
    with pytest.raises(ValueError, match="must be the name of an environment variable") as error:
        settings(webhook={"url": "https://hooks.slack.com/s3cret"})
    assert not isinstance(error.value.errors()[0]["input"], str)


def test_one_failing_channel_stops_no_other(store, hook, github, monkeypatch):
    hook.default = "hang"
    sent = told(store, [DRIFT, ERRORS], timeout_s=0.2, attempts=1, issue={}, **WEBHOOK)
    assert {(c, s) for _, c, s, _ in sent} == {("webhook", "failed"), ("issue", "sent")}
    assert len(github.issues) == 2


def test_an_issue_is_opened_once_and_then_commented_on(store, github):
    assert told(store, [DRIFT], cooldown_h=0, issue={})[0][2] == "sent"
    assert told(store, [DRIFT], cooldown_h=0, issue={})[0][2] == "sent"
    store.delete("alerts.json")  # another machine, or a store made anew
    assert told(store, [DRIFT], cooldown_h=0, issue={})[0][2] == "sent"
    assert len(github.issues) == 1
    assert [c["issue"] for c in github.comments] == [1, 1]
    assert github.issues[0]["title"] == "[p/e] Drift of temp"


def test_a_closed_issue_is_not_written_into(store, github):
    told(store, [DRIFT], cooldown_h=0, issue={})
    github.issues[0]["state"] = "closed"
    told(store, [DRIFT], cooldown_h=0, issue={})
    assert (len(github.issues), github.comments) == (2, [])


def test_each_environment_has_its_own_issue(store, github):
    send([DRIFT], settings(issue={}), store, project="p", env="dev")
    send([DRIFT], settings(cooldown_h=0, issue={}), store, project="p", env="prod")
    assert len(github.issues) == 2


def test_the_issue_is_found_behind_a_hundred_others(store, github):
    told(store, [DRIFT], cooldown_h=0, issue={})
    label = [{"name": "modelyard-alert"}]
    github.issues += [{"number": n, "state": "open", "body": "b", "labels": label} for n in range(2, 120)]
    store.delete("alerts.json")
    told(store, [DRIFT], cooldown_h=0, issue={})
    assert [c["issue"] for c in github.comments] == [1]


def test_an_issue_whose_answer_was_lost_is_not_opened_twice(store, github):
    github.lost = 1
    assert told(store, [DRIFT], issue={})[0][2] == "sent"
    assert (len(github.issues), github.comments) == (1, [])


def test_names_in_an_issue_mention_nobody(store, github):
    told(store, [DRIFT.model_copy(update={"text": "```\n@everyone <b>"})], issue={})
    body = github.issues[0]["body"]
    assert body.startswith("````text\n")
    assert body.index("@everyone") < body.rindex("````")


def test_githubs_reason_is_told_without_the_token(store, github):
    github.token = "other"
    github.default = (403, {}, json.dumps({"message": "t0ken may not\nwrite"}).encode())
    sent = told(store, [DRIFT], issue={})
    assert sent[0][3].startswith("HTTP 401: Bad credentials")
    github.answers = [(403, {}, json.dumps({"message": "t0ken may not\nwrite"}).encode())]
    assert told(store, [DRIFT], issue={})[0][3] == "HTTP 403: *** may not write"


def test_githubs_secondary_limit_is_waited_for(store, github):
    github.answers = [(403, {"retry-after": "0"}, b"{}")]
    assert told(store, [DRIFT], issue={})[0][2] == "sent"


def test_a_repository_that_is_not_there_is_named(store, github, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "me/gone")
    assert told(store, [DRIFT], issue={})[0][3] == "HTTP 404: the token of GITHUB_TOKEN sees no repository me/gone"
    monkeypatch.setenv("GITHUB_REPOSITORY", "../../user")
    assert "OWNER/NAME" in told(store, [DRIFT], issue={})[0][3]


def test_one_event_asks_for_retraining_however_many_alerts_there_are(store, github):
    older = DRIFT.model_copy(update={"window": "2013-04-09/2013-04-16"})
    newer = Alert(key="c", kind="calibration", title="Calibration", window="2013-06-01/2013-06-08")
    assert told(store, [older, newer, ERRORS], dispatch={}) == [("modelyard-retrain", "dispatch", "sent", "")]
    payload = {"env": "e", "window": "2013-06-01/2013-06-08", "reason": "Drift of temp; Calibration"}
    assert github.events == [{"event_type": "modelyard-retrain", "client_payload": payload}]


def test_alerts_that_do_not_ask_for_retraining_send_no_event(store, github):
    assert told(store, [ERRORS], dispatch={}) == []
    assert github.events == []


@pytest.fixture
def topic(aws, monkeypatch):
    arn = boto3.client("sns").create_topic(Name="alerts")["TopicArn"]
    monkeypatch.setenv("MODELYARD_SNS_TOPIC", arn)
    return arn


def test_sns_gets_the_alert_with_a_subject_that_it_accepts(store, topic):
    sqs, sns = (boto3.client(name) for name in ("sqs", "sns"))
    queue = sqs.create_queue(QueueName="seen")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:seen")
    odd = DRIFT.model_copy(update={"title": "Drift of '°C\n'" + "x" * 200})
    assert told(store, [odd], sns={}) == [("drift:v1", "sns", "sent", "")]
    (received,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    note = json.loads(received["Body"])
    assert note["Subject"].startswith("[p/e] Drift of '?C 'xxx")
    assert len(note["Subject"]) == 100
    assert note["Message"].splitlines()[1:] == ["KS 0.31 > 0.10", "ks: 0.31"]
    assert note["MessageAttributes"]["kind"]["Value"] == "drift"


def test_a_request_is_signed_as_amazons_own_client_signs_it():
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as Theirs

    url, body = "https://sns.eu-west-1.amazonaws.com/", b"Action=Publish&Message=%C3%A9"
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    ours = signed(Request("POST", url, headers, body), "sns", "eu-west-1", Credentials("AKID", "s3cret", "t0ken"))
    theirs = AWSRequest("POST", url, {k: v for k, v in ours.headers.items() if k != "authorization"}, body)
    theirs.context["timestamp"] = ours.headers["x-amz-date"]
    auth = SigV4Auth(Theirs("AKID", "s3cret", "t0ken"), "sns", "eu-west-1")
    signature = auth.signature(auth.string_to_sign(theirs, auth.canonical_request(theirs)), theirs)
    assert ours.headers["authorization"].endswith(f"Signature={signature}")
    assert "s3cret" not in repr(Credentials("AKID", "s3cret"))


def test_a_topic_that_is_not_there_is_said(store, topic, monkeypatch):
    monkeypatch.setenv("MODELYARD_SNS_TOPIC", topic + "-gone")
    assert told(store, [DRIFT], sns={})[0][2:] == ("failed", "HTTP 404 NotFound")
    monkeypatch.setenv("MODELYARD_SNS_TOPIC", "alerts")
    assert "ARN" in told(store, [DRIFT], sns={})[0][3]


def test_a_throttled_topic_is_tried_again(store, monkeypatch):
    asked = Standin()
    asked.answers = [(400, {}, b"<Code>Throttling</Code>")]
    with serving(asked) as url:
        for name, value in {
            "AWS_ENDPOINT_URL_SNS": url,
            "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("MODELYARD_SNS_TOPIC", "arn:aws:sns:eu-west-1:123456789012:alerts.fifo")
        assert told(store, [DRIFT], sns={})[0][2] == "sent"
    bodies = [body for _, _, body, _ in asked.asked]
    assert len(bodies) == 2
    assert b"MessageDeduplicationId" in bodies[0]
