"""Looks at what was captured: drift, performance and service, and what of it is an alert."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import polars as pl

from modelyard import capture
from modelyard.config import Project
from modelyard.data.store import Store
from modelyard.errors import ModelyardError
from modelyard.feedback import joined
from modelyard.monitoring import alerts as channels
from modelyard.monitoring import history
from modelyard.monitoring.drift import judge
from modelyard.monitoring.measured import measured
from modelyard.monitoring.request import MonitorRequest, Spans, now, spans
from modelyard.monitoring.results import ColumnDrift, Drift, MonitorResult, Span, VersionDrift
from modelyard.monitoring.retrain import RetrainResult, retrain
from modelyard.monitoring.service import service
from modelyard.monitoring.subject import Subject
from modelyard.monitoring.summary import summary
from modelyard.monitoring.troubles import looked_at, metrics, troubles
from modelyard.monitoring.windows import clock
from modelyard.progress import Progress, silent
from modelyard.routing import document
from modelyard.routing.document import Routing

_MANY_FILES = 8
_MOST_DAYS = 31  # merged by one run
_ASKING = ("drift", "calibration", "skill", "stale_model")


def monitor(project: Project, request: MonitorRequest, progress: Progress = silent) -> MonitorResult:
    """Compare captures with the profile of the version that answered, and with what came true.

    Memory holds one captured file and counts, however many rows there are. The result is kept in the store.

    Raises:
        RequestError: The span is empty.
        OutsideError: The store failed.
    """
    store = Store.open(project.environment.store, project.root)
    config = project.config.monitoring
    routing = document.read(store)
    champion = routing.champion
    first = None if champion is None else Subject.load(store, champion.version, champion.sha256, project.config)
    begins = first.profile.begins if first is not None and first.profile is not None else None
    span = spans(request, store, begins, config)
    subjects = [] if span is None else _read(project, store, span, progress)
    drift = _drift(subjects, project)
    as_of = span.as_of if span is not None else now(request)
    performance = summary(subjects, as_of, config, drift, whole=request.since is not None)
    found = MonitorResult(
        window=None if span is None else Span.of(span.since, span.until),
        rows=sum(subject.rows for subject in subjects),
        drift=drift,
        performance=performance,
        service=service(project, store, routing, subjects, as_of),
        as_of=as_of.isoformat(),
    )
    told = {"alerts": troubles(found), "metrics": metrics(found)}
    versions = measured(drift.versions, performance, found.service, routing)
    found = found.model_copy(update={**told, "versions": versions})
    if request.send:
        found = found.model_copy(update={"sent": _send(found, routing, project, store, request)})
    if request.retrain:
        found = found.model_copy(update={"retrain": _retrain(found, project, request, progress)})
    history.save(store, found)
    _compact(store, as_of)
    return found


def _compact(store: Store, as_of: datetime) -> None:
    """Merge the small files of days that are over; what fails now is merged by the next run."""
    many = [day for day, files in capture.days(store).items() if day is not None and files >= _MANY_FILES]
    with suppress(ModelyardError):
        for day in sorted(day for day in many if day < as_of.date())[-_MOST_DAYS:]:
            capture.compact(store, day)


def _retrain(found: MonitorResult, project: Project, request: MonitorRequest, progress: Progress) -> RetrainResult:
    """Start the loop where an alert or somebody outside asks for it, or continue what was killed."""
    if request.asked is not None:
        asked = request.asked
        return retrain(project, [asked.reason], as_of=request.as_of, asked=asked, progress=progress)
    reasons = [alert.key for alert in found.alerts if alert.kind in _ASKING]
    if not reasons:
        return RetrainResult(started=False, state="refused", reason="no_alert", says="No alert asks for it.")
    return retrain(project, reasons, as_of=request.as_of, progress=progress)


def _read(project: Project, store: Store, span: Spans, progress: Progress) -> list[Subject]:
    """Count all rows of the spans, by the version that answered."""
    subjects: dict[str, Subject] = {}
    horizon = timedelta(days=project.config.monitoring.label_horizon_days)
    done = 0
    for frame in joined(store, since=span.matured, until=span.until, horizon=horizon, as_of=span.as_of):
        for rows in _by_version(frame):
            version, sha256 = rows["version"][0], rows["sha256"][0]
            if sha256 not in subjects:
                subjects[sha256] = Subject.load(store, version, sha256, project.config)
            _count(subjects[sha256], rows, span)
        done += frame.height
        progress("reading captures", done, None)
    return sorted(subjects.values(), key=lambda subject: -subject.rows)


def _by_version(frame: pl.DataFrame) -> Sequence[pl.DataFrame]:
    if frame["sha256"].n_unique() == 1:
        return [frame]
    return frame.partition_by("sha256", maintain_order=True)


def _count(subject: Subject, rows: pl.DataFrame, span: Spans) -> None:
    if subject.outcomes is not None:
        subject.outcomes.add(rows)
    recent = rows if span.matured == span.since else rows.filter(clock(rows) >= span.since)
    subject.rows += recent.height
    if subject.tally is not None and recent.height:
        subject.tally.add(recent)


def _drift(subjects: Sequence[Subject], project: Project) -> Drift:
    found = [_of(subject, project) for subject in subjects if subject.rows]
    if not found:
        return Drift()
    most = found[0]
    return Drift(
        alert=any(version.alert for version in found),
        version=most.version,
        columns=most.columns,
        predictions=most.predictions,
        versions=found,
    )


def _of(subject: Subject, project: Project) -> VersionDrift:
    tally, profile, config = subject.tally, subject.profile, project.config.monitoring
    found = VersionDrift(version=subject.version, sha256=subject.sha256, rows=subject.rows, alert=False)
    if tally is None or profile is None:
        return found.model_copy(update={"without": subject.without})
    columns = judge(tally, tally.columns, profile.rows, config)
    predictions = _apart(judge(tally, tally.predictions, profile.rows, config), columns)
    alert = any(column.alert for column in [*columns, *predictions])
    return found.model_copy(update={"alert": alert, "columns": columns, "predictions": predictions})


def _apart(predictions: Sequence[ColumnDrift], columns: Sequence[ColumnDrift]) -> list[ColumnDrift]:
    """Name what the model answers apart from a column of the rows that has the same name."""
    taken = {column.name for column in columns}
    return [p.model_copy(update={"name": f"{p.name} (answered)"}) if p.name in taken else p for p in predictions]


def _send(
    found: MonitorResult, routing: Routing, project: Project, store: Store, request: MonitorRequest
) -> list[channels.Sent]:
    """Send; a run over an old span has nothing to say about what is over."""
    old = request.until is not None and request.as_of is None
    return channels.send(
        found.alerts,
        project.config.monitoring,
        store,
        project=project.config.name,
        env=project.env,
        judged=(lambda _: False) if old else looked_at(found, routing),
    )
