"""Adds channels at GitHub to those of modelyard.yaml, for a workflow, where the repository is known anyway."""

from dataclasses import replace

from modelyard.config import Project
from modelyard.config.alerts import Dispatch, Issue


def telling_github(project: Project, *, issue: bool, dispatch: bool) -> Project:
    """Return the project as it tells its alerts there too; what modelyard.yaml says of a channel counts."""
    alerts = project.config.monitoring.alerts
    wanted = {"issue": Issue() if issue else None, "dispatch": Dispatch() if dispatch else None}
    added = {name: channel for name, channel in wanted.items() if channel and getattr(alerts, name) is None}
    if not added:
        return project
    monitoring = project.config.monitoring.model_copy(update={"alerts": alerts.model_copy(update=added)})
    return replace(project, config=project.config.model_copy(update={"monitoring": monitoring}))
