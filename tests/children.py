"""Child processes for tests that need real ones: to race, or to be killed.

They are forked from a server that has imported much and started nothing. A child forked from the tests' own process
would inherit locks that threads of polars, of the object store or of a server hold at that moment, and hang.
"""

import multiprocessing
import os
import signal
import time

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload([
    "crashing", "projects", "retraining_project", "modelyard.report.write", "modelyard.loop.versions",
    "modelyard.monitoring.retrain", "mlflow.tracking", "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store", "mlflow.models", "sklearn.linear_model", "sklearn.ensemble",
    "sklearn.pipeline", "skl2onnx", "onnxruntime", "optuna", "matplotlib.figure", "cloudpickle", "sqlalchemy",
    "boto3", "moto.server",
])  # fmt: skip


def kill_after(seconds, target, *args):
    """Run `target` in a child, kill it that long after it began, and wait until it is gone."""
    receiver, sender = CHILDREN.Pipe(duplex=False)
    child = CHILDREN.Process(target=_announce, args=(sender, target, args))
    child.start()
    sender.close()
    receiver.recv()
    time.sleep(seconds)
    os.kill(child.pid, signal.SIGKILL)
    child.join()


def _announce(sender, target, args):
    sender.send(None)
    target(*args)


def heard_from(target, *args, nothing):
    """Run `target(*args, sender)` in a child; return its exit code and what it sent, or `nothing` if it died before."""
    receiver, sender = CHILDREN.Pipe(duplex=False)
    child = CHILDREN.Process(target=target, args=(*args, sender))
    child.start()
    sender.close()
    try:
        said = receiver.recv()
    except EOFError:
        said = nothing
    child.join()
    return child.exitcode, said
