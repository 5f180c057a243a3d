"""Which stacks a request means, in the order in which layers stand on each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from modelyard.errors import RequestError
from modelyard.infra.engine.stacks import Target
from modelyard.infra.platform import EnvName, Platform, layers, programs, stackfile


@dataclass(frozen=True)
class Request:
    """What a command of `modelyard infra` was asked to do.

    `layers` empty means all of the environment; `ejected` is the folder whose programs replace the shipped ones.
    `adopt` (URN=ID) and `forget` (URN) answer for resources that a killed run left in doubt.
    """

    platform: Platform
    env: EnvName
    layers: tuple[str, ...] = ()
    ejected: Path | None = None
    projects: tuple[str, ...] = ()
    install_cli: bool = False
    unlock: bool = False
    delete_data: bool = False
    adopt: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()


def targets(request: Request) -> tuple[Target, ...]:
    """Return the stacks of a request, lowest layer first.

    Raises:
        RequestError: A layer or a project that this environment does not have.
    """
    known = known_layers(request.platform, request.env)
    asked = request.layers or known
    for layer in asked:
        if layer not in known:
            raise RequestError(
                f"Environment {request.env!r} has no layer {layer!r}.", f"It has: {', '.join(known)}.", code="no_layer"
            )
    return tuple(t for layer in known if layer in asked for t in _of_layer(request, layer))


def known_layers(platform: Platform, env: EnvName) -> tuple[str, ...]:
    """Return the layers that are run from here: over somebody else's platform only the repository's own."""
    return tuple(n for n in layers.names(platform, env) if platform.mode == "own" or n == "project")


def with_placeholders(target: Target, outputs: dict[str, dict[str, Any]]) -> Target:
    """Return the target with outputs of layers below that are not up."""
    return replace(target, config={**target.config, f"{target.project}:placeholders": outputs})


def _of_layer(request: Request, layer: str) -> Sequence[Target]:
    if layer != "project":
        return [_target(request, layer, None)]
    return [_target(request, layer, name) for name in _projects(request)]


def _projects(request: Request) -> tuple[str, ...]:
    has = request.platform.projects
    for name in request.projects:
        if name not in has:
            raise RequestError(
                f"The platform has no repository {name!r}.", f"It has: {', '.join(has)}.", code="no_repository"
            )
    return request.projects or has


def _target(request: Request, layer: str, project: str | None) -> Target:
    program = layers.program_name(layer)
    return Target(
        layer=layer if project is None or len(_projects(request)) == 1 else f"{layer}:{project}",
        project=program,
        stack=layers.stack_name(layer, request.platform, request.env, project),
        folder=programs.program(layer, request.ejected),
        config=stackfile.config(layers.stage(layer, request.platform, request.env, project), program),
    )
