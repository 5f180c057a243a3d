"""Runs `run` in child processes that kill themselves at a chosen write, and reads the state that is left."""

import os
import signal
import sys
from pathlib import Path

from children import heard_from

from modelyard import config
from modelyard.loop import history
from modelyard.loop.context import Context
from modelyard.loop.run import RunRequest, run
from modelyard.loop.versions import versions
from modelyard.routing import document

WRITES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


def in_child(root, kill_at=None, kill_after_s=None, **request):
    """Run the project in `root`; kill it before write number `kill_at`. Return exit code and the writes made."""
    return heard_from(_child, str(root), kill_at, kill_after_s, request, nothing=[])


def _child(root, kill_at, kill_after_s, request, sender):
    writes = []

    def seen(what):
        if kill_at is not None and len(writes) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        writes.append(what)

    def hook(event, arguments):
        if event == "open" and str(arguments[0]).startswith(root) and _writes(arguments[2]):
            seen(f"open {Path(arguments[0]).name}")
        elif event in WRITES and root in str(arguments):
            seen(f"{event} {Path(str(arguments[0])).name}")

    if kill_after_s is not None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, kill_after_s)
    import sqlalchemy

    sqlalchemy.event.listen(sqlalchemy.Engine, "commit", lambda _: seen("commit"))
    sys.addaudithook(hook)
    run(config.load(Path(root)), RunRequest(**request))
    sender.send(writes)


def _writes(flags):
    return isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)


def state(root):
    """Everything that two runs must agree on, however they came about."""
    project = config.load(Path(root))
    context = Context.of(project)
    routing, audit = document.read(context.store), history.audit(project)
    registry = context.registry()
    runs = registry._tracking.client.search_runs([registry._tracking.experiment])
    files = registry.artifacts
    return {
        "versions": [
            (v.version, v.sha256, v.state, v.aliases, v.snapshot, v.key, v.tags["verdict"])
            for v in versions(project).versions
        ],
        "rows of versions": len(registry._versions._rows()),
        "routing": routing.model_dump(exclude={"nonce", "recent", "changed", "by"}),
        "audit": [(e.number, e.action, e.subject, e.why, e.generation, e.key) for e in audit.events],
        "chain": audit.chain,
        "head": str(registry.audit_head()).partition(":")[0],
        "runs": [(r.info.status, sorted(r.data.params.items()), sorted(r.data.metrics)) for r in runs],
        "files of runs": [
            [k.rpartition("/")[2] for k in context.store.list(files._key(r.info.run_id, "").rstrip("/"))]
            for r in runs
        ],
        "objects": [
            name for name in context.store.list("") if name.startswith(("models/", "snapshots/", "audit/"))
        ],
        "bundle": {
            name.partition("/")[2].partition("/")[2]: context.store.get(name)
            for name in context.store.list(f"models/{routing.champion.sha256}" if routing.champion else "models")
        },
        "unfinished": sorted(  # the store removes its own, when nobody can be writing them any more
            str(p) for p in (Path(root) / ".modelyard" / "work").rglob(".*")
        ),
    }  # fmt: skip
