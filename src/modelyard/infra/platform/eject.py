"""Gives a layer's program to the repository: copied once, edited there, and run from there ever after."""

import shutil
from pathlib import Path

from modelyard.errors import OutsideError, RequestError
from modelyard.infra.platform import layers, programs, stackfile
from modelyard.infra.platform.load import find, load
from modelyard.infra.platform.model import Platform
from modelyard.record import Record

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml")


class Ejected(Record):
    """What was written, relative to the folder of `platform.yaml`."""

    files: tuple[str, ...]


def eject(start: Path, layer: str) -> Ejected:
    """Copy a layer's program beside the platform's configuration, with one config file for each stack.

    Raises:
        RequestError: There is no such layer, no platform, the program is there already, or others run it.
        OutsideError: The folder cannot be written.
    """
    path = find(start)
    platform, source = load(path), programs.shipped(layer)
    layers.refuse_of_others(platform, layer)
    target = programs.ejected(path) / layer
    there = next((each for each in (target, programs.own(path, layer)) if each is not None and each.exists()), None)
    if there is not None:
        raise RequestError(
            f"{there} is there already.",
            "Edit it there, or remove it to go back to the program of the library.",
            code="ejected_already",
        )
    try:
        _whole(source, target, platform, layer)
    except OSError as error:
        raise OutsideError(f"Cannot write {target}: {error}", "Make room, or allow writing there.") from error
    found = sorted(each for each in target.rglob("*") if each.is_file())
    return Ejected(files=tuple(str(each.relative_to(path.parent)) for each in found))


def _whole(source: Path, target: Path, platform: Platform, layer: str) -> None:
    """Copy under another name first: a folder that is half there would be run as the layer's program."""
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial, ignore=_LEFT_OUT)
    for env in platform.environments:
        if layer in layers.names(platform, env):
            for project in stackfile.projects(platform, layer):
                stackfile.write(partial, platform, env, layer, project)
    partial.rename(target)
