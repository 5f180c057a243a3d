"""The plan of one environment: its programs in order, each given the outputs of those before it."""

import contextlib
import gc
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelyard.errors import RequestError
from modelyard.infra.plan.checks import Known, check
from modelyard.infra.plan.monitor import Recorder
from modelyard.infra.plan.place import Place
from modelyard.infra.plan.records import Layer, Plan
from modelyard.infra.plan.run import run
from modelyard.infra.platform import layers as order
from modelyard.infra.platform import programs, stackfile
from modelyard.infra.platform.check import problems as configured_wrongly
from modelyard.infra.platform.load import known
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.words import EnvName

SHARED_LAYERS = ("project",)  # what a repository runs itself over somebody else's platform


@dataclass(frozen=True)
class _At:
    platform: Platform
    env: EnvName
    ejected: Path | None


@dataclass
class _Done:
    layers: dict[str, Layer] = field(default_factory=dict)
    exports: dict[str, dict[str, Any]] = field(default_factory=dict)
    layer_of: dict[str, str] = field(default_factory=dict)  # by full stack name, as `exports`
    known: Known = field(default_factory=Known)


@contextlib.contextmanager
def _without_collecting() -> Generator[None]:
    """Leave garbage alone for the seconds of a plan: the SDKs' ten thousand classes make the collector slow."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_without_collecting()
def whole(platform: Platform, env: EnvName, wanted: Sequence[str] | None, ejected: Path | None) -> Plan:
    """Plan an environment; see `modelyard.infra.plan.plan`."""
    names = _layers(platform, env, wanted)
    at, done = _At(platform, env, ejected), _Done()
    done.known.account = platform.account_of(env)
    for name in names:
        for project in platform.projects if name == "project" else (None,):
            _one(at, name, project, done)
    visible = wanted or (SHARED_LAYERS if platform.mode == "shared" else names)
    shown = [done.layers[name] for name in names if name in visible]
    resources = [resource for layer in shown for resource in layer.resources]
    return Plan(
        env=env,
        region=platform.region_of(env),
        account=platform.account_of(env),
        project=platform.projects[0] if platform.projects else None,
        layers=tuple(shown),
        problems=check(resources, done.known),
    )


def _one(at: _At, name: str, project: str | None, done: _Done) -> None:
    platform, env = at.platform, at.env
    stage = order.stage(name, platform, env, project)
    place = Place(stage.account, stage.region)
    program, stack = order.program_name(name), order.stack_name(name, platform, env, project)
    monitor = Recorder(name, place, done.exports)
    config = stackfile.config(stage, program)
    run(programs.program(name, at.ejected), program, stack, stackfile.flat(config), monitor)
    done.known.add(monitor.answered)
    done.known.add(config)
    done.exports[f"organization/{program}/{stack}"] = monitor.exports
    done.layer_of[f"organization/{program}/{stack}"] = name
    _add(done, name, monitor, project)


def _add(done: _Done, name: str, monitor: Recorder, project: str | None) -> None:
    resources = tuple(sorted(monitor.recorded, key=lambda resource: resource.urn))
    before = done.layers.get(name)
    exports = monitor.exports if project is None else {project: monitor.exports}
    uses = {done.layer_of[stack] for stack in monitor.below if stack in done.layer_of}
    if before is not None:
        resources, exports = before.resources + resources, {**before.outputs, **exports}
        uses |= set(before.uses)
    done.layers[name] = Layer(name=name, resources=resources, outputs=exports, uses=tuple(sorted(uses)))


def _layers(platform: Platform, env: EnvName, wanted: Iterable[str] | None) -> tuple[str, ...]:
    known(platform, env)
    wrong = configured_wrongly(platform)
    if wrong:
        raise RequestError("\n".join(wrong), "Correct platform.yaml.", code="bad_platform")
    names = order.names(platform, env)
    for layer in wanted or ():
        order.one_of(platform, env, layer)
    last = max((names.index(layer) for layer in wanted or ()), default=len(names) - 1)
    return names[: last + 1]
