"""The configuration of a program whose stack names only its environment: the rest is in `platform.yaml` beside it.

So `Pulumi.ENV.yaml` of an ML repository cannot fall behind `platform.yaml` in silence.
"""

import json
from pathlib import Path

import pulumi

from modelyard.errors import RequestError
from modelyard.infra.platform import layers
from modelyard.infra.platform.load import find, known, load
from modelyard.infra.platform.project import beside


def stage(model: type[layers.Stage], env: str) -> layers.Stage:
    """Return what the running program's layer is told in one environment.

    Raises:
        RequestError: No platform at or above the working directory, another stack's name, or another place on AWS.
    """
    path = find(Path.cwd())
    platform = load(path)
    layer = next(name for name, each in layers.LAYERS.items() if each is model)
    found = layers.stage(layer, platform, known(platform, env), _project(path) if layer == "project" else None)
    _refuse_other_stack(layers.stack_name(layer, platform, known(platform, env), _project(path)), env)
    _refuse_other_place(found)
    return found


def _project(path: Path) -> str | None:
    project = beside(path)
    return pulumi.Config().get("project") if project is None else project.name


def _refuse_other_stack(wanted: str, env: str) -> None:
    if pulumi.get_stack() != wanted:
        raise RequestError(
            f"The stack {pulumi.get_stack()!r} would make everything of {wanted!r} a second time.",
            f"Run `pulumi up --stack {wanted} --config-file Pulumi.{env}.yaml`, or `modelyard infra up --env {env}`.",
            code="other_stack",
        )


def _refuse_other_place(found: layers.Stage) -> None:
    given = pulumi.Config("aws")
    places = {"region": found.region, "allowedAccountIds": [found.account]}
    for key, wanted in places.items():
        said = given.get(key)
        if said is not None and _read(said) != wanted:
            raise RequestError(
                f"aws:{key} of stack {pulumi.get_stack()} is {said}, but platform.yaml says {wanted}.",
                f"Correct it in the stack's file: `modelyard infra plan --env {found.env}` names it.",
                code="other_place",
            )


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
