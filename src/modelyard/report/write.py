"""Writes the report of a project: gathers what the newest run left, and renders one page."""

from datetime import UTC, datetime

from modelyard.config import Project
from modelyard.evaluation.propose import floors
from modelyard.loop.context import LOCAL, Context
from modelyard.loop.latest import Found, find
from modelyard.loop.results import DataRecord
from modelyard.loop.stages.data import load
from modelyard.loop.versions import repaired
from modelyard.loop.workspace import write_atomically
from modelyard.record import Record
from modelyard.reference.profile import Profile, build
from modelyard.registry.models import Version
from modelyard.report import served
from modelyard.report.data import Part, Periods, ReportData, Step
from modelyard.report.model_card import model_card
from modelyard.report.page import page


class ReportResult(Record):
    """What `modelyard report` says."""

    path: str


def write(project: Project, periods: Periods | None = None) -> ReportResult:
    """Write the page into the project's working folder; a project that ran nothing yet gets one too.

    The model card of the newest run, where there is one, lies beside it as ENV-model-card.md.

    `periods` sets two versions side by side over time.
    """
    context = Context.of(project)
    path = context.project.root / LOCAL / "reports" / f"{project.env}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, page(gather(context).model_copy(update={"periods": periods})).encode())
    card = model_card(context)
    if card:
        write_atomically(path.with_name(f"{project.env}-model-card.md"), card.encode())
    return ReportResult(path=str(path))


def gather(context: Context) -> ReportData:
    """Collect everything the project has so far."""
    project, found = context.project, find(context.local)
    head = ReportData(
        project=project.config.name,
        config=project.config,
        environment=project.env,
        generated=datetime.now(UTC).isoformat(timespec="minutes"),
        source=project.config.data.source,
        contract=context.contract(),
        releases=served.releases(context.store),
        monitored=served.monitored(context.store),
    )
    if found is None:
        return head
    data = found.latest.data
    parts = [] if data is None else [Part(name=n, **p.model_dump()) for n, p in data.parts.items()]  # ty: ignore
    evaluation = found.evaluate.evaluation if found.evaluate else None
    first = found.gate is not None and found.gate.first_model
    return head.model_copy(
        update={
            "rows": found.latest.check.rows,
            "check": found.latest.check,
            "profile": None if data is None else _profile(context, data),
            "split": None if data is None else data.split,
            "parts": tuple(parts),
            "evaluation": evaluation,
            "gate": found.gate,
            "parameters": found.train.parameters if found.train else {},
            "floors": floors(evaluation) if evaluation is not None and first else {},
            "versions": _versions(context),
            "lineage": _lineage(found),
            "warnings": tuple(found.train.notes) if found.train else (),
        }
    )


def _profile(context: Context, data: DataRecord) -> Profile:
    """Describe the rows that trained the model."""
    rows = load(context, data)
    contract = context.contract()
    shown = [c.name for c in contract.columns if c.name in rows.frame.columns and not c.personal]
    seen = rows.side("train", "validation")
    return build(seen, contract, shown, predictions=None, time=context.project.config.data.time)


def _versions(context: Context) -> tuple[Version, ...]:
    """Return the versions, newest first; none where nothing was ever registered (mlflow is slow to open)."""
    if not context.store.exists("routing.json"):
        return ()
    return tuple(sorted(repaired(context).versions(), key=lambda v: v.version, reverse=True))


def _lineage(found: Found) -> tuple[Step, ...]:
    latest = found.latest
    if latest.data is None or latest.code is None:
        return ()
    commit = latest.code.commit[:10] or "no git"
    steps = [
        Step(label="snapshot", value=latest.data.snapshot.id[:12], detail=latest.data.snapshot.source),
        Step(label="commit", value=commit, detail="with uncommitted changes" if latest.code.dirty else ""),
    ]
    if found.train is not None:
        steps.append(Step(label="training", value=found.train.estimator, detail=f"{found.train.rows:,} rows"))
    if found.gate is not None:
        steps.append(Step(label="gate", value=found.gate.verdict))
    if found.register is not None:
        steps.append(Step(label="version", value=str(found.register.version), detail=found.register.sha256[:12]))
    return tuple(steps)
