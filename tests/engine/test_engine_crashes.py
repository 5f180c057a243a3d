"""`up` killed in the middle, its lock left behind, its answers lost: run again and it finishes, or says what to do."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small import target
from standin_cloud.cloud import Fault

from modelyard.errors import OutsideError
from modelyard.infra.engine import pending
from modelyard.infra.engine import run as engine

pytestmark = pytest.mark.slow

BUCKET, VPC = "aws:s3/bucket:Bucket", "aws:ec2/vpc:Vpc"


def killed_up(tmp_path, backend, cloud, token, *, cli=True):
    """Kill `up` (and the CLI that it started) after the service made a resource and before anyone heard of it."""
    cloud.faults.append(Fault(token=token, how="lose"))
    child = subprocess.Popen([sys.executable, str(Path(__file__).with_name("crashing_up.py")), tmp_path, backend.url])
    while _pending(backend) != {token} or len(cloud.resources) < (3 if token == BUCKET else 2):
        assert child.poll() is None, "it ended before it could be killed"
        time.sleep(0.05)
    for pid in ([*_children(child.pid)] if cli else []) + [child.pid]:
        os.kill(pid, signal.SIGKILL)
    child.wait()


def _children(pid):
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _pending(backend):
    for state in Path(backend.url.removeprefix("file://")).glob(".pulumi/stacks/modelyard-demo/dev.json"):
        found = json.loads(state.read_text())["checkpoint"].get("latest") or {}
        return {o["resource"]["type"] for o in found.get("pending_operations") or []}
    return set()


def _locks(backend):
    return list(Path(backend.url.removeprefix("file://")).glob(".pulumi/locks/**/*.json"))


def test_a_killed_run_is_finished_by_the_next_one(run, cloud, backend, notes, tmp_path):
    killed_up(tmp_path, backend, cloud, BUCKET)
    assert _locks(backend)
    (layer,) = engine.up(run, [target(tmp_path)]).layers
    assert (layer.delete, len(cloud.resources)) == (0, 3)
    assert any("lock" in note for note in notes)
    assert any("took over aws:s3/bucket:Bucket data (acme-data)" in note for note in notes)
    assert _locks(backend) == []
    assert engine.up(run, [target(tmp_path)]).changes == 0
    assert [op for op, token, _ in cloud.journal if token == BUCKET] == ["create"]


def test_an_id_that_nobody_can_know_is_asked_for_and_taken(run, cloud, backend, tmp_path):
    killed_up(tmp_path, backend, cloud, VPC)
    with pytest.raises(OutsideError, match="aws:ec2/vpc:Vpc main") as caught:
        engine.up(run, [target(tmp_path)])
    assert "--adopt URN=ID" in caught.value.hint
    (made,) = cloud.of(VPC)
    look = pending.Look("123456789012", "eu-central-1", adopted={made.urn: made.id})
    engine.up(type(run)(**{**vars(run), "look": look}), [target(tmp_path)])
    assert len(cloud.of(VPC)) == 1
    assert len(cloud.resources) == 3


def test_a_resource_that_does_not_exist_is_made_after_it_was_forgotten(run, cloud, backend, tmp_path):
    killed_up(tmp_path, backend, cloud, VPC)
    (made,) = cloud.of(VPC)
    cloud.resources.clear()
    look = pending.Look("123456789012", "eu-central-1", forgotten=frozenset({made.urn}))
    engine.up(type(run)(**{**vars(run), "look": look}), [target(tmp_path)])
    assert len(cloud.resources) == 3


def lock(backend, *, host, pid):
    folder = Path(backend.url.removeprefix("file://")) / ".pulumi/locks/organization/modelyard-demo/dev"
    folder.mkdir(parents=True, exist_ok=True)
    held = {"pid": pid, "username": "ann", "hostname": host, "timestamp": "2026-11-21T10:00:00Z"}
    (folder / "left.json").write_text(json.dumps(held))


@pytest.mark.parametrize("there", [False, True], ids=["before the stack was written", "of a stack that is up"])
def test_a_lock_of_another_machine_is_respected_until_a_person_says_otherwise(run, cloud, backend, tmp_path, there):
    if there:
        engine.up(run, [target(tmp_path)])
    lock(backend, host="another-machine", pid=7)
    with pytest.raises(OutsideError, match=r"locked by ann@another-machine \(process 7\)") as caught:
        engine.up(run, [target(tmp_path)])
    assert "--unlock" in caught.value.hint
    assert len(cloud.resources) == (3 if there else 0)
    engine.up(type(run)(**{**vars(run), "unlock": True}), [target(tmp_path)])
    assert len(cloud.resources) == 3


def test_a_lock_of_a_process_that_is_alive_is_respected(run, cloud, backend, tmp_path):
    lock(backend, host=socket.gethostname(), pid=os.getpid())
    with pytest.raises(OutsideError, match="is locked by"):
        engine.up(run, [target(tmp_path)])
    assert cloud.resources == {}


def test_ctrl_c_lets_the_engine_write_its_state_and_give_back_its_lock(run, cloud, backend, tmp_path):
    cloud.faults.append(Fault(token=BUCKET, how="slow"))
    child = subprocess.Popen([sys.executable, str(Path(__file__).with_name("crashing_up.py")), tmp_path, backend.url])
    while not any(token == BUCKET for _, token, _ in cloud.journal):
        assert child.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    assert child.wait() != 0
    assert _locks(backend) == []
    engine.up(run, [target(tmp_path)])
    assert len(cloud.resources) == 3


def test_what_exists_without_the_state_knowing_is_taken_over_with_the_words_of_the_message(run, cloud, notes, tmp_path):
    layer = target(tmp_path)
    engine.up(run, [layer])
    (bucket,) = cloud.of(BUCKET)
    engine.destroy(run, [layer])
    cloud.resources[f"{BUCKET}|acme-data"] = bucket
    with pytest.raises(OutsideError, match="exists already") as caught:
        engine.up(run, [layer])
    told = caught.value.hint.split("--adopt '")[1].split("'")[0]
    assert told == f"{bucket.urn}=acme-data"
    look = pending.Look("123456789012", "eu-central-1", adopted=pending.parsed([told]))
    engine.up(type(run)(**{**vars(run), "look": look}), [layer])
    assert len(cloud.resources) == 3
    assert engine.up(run, [layer]).changes == 0
