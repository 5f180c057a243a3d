"""Which run was the newest, so that a report finds what it left behind."""

from dataclasses import dataclass
from pathlib import Path

from modelyard.data.contract import CheckResult
from modelyard.evaluation.results import GateResult
from modelyard.loop.provenance import Provenance
from modelyard.loop.results import DataRecord, EvaluateRecord, RegisterRecord, TrainRecord
from modelyard.loop.work import Work
from modelyard.loop.workspace import Workspace
from modelyard.record import Record

_NAME = "latest"


class Latest(Record):
    """The newest run's check, and where its stages lie; only the check where the contract was broken."""

    check: CheckResult
    data: DataRecord | None = None
    code: Provenance | None = None
    trained: str | None = None  # folders, relative to the local one
    judged: str | None = None


@dataclass(frozen=True)
class Found:
    """What the newest run has finished so far."""

    latest: Latest
    train: TrainRecord | None
    evaluate: EvaluateRecord | None
    gate: GateResult | None
    register: RegisterRecord | None


def of(work: Work) -> Latest:
    """Describe a run that has its rows."""
    local = work.context.local
    return Latest(
        check=work.data.contract,
        data=work.data,
        code=work.code,
        trained=work.trained.folder.relative_to(local).as_posix(),
        judged=work.judged.folder.relative_to(local).as_posix(),
    )


def save(local: Path, latest: Latest) -> None:
    """Remember the newest run."""
    Workspace(local / "runs").save(_NAME, latest)


def find(local: Path) -> Found | None:
    """Return what the newest run left; None where nothing was run yet."""
    latest = Workspace(local / "runs").load(_NAME, Latest)
    if latest is None:
        return None
    if latest.trained is None or latest.judged is None:
        return Found(latest, None, None, None, None)
    judged = Workspace(local / latest.judged)
    return Found(
        latest=latest,
        train=Workspace(local / latest.trained).load("train", TrainRecord),
        evaluate=judged.load("evaluate", EvaluateRecord),
        gate=judged.load("gate", GateResult),
        register=judged.load("register", RegisterRecord),
    )
