"""What the platform tells its workflows, environment by environment: the outputs of its layers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.infra.engine.targets import Request
    from modelyard.infra.platform import EnvName, Platform

NAMES = ("REGION", "PLAN_ROLE", "APPLY_ROLE", "LOOP_ROLE", "WATCH_ROLE", "IMAGE", "SERVICE_URL", "RUNNER", "BACKEND")
LAYERS = ("account", "ci", "project")
Outputs = Mapping[str, Mapping[str, Any]]
Note = Callable[[str], object]


@dataclass(frozen=True)
class Values:
    """Values by the middle of a variable's name; `missing` says why some are not known, empty when all are.

    `settled`: the outputs were read, so what is not among them is not there.
    """

    found: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    settled: bool = False


def read(path: Path, project: str, note: Note = str, *, install: bool = False) -> dict[str, Values]:
    """Return the values of each environment of the platform at `path`, as `modelyard infra outputs` knows them.

    `install` fetches the Pulumi CLI where there is none. Outputs that cannot be read are said, and have no values.
    """
    from modelyard.infra import platform as platforms

    platform = platforms.load(path)
    return {
        env: _of(replace(_request(platform, path, env, project), install_cli=install), platform, project, note)
        for env in platform.environments
    }


def _of(request: "Request", platform: "Platform", project: str, note: Note) -> Values:
    from modelyard.infra.engine import backend, outputs

    env = request.env
    try:
        known = values(outputs(request, note=note).outputs, project, env)
        home = backend.backend(platform, env).url
    except ModelyardError as error:
        return Values(missing=f"the outputs of {env} cannot be read: {error.message} {error.hint}".strip())
    if "LOOP_ROLE" not in known:
        hint = f"{env} is not up: `modelyard infra up --env {env}`, then run this again"
        return Values(missing=hint, settled=True)
    known["REGION"] = platform.region_of(env)
    if home.startswith("file:"):
        return Values(known, missing="the state lies on this machine only: unset PULUMI_BACKEND_URL", settled=True)
    older = f"{env} has no role to look with: `modelyard infra up --env {env}`, then run this again"
    return Values(known | {"BACKEND": home}, missing="" if "WATCH_ROLE" in known else older, settled=True)


def _request(platform: "Platform", path: Path, env: "EnvName", project: str) -> "Request":
    """Ask for the layers that say something; over somebody else's platform too, which is read just so."""
    from modelyard.infra.engine.targets import Request
    from modelyard.infra.platform import layers, programs

    whole = platform.model_copy(update={"mode": "own"})
    served = project in platform.projects
    wanted = tuple(n for n in layers.names(whole, env) if n in LAYERS and (served or n != "project"))
    return Request(
        platform=whole,
        env=env,
        layers=wanted,
        ejected=programs.ejected(path),
        projects=(project,) if served else (),
    )


def values(outputs: Outputs, project: str, env: str) -> dict[str, str]:
    """Return the values that the outputs of the layers hold; an output that is not there is left out."""
    from modelyard.infra.engine.results import MASK

    roles = outputs.get("account", {}).get("role_arns", {}).get(project, {}).get(env, {})
    own = outputs.get("project") or outputs.get(f"project:{project}") or {}
    told = {
        "PLAN_ROLE": roles.get("plan"),
        "APPLY_ROLE": roles.get("apply"),
        "LOOP_ROLE": roles.get("loop"),
        "WATCH_ROLE": roles.get("watch"),
        "IMAGE": own.get("image_repository"),
        "SERVICE_URL": own.get("url"),
        "RUNNER": outputs.get("ci", {}).get("runners", {}).get(project),
    }
    return {name: value for name, value in told.items() if isinstance(value, str) and value not in {"", MASK}}
