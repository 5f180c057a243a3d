"""How the service fares: errors, latency, traffic, age of model and data, loss of captures, failed jobs."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta

from modelyard import capture
from modelyard.config import Project
from modelyard.data import contract as contracts
from modelyard.data.store import Store
from modelyard.monitoring import requests
from modelyard.monitoring.results import Check, Service
from modelyard.monitoring.subject import Subject
from modelyard.release.sources.chosen import TOKEN
from modelyard.routing import audit
from modelyard.routing.document import Routing

_ENDED_BADLY = {"rolled_back": "a release was rolled back", "aborted": "a release was aborted"}
_ENDED_WELL = {"promoted", "registered"}


def service(project: Project, store: Store, routing: Routing, subjects: Sequence[Subject], as_of: datetime) -> Service:
    """Look at everything that the store and the configured servers tell."""
    checks = [
        *_requests(project, store),
        *_captures(project, store, routing, as_of),
        *_ages(project, subjects),
        *_jobs(project, store, as_of),
    ]
    return Service(alert=any(check.alert for check in checks), checks=checks)


def _requests(project: Project, store: Store) -> list[Check]:
    config = project.config.monitoring
    told = requests.ask(config.servers, store, os.environ.get(TOKEN, ""))
    if told is None:
        return []
    share = told.errors / told.requests if told.requests else None  # nobody asked: that tells nothing
    says = f"{told.errors:.0f} of {told.requests:.0f} requests failed since the last look"
    silent = (
        f"; {len(told.silent)} of {len(config.servers)} servers did not answer: {told.silent[0]}" if told.silent else ""
    )
    failing = (share or 0.0) > config.error_share or bool(told.silent)
    checks = [
        Check(name="errors", alert=failing, value=share, limit=config.error_share, unit="share", says=says + silent)
    ]
    limit = config.p99_ms or project.config.gate.latency_ms
    if told.p99_s is None:
        return checks
    p99 = told.p99_s * 1000
    says = f"99 % of requests took up to {p99:.3g} ms"
    slow = limit is not None and p99 > limit
    return [*checks, Check(name="latency", alert=slow, value=p99, limit=limit, unit="ms", says=says)]


def _captures(project: Project, store: Store, routing: Routing, as_of: datetime) -> list[Check]:
    config = project.config.monitoring
    found = capture.loss(store)
    lost, kept = sum(boot.lost for boot in found), sum(boot.captured for boot in found)
    share = lost / (lost + kept) if lost else 0.0
    said = f"{lost:,} of {lost + kept:,} predictions were not captured"
    checks = [
        Check(
            name="capture_loss",
            alert=share > config.capture_loss,
            value=share,
            limit=config.capture_loss,
            unit="share",
            says=said,
        )
    ]
    last = max((boot.last for boot in found if boot.last is not None), default=None)
    since = last or _since(routing)
    if routing.champion is None or since is None:
        return checks
    hours = max((as_of - since) / timedelta(hours=1), 0.0)
    says = f"the newest prediction is {hours:.1f} h old" if last else f"no prediction in {hours:.1f} h of service"
    quiet = hours > config.no_traffic_h
    return [*checks, Check(name="no_traffic", alert=quiet, value=hours, limit=config.no_traffic_h, unit="h", says=says)]


def _since(routing: Routing) -> datetime | None:
    """Return when the routing last changed, naive UTC."""
    try:
        return datetime.fromisoformat(routing.changed).replace(tzinfo=None)
    except ValueError:
        return None


def _ages(project: Project, subjects: Sequence[Subject]) -> list[Check]:
    """Compare event times: a replay of old rows finds no model older than it was then."""
    config, checks = project.config.monitoring, []
    for subject in subjects[:1]:
        last = subject.tally.last if subject.tally is not None else None
        end = subject.seen.end if subject.seen is not None else None
        if last is None or not isinstance(end, datetime):
            continue
        days = max((last - end) / timedelta(days=1), 0.0)
        says = f"version {subject.version} has seen rows until {end:%Y-%m-%d}, {days:.0f} days before the newest served"
        old = days > config.model_age_days
        checks.append(
            Check(name="stale_model", alert=old, value=days, limit=config.model_age_days, unit="days", says=says)
        )
    return [*checks, *_data_age(project, subjects)]


def _data_age(project: Project, subjects: Sequence[Subject]) -> list[Check]:
    lags = [subject.tally.lag_h for subject in subjects if subject.tally is not None]
    known = [lag for lag in lags if lag is not None]
    if not known:
        return []
    limit = project.config.monitoring.data_age_h or _freshness(project)
    says = f"the newest event is {min(known):.1f} h older than the request that brought it"
    says += "" if limit is not None else " (no limit is set)"
    old = limit is not None and min(known) > limit
    return [Check(name="stale_data", alert=old, value=min(known), limit=limit, unit="h", says=says)]


def _freshness(project: Project) -> float | None:
    """Return the hours that the contract allows the time column."""
    contract = contracts.load(project.root / project.config.data.contract)
    columns = [column for column in contract.columns if column.name == project.config.data.time]
    hours = [float(str(r.value)) for column in columns for r in column.rules if r.kind == "freshness_hours"]
    return min(hours, default=None)


def _jobs(project: Project, store: Store, as_of: datetime) -> list[Check]:
    """Look at the newest end of a job in the audit chain, if it is not older than a window."""
    oldest = as_of - timedelta(days=project.config.monitoring.window_days)
    for event in audit.newest(store):
        when = datetime.fromisoformat(event.time).replace(tzinfo=None)
        if when < oldest or event.action in _ENDED_WELL:
            break
        bad = _ENDED_BADLY.get(event.action)
        if event.action == "judged" and event.why != "passed":
            bad = f"a gate's verdict was {event.why}"
        if bad is not None:
            says = f"{bad} at {event.time[:16]} ({event.subject[:12]})"
            return [Check(name="failed_job", alert=True, value=1, limit=0, unit="jobs", says=says)]
    return [Check(name="failed_job", alert=False, value=0, limit=0, unit="jobs", says="no job failed of late")]
