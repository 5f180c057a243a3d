"""Kills the controller of a release before a chosen write, and looks at what the next commands make of it."""

import os
import random
import shutil
import signal
import sys
from pathlib import Path

import crashing
from children import heard_from
from releasing import Played, agree

from modelyard import config
from modelyard.errors import ModelyardError
from modelyard.loop.context import Context
from modelyard.release.controller import StartRequest, resume, start
from modelyard.routing import document

KILLED = -signal.SIGKILL
WAIT = StartRequest(wait=True)
ENDS = {"promote": ["hold", "advance"], "roll back": ["hold", "advance", "roll_back"]}
# what a release that was killed may come to; "promoted" after a resume, which starts it again under a kinder judge
RIGHT = {("promoted", 2, None), ("rolled_back", 1, None), ("rolled_back", 1, 2)}


def in_child(root, says, command="start", kill_at=None):
    """Start or resume a release in a child process; return exit code, writes and the state that it told."""
    exitcode, (writes, told) = heard_from(_child, str(root), says, command, kill_at, nothing=([], ""))
    return exitcode, writes, told


def _child(root, says, command, kill_at, sender):
    writes = []

    def seen(what):
        if kill_at is not None and len(writes) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        writes.append(what)

    def hook(event, arguments):
        if event == "open" and str(arguments[0]).startswith(root) and crashing._writes(arguments[2]):
            seen(f"open {Path(arguments[0]).name}")
        elif event in crashing.WRITES and root in str(arguments):
            seen(f"{event} {Path(str(arguments[0])).name}")

    import sqlalchemy

    sqlalchemy.event.listen(sqlalchemy.Engine, "commit", lambda _: seen("commit"))
    sys.addaudithook(hook)
    project, servers = config.load(Path(root)), Played(*says)
    try:
        run = start(project, WAIT, watch=servers) if command == "start" else resume(project, wait=True, watch=servers)
        told = run.state
    except ModelyardError as error:
        told = error.code
    sender.send((writes, told))


def trial(origin, root, kills, says):
    """Kill a release at each of `kills` in turn (a start, then resumes), end it, and return what is wrong."""
    shutil.copytree(origin, root)
    command, told = "start", ""
    for at in kills:
        code, _, told = in_child(root, says, command, kill_at=at)
        if code != KILLED:
            break
        served = _served(root)
        if served:
            return f"killed at {at}: {served}"
        command = "resume" if _released(root) else "start"
    command = "resume" if _released(root) else "start"
    code, _, told = in_child(root, ["advance"], command)
    project = config.load(Path(root))
    routing = agree(project)
    release = routing.release
    end = (release.state, routing.champion.version, routing.challenger.version if routing.challenger else None)
    shutil.rmtree(root)
    return "" if code == 0 and end in RIGHT and told == release.state else f"killed at {kills}: {code} {told} {end}"


def _released(root):
    return document.read(Context.of(config.load(Path(root))).store).release is not None


def _served(root):
    """Say what a server would find wrong right after a kill: it reads the document and the bundles that this names."""
    store = Context.of(config.load(Path(root))).store
    routing = document.read(store)
    named = [r for r in (routing.champion, routing.previous, routing.challenger) if r is not None]
    missing = [r.version for r in named if not store.exists(f"models/{r.sha256}/model.json")]
    shares = sum(routing.weights.values())
    return f"no bundle of {missing}, shares of {shares}" if missing or abs(shares - 1) > 1e-9 else ""


def drawn(draw, writes):
    """Draw where to kill: mostly once, sometimes the resume too."""
    return [draw.randrange(writes) for _ in range(draw.choice([1, 1, 1, 2]))]


def sample(origin, folder, seed, count):
    """Run `count` random trials; return those that went wrong."""
    draw, wrong = random.Random(seed), {}
    for name, says in ENDS.items():
        root = folder / f"undisturbed {name}"
        shutil.copytree(origin, root)
        code, writes, _ = in_child(root, says)
        assert code == 0
        shutil.rmtree(root)
        for number in range(count // len(ENDS)):
            kills = drawn(draw, len(writes))
            problem = trial(origin, folder / f"{name} {number}", kills, says)
            print(f"{name} {number}, killed at {kills} of {len(writes)}: {problem or 'ok'}", flush=True)  # noqa: T201
            if problem:
                wrong[f"{name} {number}"] = problem
    return wrong
