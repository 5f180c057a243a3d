"""Kills a retraining before a chosen write, lets the next call end it, and reads the state that is left."""

import os
import random
import shutil
import signal
import sys
import threading
from pathlib import Path

import retraining_project as world
from children import heard_from

from modelyard import config
from modelyard.loop.versions import versions
from modelyard.monitoring.retrain import retrain
from modelyard.monitoring.retraining import ledger
from modelyard.routing import document

WRITES = {"os.rename", "os.link", "os.remove", "os.mkdir"}


def in_child(root, kill_at=None):
    """Retrain in `root`; kill it before write number `kill_at`. Return exit code and the writes made."""
    return heard_from(_child, str(root), kill_at, nothing=[])


def _child(root, kill_at, sender):
    writes, main = [], threading.get_ident()

    def hook(event, arguments):
        if threading.get_ident() != main:  # beats of the lease: as many as the machine is slow
            return
        is_open = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if not str(arguments[0] if arguments else "").startswith(root) or not (is_open or event in WRITES):
            return
        if kill_at is not None and len(writes) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        writes.append(f"{event} {Path(str(arguments[-1] if event == 'os.rename' else arguments[0])).name}")

    sys.addaudithook(hook)
    retrain(config.load(Path(root)), ["drift"], as_of=world.later())
    sender.send(writes)


def ready(trained, root):
    """Copy a project, and let labels enough come in."""
    shutil.copytree(trained, root)
    world.serve(config.load(root))
    return root


def undisturbed(origin, root):
    """Return what a retraining that nobody kills leaves, and its writes."""
    shutil.copytree(origin, root)
    code, writes = in_child(root)
    assert code == 0
    return state(root), writes


def trial(origin, root, kill_at, expected):
    """Kill one retraining, let the next call end it, and return what is wrong then."""
    shutil.copytree(origin, root)
    code, _ = in_child(root, kill_at=kill_at)
    again, _ = in_child(root)
    found = state(root) if again == 0 else {}
    shutil.rmtree(root)
    wrong = [name for name in expected if found.get(name) != expected[name]]
    return {"killed": code, "again": again, "wrong": wrong} if (code, again, wrong) != (-signal.SIGKILL, 0, []) else {}


def drawn(writes, count, seed):
    """Draw writes to kill at: evenly spread, each somewhere within its share."""
    draw = random.Random(seed)
    return [int((i + draw.random()) / count * len(writes)) for i in range(count)]


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
