"""Three challengers: one that the gate stops, one that only traffic shows to be broken, and the good one."""

from modelyard.demo import flights
from modelyard.demo.replay import Traffic
from modelyard.demo.stage import Stage
from modelyard.errors import OutcomeError
from modelyard.loop.results import RunResult
from modelyard.loop.run import RunRequest, run
from modelyard.release import controller
from modelyard.release.controller import StartRequest
from modelyard.release.results import ReleaseResult

_TABLE = "data/until-june.parquet"


def reject(stage: Stage) -> str:
    """Offer a model that forgot its best columns."""
    result = _offer(stage, "hasty")
    if result.gate is None or result.gate.verdict != "failed":
        raise OutcomeError("The gate let the bad challenger pass.", code="demo_not_rejected")
    stopped = [rule for rule in result.gate.rules if rule.verdict == "fail"]
    return f"a challenger without time and weather fails {', '.join(r.name for r in stopped)}: {stopped[0].reason}"


def rollback(stage: Stage) -> str:
    """Release a model whose features() fails on the flights of July, which no test row showed."""
    result = _offer(stage, "calendar")
    if result.version is None:
        raise OutcomeError("The challenger that is broken in July did not pass the gate.", code="demo_not_broken")
    released, traffic = _release(stage, result.version)
    if released.state != "rolled_back":
        raise OutcomeError(f"The broken version {result.version} ended {released.state}.", code="demo_not_rolled_back")
    return f"version {result.version} passed the gate; with July's flights: {released.reason}; {_told(traffic)}"


def promote(stage: Stage) -> str:
    """Release the retrained model."""
    assert stage.retrained is not None  # noqa: S101 - an earlier step made it
    released, traffic = _release(stage, stage.retrained.version)
    if released.state != "promoted":
        raise OutcomeError(
            f"Version {stage.retrained.version} ended {released.state}: {released.reason}", code="demo_not_promoted"
        )
    return f"version {stage.retrained.version} answers everything; {_told(traffic)}"


def _offer(stage: Stage, challenger: str) -> RunResult:
    """Run the loop with a challenger's features."""
    table = stage.root.resolve() / _TABLE
    if not table.exists():
        flights.between(stage.flights, 1, 6).write_parquet(table)
    stage.change(challenger)
    try:
        return run(stage.project, RunRequest(source=str(table)), stage.progress)
    finally:
        stage.restore()


def _release(stage: Stage, version: int) -> tuple[ReleaseResult, Traffic]:
    """Release a version while the flights of July come in, one by one."""
    with Traffic(flights.between(stage.flights, 7, 7), stage.port) as traffic:
        released = controller.start(stage.project, StartRequest(version=version, wait=True), stage.progress)
    return released, traffic


def _told(traffic: Traffic) -> str:
    return f"{traffic.sent:,} requests, {traffic.failed or 'none'} failed"
