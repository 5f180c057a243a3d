import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modelyard.config.alerts import Alerts
from modelyard.config.monitoring import Monitoring
from modelyard.data.store import Store
from modelyard.monitoring.alerts import Alert, failure, send
from modelyard.monitoring.alerts.book import KEY

pytestmark = pytest.mark.slow

DRIFT = Alert(key="drift:v1", kind="drift", title="Drift of temp")
ERRORS = Alert(key="errors", kind="errors", title="Errors", severity="critical")
SEND = """
import sys
from pathlib import Path
from modelyard.config.alerts import Alerts
from modelyard.config.monitoring import Monitoring
from modelyard.data.store import Store
from modelyard.monitoring.alerts import Alert, send
alerts = [Alert(key=f"k{i}", kind="drift", title=f"k{i}") for i in range(int(sys.argv[2]))]
config = Monitoring(alerts=Alerts.model_validate({"stdout": False, "webhook": {"url": "HOOK"}}))
print("ready", flush=True)
sys.stdin.readline()
print([s.state for s in send(alerts, config, Store.open(sys.argv[1], Path.cwd()))], flush=True)
"""


@pytest.fixture
def store(tmp_path):
    return Store.open("store", tmp_path)


def states(store, alerts, judged=lambda _: True, **changes):
    config = {"stdout": False, "webhook": {"url": "HOOK"}, "timeout_s": 2, "attempts": 1, "resolved": False, **changes}
    sent = send(alerts, Monitoring(alerts=Alerts.model_validate(config)), store, judged=judged)
    return [(s.key, s.state) for s in sent]


def edit(store, **changes):
    """Change the delivery of DRIFT as the time that passes would."""
    book = json.loads(store.get(KEY))
    book["troubles"]["drift:v1"]["deliveries"]["webhook"] |= changes
    store.put(KEY, json.dumps(book).encode())


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_an_alert_is_told_once_per_cooldown(store, hook):
    assert states(store, [DRIFT]) == [("drift:v1", "sent")]
    assert states(store, [DRIFT]) == [("drift:v1", "suppressed")]
    edit(store, at=ago(hours=25))
    assert states(store, [DRIFT]) == [("drift:v1", "sent")]
    assert len({headers["idempotency-key"] for *_, headers in hook.asked}) == 2


def test_a_trouble_that_was_over_is_told_again(store, hook):
    states(store, [DRIFT])
    assert states(store, []) == []
    assert states(store, [DRIFT]) == [("drift:v1", "sent")]


def test_what_was_not_looked_at_is_not_over(store, hook):
    states(store, [DRIFT])
    states(store, [], judged=lambda key: key == "errors")
    states(store, [], judged=lambda _: False)
    assert states(store, [DRIFT]) == [("drift:v1", "suppressed")]


def test_two_alerts_of_one_key_are_one(store, hook):
    assert states(store, [DRIFT, DRIFT]) == [("drift:v1", "sent")]
    assert len(hook.asked) == 1


def test_what_could_not_be_sent_is_sent_by_the_next_run_even_when_it_is_over(store, hook):
    hook.answers = [(500, {}, b"")]
    assert states(store, [DRIFT]) == [("drift:v1", "failed")]
    assert states(store, []) == [("drift:v1", "sent")]
    assert states(store, []) == []


def test_what_is_owed_to_a_channel_that_is_gone_is_forgotten(store, hook):
    hook.answers = [(500, {}, b"")]
    states(store, [DRIFT])
    assert states(store, [], webhook=None) == []
    assert states(store, []) == []


def test_stale_news_of_what_is_over_is_dropped(store, hook):
    hook.default = (500, {}, b"")
    states(store, [DRIFT])
    states(store, [])
    book = json.loads(store.get(KEY))
    book["troubles"]["drift:v1"]["ended"] = ago(days=8)
    store.put(KEY, json.dumps(book).encode())
    assert states(store, []) == []


def test_only_the_wanted_kinds_are_told(store, hook):
    webhook = {"url": "HOOK", "kinds": ["errors"]}
    assert states(store, [DRIFT, ERRORS], webhook=webhook) == [("errors", "sent")]


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"troubles": 1}', b"\xff"])
def test_a_book_that_cannot_be_read_is_begun_anew(store, hook, damaged):
    store.put(KEY, damaged)
    assert states(store, [DRIFT]) == [("drift:v1", "sent")]
    assert states(store, [DRIFT]) == [("drift:v1", "suppressed")]


@pytest.mark.parametrize("at", ["", "yesterday", "2999-01-01T00:00:00+00:00", "2024-01-01T00:00:00"])
def test_a_time_that_cannot_be_believed_suppresses_nothing(store, hook, at):
    states(store, [DRIFT])
    edit(store, at=at)
    assert states(store, [DRIFT]) == [("drift:v1", "sent")]


def test_a_store_that_fails_silences_nothing(tmp_path, hook):
    (tmp_path / "store").write_text("a file where the folder should be")
    broken = Store.open("store", tmp_path)
    sent = send([DRIFT], Monitoring(alerts=Alerts.model_validate({"webhook": {"url": "HOOK"}})), broken)
    assert [s.state for s in sent] == ["sent", "sent"]
    assert "could not be noted" in sent[1].reason
    assert len(hook.asked) == 1


def test_nothing_to_tell_writes_nothing(store, hook):
    assert states(store, []) == []
    assert store.get(KEY) is None
    assert failure([]) is None


def test_failures_are_exit_code_3_and_name_the_channel(store, hook):
    hook.default = (500, {}, b"")
    sent = send([DRIFT, ERRORS], Monitoring(alerts=Alerts.model_validate({"webhook": {"url": "HOOK"}})), store)
    assert [s.state for s in sent if s.channel == "stdout"] == ["sent", "sent"]
    error = failure(sent)
    assert (error.exit_code, error.code) == (3, "alerts_not_sent")
    assert "2 alerts could not be sent: webhook: HTTP 500" in error.message


@pytest.fixture
def monitors(store):
    made = []

    def start(count):
        arguments = [sys.executable, "-c", SEND, store.uri, str(count)]
        made.append(subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert made[-1].stdout.readline() == "ready\n"
        return made[-1]

    yield start
    for process in made:
        process.kill()
        process.communicate()


def titles(hook):
    return [json.loads(body)["blocks"][0]["text"]["text"] for _, _, body, _ in hook.asked]


def test_two_monitors_at_once_tell_each_trouble_once(store, hook, monitors):
    both = [monitors(8), monitors(8)]
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [json.loads(process.stdout.readline().replace("'", '"')) for process in both]
    assert sorted([*said[0], *said[1]]) == ["sent"] * 8 + ["suppressed"] * 8
    assert len(titles(hook)) == len(set(titles(hook))) == 8


def test_a_monitor_killed_while_it_sends_repeats_one_message_and_loses_none(store, hook, monitors, monkeypatch):
    hook.answers = [(200, {}, b"ok"), "hang"]
    process = monitors(3)
    process.stdin.write("go\n")
    process.stdin.flush()
    while len(hook.asked) < 2:  # the second one has arrived, and is not noted
        time.sleep(0.01)
    os.kill(process.pid, 9)
    process.wait()
    hook.released.set()
    assert states(store, []) == []  # they are left to the monitor that took them, for a while
    book = json.loads(store.get(KEY))
    held = [t["deliveries"]["webhook"] for t in book["troubles"].values() if t["deliveries"]["webhook"]["holder"]]
    assert len(held) == 2
    for delivery in held:
        delivery["held_until"] = ago(seconds=1)
    store.put(KEY, json.dumps(book).encode())
    assert sorted(states(store, [])) == [("k1", "sent"), ("k2", "sent")]
    told = titles(hook)
    assert {name: told.count(f"[local] {name}") for name in ("k0", "k1", "k2")} == {"k0": 1, "k1": 2, "k2": 1}


def test_a_channel_that_hangs_holds_up_nothing_for_long(store, hook):
    hook.default = "hang"
    config = Monitoring(alerts=Alerts.model_validate({"stdout": False, "webhook": {"url": "HOOK"}, "timeout_s": 0.1}))
    sent = send([DRIFT, ERRORS], config, store, budget_s=0.1)
    assert [s.state for s in sent] == ["failed", "failed"]
    assert Path(store.uri, KEY).is_file()
