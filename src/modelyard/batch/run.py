"""Scores a table of any length with a released version, whole or not at all."""

import hashlib
import json
import time

from modelyard import __version__
from modelyard.batch import lock
from modelyard.batch.job import Job
from modelyard.batch.model import Model, Registered
from modelyard.batch.parts import Parts
from modelyard.batch.plan import Plan
from modelyard.batch.request import PredictRequest, PredictResult, Targets, keep_inputs, targets
from modelyard.batch.source import Identity, check_unchanged, local_files, open_input
from modelyard.config import Project
from modelyard.errors import OutcomeError, RequestError
from modelyard.progress import Progress, silent


def predict(
    project: Project, request: PredictRequest, progress: Progress = silent, registered: Registered | None = None
) -> PredictResult:
    """Score the input and write the output whole, in the input's order; an interrupted run goes on where it stopped.

    Args:
        project: Whose version scores.
        request: What to score, and where to.
        progress: Told of each part.
        registered: Finds a version that routing does not name.

    Raises:
        RequestError: An option, the input or the version is wrong.
        OutcomeError: The rows break the contract, or their model's bundle is damaged.
        OutsideError: The network, the store or the disk failed.
    """
    begin = time.perf_counter()
    wanted = targets(request)
    keep_inputs(wanted, local_files(request.input, request.base))
    model = Model.load(project, request.version, registered)
    table, identify = open_input(request.input, request.base)
    data = project.config.data
    plan = Plan.of(model, table, [name for name in (data.id, data.time) if name is not None])
    before = identify()
    with lock.held(lock.folder_of(wanted.output)) as folder:
        parts = Parts(folder, _key(model, request, plan, before))
        resumed = parts.end
        job = Job(model, table, plan, parts, request.on_bad == "fail", progress)
        try:
            job.run()
            job.check_tolerated()
            check_unchanged(table, before, identify())
            parts.publish(wanted.output, wanted.rejects, plan.schema)
        except (OutcomeError, RequestError):  # the same rows would end the same way: there is nothing to go on from
            lock.remove(folder)
            raise
        lock.remove(folder)
    return _result(model, wanted, parts, resumed, time.perf_counter() - begin)


def _result(model: Model, wanted: Targets, parts: Parts, resumed: int, seconds: float) -> PredictResult:
    return PredictResult(
        rows=sum(part.rows for part in parts.done),
        version=model.ref.version,
        output=str(wanted.output),
        seconds=round(seconds, 3),
        rejected=sum(part.rejected for part in parts.done),
        rejects=None if wanted.rejects is None else str(wanted.rejects),
        resumed=resumed,
    )


def _key(model: Model, request: PredictRequest, plan: Plan, identity: Identity) -> str:
    known = {
        "modelyard": __version__,
        "input": [request.input, identity],
        "version": model.ref.model_dump(),
        "on_bad": request.on_bad,
        "schema": [[name, str(kind)] for name, kind in plan.schema.items()],
    }
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
