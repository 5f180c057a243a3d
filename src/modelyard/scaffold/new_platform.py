"""Makes the repository of a platform that several ML repositories share; it needs no table."""

import sys

from modelyard.errors import RequestError
from modelyard.progress import Progress, silent
from modelyard.scaffold import asked, copies, git, naming, new, place, vendor
from modelyard.scaffold.home import Home
from modelyard.scaffold.lock import lock
from modelyard.scaffold.profile import Overrides
from modelyard.scaffold.renderer import Renderer
from modelyard.scaffold.result import Decision, NewPlatform

_STEPS = 4


def new_platform(request: new.NewRequest, progress: Progress = silent, renderer: Renderer | None = None) -> NewPlatform:
    """Make the repository; on any failure nothing of it is left.

    Args:
        request: What to make; it says nothing of a table.
        progress: Is told of each step.
        renderer: One that was begun earlier.

    Raises:
        RequestError: The place is taken, or the request is about a table.
        OutsideError: git is missing, or the disk is full.
    """
    directory = new.absolute(request.directory)
    place.refuse_occupied(directory)
    home = _refuse(request, naming.slug(directory))
    with renderer or Renderer() as ready, place.building(directory) as workshop:
        progress("Writing the repository", 0, _STEPS)
        answers = _answers(home, request.github)
        files = copies.of("platform", answers)
        ready.render("platform", answers, workshop)
        copies.write(files, workshop)
        vendor.attach(workshop)
        progress("Locking the dependencies", 1, _STEPS)
        unlocked = lock(workshop) if request.lock else ""
        progress("First commit", 2, _STEPS)
        if request.git:
            new.commit(workshop, f"Platform {home.name}, made by modelyard")
        progress("Moving it into place", 3, _STEPS)
    progress("Done", _STEPS, _STEPS)
    return NewPlatform(
        path=str(directory),
        template="platform",
        version=vendor.installed_version(),
        next=[*new.first_steps(request, unlocked), "make test", "make plan"],
        decisions=_decisions(home, request),
        warnings=new.warnings(request, directory, home),
    )


def _refuse(request: new.NewRequest, name: str) -> Home:
    if request.platform != "none":
        raise RequestError(
            f"--template platform is a platform itself; --platform {request.platform} is for an ML repository.",
            "Leave --platform out here; give it to the `modelyard new` of each ML repository.",
            code="no_platform",
        )
    if request.data is not None or request.query is not None or request.overrides != Overrides():
        raise RequestError(
            "--template platform makes no model, so it takes no table, column, task or estimator.",
            "Leave those options out; they are for `modelyard new DIR --data FILE --platform shared`.",
            code="no_data",
        )
    asked.refuse_github(request.github)
    home = asked.at("own", name, request.account, request.region)
    if request.git:
        git.require()
    return home


def _answers(home: Home, github: str | None) -> dict[str, object]:
    owner, _, repository = (github or "").partition("/")
    return {
        "project_name": home.name,
        "account": home.account,
        "region": home.region,
        "owner": owner,
        "repository": repository,
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "modelyard_version": vendor.installed_version(),
    }


def _decisions(home: Home, request: new.NewRequest) -> list[Decision]:
    region = "the default; --region names another" if request.region is None else "as asked"
    return [
        Decision(about="platform", choice=home.name, reason="the folder's name, 20 characters at most"),
        Decision(about="region", choice=home.region, reason=region),
    ]
