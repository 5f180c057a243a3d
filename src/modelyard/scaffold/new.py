"""Makes a repository from a table: looks at the rows, decides, renders, and moves the whole into place."""

import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from modelyard.errors import RequestError
from modelyard.progress import Progress, silent
from modelyard.scaffold import asked, facts, git, naming, place, tables
from modelyard.scaffold.home import PLACEHOLDER, Home
from modelyard.scaffold.lock import lock
from modelyard.scaffold.profile import Overrides, profile
from modelyard.scaffold.renderer import Renderer
from modelyard.scaffold.result import NewResult, summarise

_STEPS = 5


@dataclass(frozen=True)
class NewRequest:
    """What `modelyard new` was asked for."""

    directory: Path
    data: str | None = None
    overrides: Overrides = field(default_factory=Overrides)
    git: bool = True
    lock: bool = True
    github: str | None = None
    template: str = "tabular"
    platform: str = "none"
    region: str | None = None
    query: Path | None = None
    account: str | None = None

    @property
    def source(self) -> str:
        """The table: the one named, or the demo's."""
        return "demo:flights" if self.data is None else self.data


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

    directory = absolute(request.directory)
    home = _refuse(request, directory)
    progress("Reading the table", 0, _STEPS)
    query = database.read_query(request.query) if request.query is not None else None
    with renderer or Renderer() as ready:
        table = open_table(request.source, query=query)
        found = profile(table, _preset(request))
        profiled = found.model_copy(update={"source": tables.public(found.source)})
        plan = Blueprint(directory, profiled, request.overrides.keep_personal, request.github, query, home)
        with place.building(directory) as workshop:
            progress("Writing the project", 1, _STEPS)
            placed = fill(plan, table, workshop, ready)
            progress("Locking the dependencies", 2, _STEPS)
            unlocked = lock(workshop) if request.lock else ""
            progress("First commit", 3, _STEPS)
            if request.git:
                commit(workshop, f"Project from {facts.shown(profiled.source)}, made by modelyard")
            progress("Moving it into place", 4, _STEPS)
    progress("Done", _STEPS, _STEPS)
    return summarise(
        request.template,
        profiled,
        placed,
        directory,
        steps=_next(request, unlocked),
        warnings=[*profiled.warnings, *warnings(request, directory, home)],
    )


def absolute(directory: Path) -> Path:
    """Return where a repository is made; a link stays the link."""
    return Path(os.path.abspath(directory))  # noqa: PTH100 - resolve() would follow a link


def commit(workshop: Path, message: str) -> None:
    """Make the repository's history: the first commit on `main`, and the branch from which updates are merged."""
    from modelyard.scaffold.update import branch

    git.first_commit(workshop, message)
    branch.start(workshop)


def _refuse(request: NewRequest, directory: Path) -> Home | None:
    """Find out what is wrong with the request before the table is read; return the platform that it wants."""
    place.refuse_occupied(directory)
    if request.template != "tabular":
        raise RequestError(
            f"The template {request.template!r} makes nothing from a table.",
            "A platform's repository is made by `new_platform`, or `modelyard new DIR --template platform`.",
            code="no_template",
        )
    home = asked.home(request.platform, naming.slug(directory), request.account, request.region)
    _refuse_query(request)
    asked.refuse_github(request.github)
    if request.git:
        git.require()
    return home


def _refuse_query(request: NewRequest) -> None:
    from modelyard.data.load import database

    if request.query is not None and not database.is_database(request.source):
        raise RequestError(
            f"--query {request.query} is for a database, but --data is {database.shown(request.source)}.",
            "Name a database, say --data sqlite:FILE or postgresql://HOST/DATABASE, or leave --query out.",
            code="query_without_database",
        )


def _preset(request: NewRequest) -> Overrides:
    """The demo's table comes with its target and its clock."""
    chosen = request.overrides
    if request.source != "demo:flights":
        return chosen
    return chosen.model_copy(update={"target": chosen.target or "late", "time": chosen.time or "time_hour"})


def _next(request: NewRequest, unlocked: str) -> list[str]:
    plan = [] if request.platform == "none" else ["make plan    # the platform, offline: resources, rules, price"]
    return [*first_steps(request, unlocked), "make test", "make pipeline", *plan]


def first_steps(request: NewRequest, unlocked: str) -> list[str]:
    """Return what comes before any `make`."""
    steps = [f"cd {shlex.quote(str(request.directory))}"]
    return [*steps, f"uv lock    # not done yet: {unlocked}"] if unlocked else steps


def warnings(request: NewRequest, directory: Path, home: Home | None) -> list[str]:
    """Return what a person should know of the place on disk and of the place on AWS."""
    outer = git.enclosing(directory.parent) if request.git else None
    found = []
    if outer is not None:
        found.append(f"{directory} lies inside the repository {outer}; with --no-git it would become a part of it.")
    if home is not None and home.mode == "shared":
        found.append(
            f"infra/platform.yaml calls the shared platform {home.name!r}: write its own name, account and region "
            "there, then `modelyard infra plan --write`."
        )
    elif home is not None and home.account == PLACEHOLDER:
        found.append(f"platform.yaml names no account yet ({PLACEHOLDER}): `infra plan` works, `infra up` will refuse.")
    return found
