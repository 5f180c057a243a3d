"""What was told is followed by one message when it has ended, and only when that was seen."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import watched
from test_alert_sending import DRIFT, ERRORS, ago
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.config.alerts import Alerts
from modelyard.config.monitoring import Monitoring
from modelyard.data.store import Store
from modelyard.monitoring import MonitorRequest, monitor
from modelyard.monitoring.alerts import send
from modelyard.monitoring.alerts.book import KEY
from modelyard.routing import Ref, swap

pytestmark = pytest.mark.slow

WEBHOOK = {"webhook": {"url": "HOOK"}}


@pytest.fixture
def store(tmp_path):
    return Store.open("store", tmp_path)


def tell(store, *alerts, judged=lambda _: True, attempts=1, **channels):
    """Send; return channel, state and what is resolved of each message."""
    settings = {"stdout": False, "timeout_s": 2, "attempts": attempts, **(channels or WEBHOOK)}
    config = Monitoring(alerts=Alerts.model_validate(settings))
    return [
        (s.channel, s.state, s.resolved) for s in send(list(alerts), config, store, project="p", env="e", judged=judged)
    ]


def titles(hook):
    return [json.loads(body)["blocks"][0]["text"]["text"] for _, _, body, _ in hook.asked]


def test_the_end_is_told_once(store, hook):
    tell(store, DRIFT)
    assert tell(store) == [("webhook", "sent", "Drift of temp")]
    assert tell(store) == []
    assert titles(hook) == ["[p/e] Drift of temp", "[p/e] Resolved: Drift of temp"]
    facts = json.loads(hook.asked[1][2])
    assert facts["text"].startswith("INFO: ")
    assert facts["blocks"][1]["text"]["text"].startswith("It was found from 2")


def test_the_end_of_what_was_never_told_is_not_told(store, hook):
    assert tell(store, ERRORS, webhook={"url": "HOOK", "kinds": ["drift"]}) == []
    assert tell(store) == []
    assert hook.asked == []


def test_what_was_not_looked_at_has_not_ended(store, hook):
    tell(store, DRIFT)
    assert tell(store, judged=lambda _: False) == []
    assert tell(store, DRIFT) == [("webhook", "suppressed", "")]


def test_ends_are_not_told_where_that_is_not_wanted(store, hook):
    tell(store, DRIFT)
    assert tell(store, resolved=False, **WEBHOOK) == []
    assert len(hook.asked) == 1


@pytest.mark.parametrize("first", [(500, {}, b""), (429, {"retry-after": "0"}, b""), "drop", "hang"])
def test_a_passing_failure_of_an_end_is_tried_again(store, hook, first):
    tell(store, DRIFT)
    hook.answers = [first]
    assert tell(store, attempts=2, timeout_s=0.3, **WEBHOOK) == [("webhook", "sent", "Drift of temp")]
    assert len({headers["idempotency-key"] for *_, headers in hook.asked[1:]}) == 1
    assert len({headers["idempotency-key"] for *_, headers in hook.asked}) == 2


def test_an_end_that_could_not_be_told_is_told_by_the_next_run_as_the_same_message(store, hook):
    tell(store, DRIFT)
    hook.answers = [(500, {}, b"")]
    assert tell(store) == [("webhook", "failed", "Drift of temp")]
    assert tell(store) == [("webhook", "sent", "Drift of temp")]
    assert tell(store) == []
    ids = [headers["idempotency-key"] for *_, headers in hook.asked]
    assert ids[0] != ids[1] == ids[2]


def test_what_could_not_be_told_while_it_lasted_is_told_and_then_its_end(store, hook):
    hook.answers = [(500, {}, b"")]
    tell(store, DRIFT)
    assert tell(store) == [("webhook", "sent", "")]
    assert tell(store) == [("webhook", "sent", "Drift of temp")]
    ids = [headers["idempotency-key"] for *_, headers in hook.asked]
    assert ids[0] == ids[1]  # one message, also after the trouble was over


def test_a_trouble_that_is_back_before_its_end_was_told_has_no_end(store, hook):
    tell(store, DRIFT)
    hook.answers = [(500, {}, b"")]
    tell(store)
    assert tell(store, DRIFT) == [("webhook", "sent", "")]
    assert tell(store) == [("webhook", "sent", "Drift of temp")]


def test_an_end_that_another_monitor_is_sending_is_left_to_it_and_taken_over_when_that_died(store, hook):
    tell(store, DRIFT)
    hook.answers = [(500, {}, b"")]
    tell(store)
    book = json.loads(store.get(KEY))
    delivery = book["troubles"]["drift:v1"]["deliveries"]["webhook"]
    later = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
    store.put(KEY, json.dumps(_held(book, delivery, later)).encode())
    assert tell(store) == []
    store.put(KEY, json.dumps(_held(book, delivery, ago(seconds=1))).encode())
    assert tell(store) == [("webhook", "sent", "Drift of temp")]


def _held(book, delivery, until):
    delivery |= {"holder": "another", "held_until": until}
    return book


def test_the_end_of_long_ago_is_not_told(store, hook):
    tell(store, DRIFT)
    hook.default = (500, {}, b"")
    tell(store)
    book = json.loads(store.get(KEY))
    book["troubles"]["drift:v1"]["ended"] = ago(days=8)
    store.put(KEY, json.dumps(book).encode())
    assert tell(store) == []


def test_no_event_asks_for_retraining_at_an_end(store, github):
    tell(store, DRIFT, dispatch={})
    assert tell(store, dispatch={}) == []
    assert len(github.events) == 1


def test_an_issue_is_commented_on_and_closed(store, github):
    tell(store, DRIFT, ERRORS, issue={})
    assert tell(store, ERRORS, issue={})[-1] == ("issue", "sent", "Drift of temp")
    assert [(i["title"], i["state"], i.get("state_reason")) for i in github.issues] == [
        ("[p/e] Drift of temp", "closed", "completed"),
        ("[p/e] Errors", "open", None),
    ]
    assert [(c["issue"], "Resolved: Drift of temp" in c["body"]) for c in github.comments] == [(1, True)]
    tell(store, DRIFT, ERRORS, issue={})
    assert len(github.issues) == 3  # it is back: a new issue


def test_an_issue_stays_open_where_that_is_wanted(store, github):
    tell(store, DRIFT, issue={"close": False})
    tell(store, issue={"close": False})
    assert (github.issues[0]["state"], len(github.comments)) == ("open", 1)


@pytest.mark.parametrize("lost", [1, 2])
def test_lost_answers_close_an_issue_with_one_comment(store, github, lost):
    tell(store, DRIFT, issue={})
    github.lost = lost
    assert tell(store, attempts=4, issue={}) == [("issue", "sent", "Drift of temp")]
    assert (github.issues[0]["state"], len(github.comments)) == ("closed", 1)


def test_an_issue_that_may_not_be_closed_is_commented_on_once_until_it_may(store, github):
    tell(store, DRIFT, issue={})
    real = github._of_issue
    github._of_issue = lambda method, *rest: (403, {}, b"{}") if method == "PATCH" else real(method, *rest)
    for _ in range(2):
        assert tell(store, issue={}) == [("issue", "failed", "Drift of temp")]
    github._of_issue = real
    assert tell(store, issue={}) == [("issue", "sent", "Drift of temp")]
    assert (github.issues[0]["state"], len(github.comments)) == ("closed", 1)


def test_an_issue_that_a_person_has_closed_is_left_alone(store, github):
    tell(store, DRIFT, issue={})
    github.issues[0]["state"] = "closed"
    assert tell(store, issue={}) == [("issue", "sent", "Drift of temp")]
    assert github.comments == []


def look(found, begin, **more):
    """Monitor three weeks of events from a day on, with "now" right after them."""
    ends = watched.BEGINS + timedelta(days=begin + 21)
    return monitor(found, MonitorRequest(since=ends - timedelta(days=21), until=ends, as_of=ends, **more))


def resolved(result):
    return [s.resolved for s in result.sent if s.resolved]


def test_drift_has_ended_when_rows_like_those_of_training_are_back_and_not_for_want_of_rows(tmp_path, hook):
    found = watched.project(tmp_path / "p", alerts={"stdout": False, **WEBHOOK})
    watched.serve(found, watched.inputs(1000, 21, begin=56, shift=2))
    watched.serve(found, watched.inputs(1000, 21, begin=98), boot="calm")
    assert [a.kind for a in look(found, 56).alerts] == ["drift"]
    assert resolved(look(found, 77)) == []  # nothing was served in these weeks
    assert resolved(look(found, 98)) == ["Version 1: x differ from training"]
    assert resolved(look(found, 98)) == []


def test_drift_that_is_back_asks_for_retraining_again_and_rows_that_are_absent_do_not(tmp_path, github):
    found = watched.project(tmp_path / "p", alerts={"stdout": False, "dispatch": {}})
    for begin, shift in ((56, 2), (98, 0), (119, 2)):
        watched.serve(found, watched.inputs(1000, 21, begin=begin, shift=shift), boot=f"b{begin}")
    events = []
    for begin in (56, 77, 56, 98, 119, 119):  # drift, nothing served, drift, calm, drift
        look(found, begin)
        events.append(len(github.events))
    assert events == [1, 1, 1, 1, 2, 2]


def test_a_version_that_serves_no_more_has_no_drift_any_more(tmp_path, hook):
    found = watched.project(tmp_path / "p", alerts={"stdout": False, **WEBHOOK})
    watched.serve(found, watched.inputs(1000, 21, begin=56, shift=2))
    look(found, 56)
    other = Ref(version=2, sha256="b" * 64)
    swap(watched.store_of(found), lambda r: r.model_copy(update={"champion": other}), why="t", action="promoted")
    assert resolved(look(found, 77)) == ["Version 1: x differ from training"]


def test_the_command_says_what_has_ended(tmp_path):
    found = watched.project(tmp_path / "p", alerts={"stdout": True}, no_traffic_h=1000)
    watched.serve(found, watched.inputs(1000, 21, begin=56, shift=2), received=datetime.now())
    command = ["monitor", "--project", str(found.root)]
    assert "resolved" not in CliRunner().invoke(app, command).stdout
    watched.serve(found, watched.inputs(1000, 21, begin=77), boot="calm", received=datetime.now())
    assert "resolved: Version 1: x differ from training" in CliRunner().invoke(app, command).stdout
