"""Makes a repository from a table: looks at the rows, decides, renders, and moves the whole into place."""

import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import RequestError
from modelyard.progress import Progress, silent
from modelyard.scaffold import absent, facts, git, place, tables
from modelyard.scaffold.lock import lock
from modelyard.scaffold.profile import Overrides, profile
from modelyard.scaffold.renderer import Renderer
from modelyard.scaffold.result import NewResult, summarise

if TYPE_CHECKING:
    from modelyard.scaffold.profile import TableProfile

_STEPS = 5


@dataclass(frozen=True)
class NewRequest:
    """What `modelyard new` was asked for."""

    directory: Path
    data: str = "demo:flights"
    overrides: Overrides = field(default_factory=Overrides)
    git: bool = True
    lock: bool = True
    github: str | None = None
    template: str = "tabular"
    platform: str = "none"
    region: str | None = None
    query: Path | None = None


def new(request: NewRequest, progress: Progress = silent, renderer: Renderer | None = None) -> NewResult:
    """Make the project; on any failure nothing of it is left.

    Args:
        request: What to make.
        progress: Is told of each step.
        renderer: One that was begun earlier.

    Raises:
        RequestError: The place is taken, the table cannot be read, or it has no such target.
        OutsideError: git is missing, or the disk is full.
    """
    from modelyard.data.load import database, open_table
    from modelyard.scaffold.project import Blueprint, fill

    directory = Path(os.path.abspath(request.directory))  # noqa: PTH100 - resolve() would follow a link
    _refuse(request, directory)
    progress("Reading the table", 0, _STEPS)
    query = database.read_query(request.query) if request.query is not None else None
    with renderer or Renderer() as ready:
        table = open_table(request.data, query=query)
        found = profile(table, _preset(request))
        profiled = found.model_copy(update={"source": tables.public(found.source)})
        plan = Blueprint(directory, profiled, request.overrides.keep_personal, request.github, query)
        with place.building(directory) as workshop:
            progress("Writing the project", 1, _STEPS)
            placed = fill(plan, table, workshop, ready)
            progress("Locking the dependencies", 2, _STEPS)
            unlocked = lock(workshop) if request.lock else ""
            progress("First commit", 3, _STEPS)
            if request.git:
                git.first_commit(workshop, f"Project from {facts.shown(profiled.source)}, made by modelyard")
            progress("Moving it into place", 4, _STEPS)
    progress("Done", _STEPS, _STEPS)
    return summarise(
        request.template,
        profiled,
        placed,
        directory,
        steps=_next(request, unlocked),
        warnings=_warnings(request, directory, profiled),
    )


def _refuse(request: NewRequest, directory: Path) -> None:
    """Find out what is wrong with the request before the table is read."""
    place.refuse_occupied(directory)
    absent.refuse(request.template, request.platform, request.region)
    _refuse_query(request)
    if request.github is not None and not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", request.github):
        raise RequestError(f"--github {request.github!r} is not OWNER/REPO.", "For example acme/churn.")
    if request.git:
        git.require()


def _refuse_query(request: NewRequest) -> None:
    from modelyard.data.load import database

    if request.query is not None and not database.is_database(request.data):
        raise RequestError(
            f"--query {request.query} is for a database, but --data is {database.shown(request.data)}.",
            "Name a database, say --data sqlite:FILE or postgresql://HOST/DATABASE, or leave --query out.",
            code="query_without_database",
        )


def _preset(request: NewRequest) -> Overrides:
    """The demo's table comes with its target and its clock."""
    chosen = request.overrides
    if request.data != "demo:flights":
        return chosen
    return chosen.model_copy(update={"target": chosen.target or "late", "time": chosen.time or "time_hour"})


def _next(request: NewRequest, unlocked: str) -> list[str]:
    steps = [f"cd {shlex.quote(str(request.directory))}"]
    if unlocked:
        steps.append(f"uv lock    # not done yet: {unlocked}")
    return [*steps, "make test", "make pipeline"]


def _warnings(request: NewRequest, directory: Path, profiled: "TableProfile") -> list[str]:
    outer = git.enclosing(directory.parent) if request.git else None
    if outer is None:
        return list(profiled.warnings)
    inside = f"{directory} lies inside the repository {outer}; with --no-git it would become a part of that one."
    return [*profiled.warnings, inside]
