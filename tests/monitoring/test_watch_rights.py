"""What looking asks of the store is what the policy of its role allows: nothing more is asked, nothing more allowed."""

import re
from datetime import UTC, datetime

import numpy as np
import pytest
import recording
import watched
from policy_verdicts import Role, store_arn
from test_performance_windows import binary, project, serve
from typer.testing import CliRunner

from modelyard import capture
from modelyard.capture import boots
from modelyard.cli import app
from modelyard.monitoring import MonitorRequest, monitor
from modelyard.monitoring.retraining.ledger import KEY as RETRAINING
from modelyard.release import journal

pytestmark = pytest.mark.slow

ROLE, OLD = "churn-dev-watch", datetime(2025, 3, 1).date()


@pytest.fixture
def there(tmp_path):
    """An environment with everything there is to look at: drift, labels, small files of an old day, a release."""
    found = project(tmp_path, servers=["http://127.0.0.1:9"])
    told, luck = binary(1000)
    serve(found, told, np.where(luck < told + 0.2, "yes", "no"))
    for number in range(9):
        watched.serve(found, watched.inputs(5, 0.5, begin=59, shift=9), boot=f"boot{number}")
    store = watched.store_of(found)
    boots.put(store, boots.Boot(boot="boot1", seen=datetime.now(UTC).isoformat(), added=9))
    began = journal.Entry(time="2025-03-01T00:00:00", event="started", step=1, weight=5)
    store.put(journal.key("r1"), began.model_dump_json().encode())
    data = {"source": "t.parquet", "target": "y", "time": "when"}
    return watched.settings(
        found.root, data=data, environments={name: {"store": ".modelyard"} for name in ("local", "dev")}
    )


def look(found, *more):
    words = ("--project", str(found.root), "--env", "dev")
    done = CliRunner().invoke(app, ["monitor", "--issue", "--dispatch", "--json", *words, *more])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(app, ["report", *words])
    assert done.exit_code == 0, done.output


def test_looking_asks_for_what_its_role_may_and_its_role_may_no_more(there, github, asked):
    for _ in range(2):  # what is there already is changed by comparison
        look(there)
    assert github.events[0]["event_type"] == "modelyard-retrain"
    assert capture.days(watched.store_of(there))[OLD] < 9
    watch = Role(ROLE)
    assert [one for one in sorted(asked) if not watch.may(**recording.request(*one))] == []
    assert [one for one in _allowed(watch) if not any(_covers(*one, *each) for each in asked)] == []


def _allowed(role):
    prefix = f"{store_arn()}/churn/"
    unseen = {"s3:AbortMultipartUpload"}  # of a large file that could not be sent
    return [
        (action, resource.removeprefix(prefix))
        for statement in role.policy
        for action in set(statement["Action"]) - unseen
        for resource in statement["Resource"]
        if resource.startswith(prefix)
    ]


def _covers(action, pattern, asked, key):
    return action == asked and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), key) is not None


def test_a_retraining_in_place_is_not_for_this_role(there, asked):
    monitor(there, MonitorRequest(retrain=True, send=False))
    refused = {key for action, key in asked if not Role(ROLE).may(**recording.request(action, key))}
    assert RETRAINING in refused
