"""`feedback` killed at any write leaves all of its labels or none, and the next run completes it."""

import os
import signal
import sys
from pathlib import Path

import polars as pl
import pytest
import watched
from children import heard_from
from test_labels_joined import NOW, known

from modelyard import config
from modelyard.feedback import FeedbackRequest, add

pytestmark = pytest.mark.slow

WRITES = {"os.rename", "os.link", "os.remove", "os.mkdir"}
ROWS = 40


def in_child(root, kill_at=None):
    """Add the labels; kill the process before write number `kill_at`. Return exit code and (writes, added)."""
    return heard_from(_child, str(root), kill_at, nothing=([], None))


def _child(root, kill_at, sender):
    writes = []

    def hook(event, arguments):
        is_open = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if not str(arguments[0] if arguments else "").startswith(root) or not (is_open or event in WRITES):
            return
        if kill_at is not None and len(writes) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        writes.append(event)

    sys.addaudithook(hook)
    result = add(config.load(Path(root)), FeedbackRequest(labels="labels.parquet", as_of=NOW))
    sender.send((writes, result.added))


def made(root):
    found = watched.project(root)
    watched.serve(found, watched.inputs(ROWS, 2, begin=56))
    labels = pl.DataFrame({"request_id": [f"boot1-{i}" for i in range(ROWS)], "y": ["yes", "no"] * (ROWS // 2)})
    labels.write_parquet(found.root / "labels.parquet")
    return found


def test_a_kill_before_any_write_leaves_all_labels_or_none(tmp_path):
    code, (writes, added) = in_child(made(tmp_path / "unkilled").root)
    assert (code, added) == (0, ROWS)
    assert len(writes) >= 4  # the folder, a temporary file, its link, its end
    left = []
    for at in range(len(writes)):
        found = made(tmp_path / f"é {at}")
        code, _ = in_child(found.root, at)
        assert code == -signal.SIGKILL
        left.append(len(known(found)))
        again = add(found, FeedbackRequest(labels="labels.parquet", as_of=NOW))
        assert (again.matched, left[-1] + again.added) == (ROWS, ROWS)
        assert known(found) == known(config.load(tmp_path / "unkilled"))
        assert len(watched.store_of(found).list("labels")) == 1
    assert set(left) == {0, ROWS}  # both ends were met
