"""A retraining killed at any write is continued by the next call, and done once."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
import retraining_project as world
from children import heard_from

from modelyard import config
from modelyard.loop.versions import versions
from modelyard.monitoring.retrain import retrain
from modelyard.monitoring.retraining import ledger
from modelyard.registry.client import connect
from modelyard.routing import document

WRITES = {"os.rename", "os.link", "os.remove", "os.mkdir"}


def in_child(root, kill_at=None):
    """Retrain in `root`; kill it before write number `kill_at`. Return exit code and the writes made."""
    return heard_from(_child, str(root), kill_at, nothing=[])


def _child(root, kill_at, sender):
    writes = []

    def hook(event, arguments):
        is_open = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if not str(arguments[0] if arguments else "").startswith(root) or not (is_open or event in WRITES):
            return
        if kill_at is not None and len(writes) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        writes.append(f"{event} {Path(str(arguments[-1] if event == 'os.rename' else arguments[0])).name}")

    sys.addaudithook(hook)
    retrain(config.load(Path(root)), ["drift"], as_of=world.later())
    sender.send(writes)


@pytest.fixture(scope="session")
def ready(tmp_path_factory):
    """A project that has labels enough, and nothing retrained."""
    blank = tmp_path_factory.mktemp("blank") / "mlflow.db"
    connect(f"sqlite:///{blank}")
    root = tmp_path_factory.mktemp("ready") / "project"
    world.serve(world.made(root, blank))
    return root


@pytest.fixture(scope="session")
def undisturbed(ready, tmp_path_factory):
    root = tmp_path_factory.mktemp("undisturbed") / "project"
    shutil.copytree(ready, root)
    code, writes = in_child(root)
    assert code == 0
    return state(root), writes


def state(root):
    project = config.load(root)
    store = world.store_of(project)
    routing, found = document.read(store), ledger.read(store)
    return {
        "versions": [(v.version, v.sha256, v.state) for v in versions(project).versions],
        "roles": (routing.champion, routing.challenger),
        "done": [(d.outcome, d.version, d.snapshot, d.begin, d.end) for d in found.done],
        "current": found.current,
        "snapshots": store.list("snapshots"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.01, 0.04, 0.3, 0.7, 0.93, 0.99])
def test_a_killed_retraining_is_continued(share, ready, undisturbed, tmp_path):
    expected, writes = undisturbed
    root = tmp_path / "project é"
    shutil.copytree(ready, root)
    code, _ = in_child(root, kill_at=int(share * len(writes)))
    assert code == -signal.SIGKILL
    assert in_child(root)[0] == 0
    assert state(root) == expected
