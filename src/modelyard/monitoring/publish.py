"""Publishes what `monitor` found as CloudWatch metrics, which alarms watch: by the API, or as lines of a log."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from modelyard.config import Project
from modelyard.monitoring import cloudwatch
from modelyard.monitoring.alerts.http import Patience, UnsentError
from modelyard.monitoring.results import MonitorResult
from modelyard.serving import emf


@dataclass(frozen=True)
class Series:
    """One datapoint of several metrics under the same dimensions."""

    dimensions: Mapping[str, str]
    values: Mapping[str, float]


def publish(found: MonitorResult, project: Project, say: Callable[[str], None]) -> MonitorResult:
    """Publish where `monitoring.metrics` says, and return the result with the reason why that failed, if it did.

    Args:
        found: What a run over the newest rows found; of an old span nothing is news.
        project: Whose environment and configuration count.
        say: Is given the lines in the embedded metric format, where these are wanted.
    """
    way = _way(project)
    wanted = [] if way == "none" else series(found, project)
    if way == "emf":
        for one in wanted:
            say(json.dumps(emf.line(one.dimensions, one.values), ensure_ascii=False))
    if way != "cloudwatch" or not wanted:
        return found
    channels = project.config.monitoring.alerts
    try:
        cloudwatch.put(wanted, Patience(channels.attempts, channels.timeout_s))
    except UnsentError as error:
        return found.model_copy(update={"unpublished": error.reason})
    return found


def series(found: MonitorResult, project: Project) -> Sequence[Series]:
    """Return the service's series, on which alarms are set, and one for each version, as the servers have them.

    An alarm has one side, so the calibration gap is given by its size.
    """
    whole = {"project": project.config.name, "env": project.env}
    named = [(whole, found.metrics)]
    named += [({**whole, "version": str(v.version), "role": v.role}, v.metrics) for v in found.versions]
    return [Series(dimensions, _sized(values)) for dimensions, values in named if values]


def _way(project: Project) -> str:
    """Resolve `auto`: a store in S3 comes with an AWS role; other environments may have a collector of logs."""
    chosen = project.config.monitoring.metrics
    if chosen != "auto":
        return chosen
    if project.environment.store.startswith("s3://"):
        return "cloudwatch"
    return "none" if project.env == "local" else "emf"


def _sized(values: Mapping[str, float]) -> dict[str, float]:
    return {name: abs(value) if name == "calibration_gap" else value for name, value in values.items()}
