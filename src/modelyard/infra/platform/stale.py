"""The stacks' files beside ejected programs, which plain `pulumi up` goes by and `modelyard infra` does not."""

from dataclasses import dataclass
from pathlib import Path

from modelyard.errors import OutsideError
from modelyard.infra.platform import layers, programs, stackfile
from modelyard.infra.platform.load import FILE_NAME
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.words import EnvName


@dataclass(frozen=True)
class Stale:
    """A stack's file that says otherwise than `platform.yaml`, and under which keys."""

    layer: str
    project: str | None
    file: Path
    keys: tuple[str, ...]


def stale(platform: Platform, path: Path, env: EnvName) -> list[Stale]:
    """Return the files of an environment's ejected layers that the `platform.yaml` at `path` has left behind.

    A stack without a file is not meant for plain Pulumi.
    """
    ejected = [layer for layer in layers.names(platform, env) if (programs.ejected(path) / layer).is_dir()]
    return [
        one
        for layer in ejected
        for project in stackfile.projects(platform, layer)
        if (one := _of(programs.ejected(path) / layer, platform, env, layer, project)) is not None
    ]


def told(one: Stale, path: Path) -> str:
    """Return what is to be known of it: where it lies beside `path`, what differs, and what to do."""
    said = f"{one.file.relative_to(path.parent)} is not what {FILE_NAME} says ({', '.join(one.keys)})"
    return f"{said}, and plain `pulumi up` goes by it; `modelyard infra plan --write` writes it"


def renew(platform: Platform, path: Path, env: EnvName) -> list[Stale]:
    """Write those files, and return them.

    Raises:
        OutsideError: A file cannot be written.
    """
    found = stale(platform, path, env)
    try:
        for one in found:
            stackfile.write(one.file.parent, platform, env, one.layer, one.project)
    except OSError as error:
        raise OutsideError(f"Cannot write {error.filename}: {error}", "Make room, or allow writing there.") from error
    return found


def _of(folder: Path, platform: Platform, env: EnvName, layer: str, project: str | None) -> Stale | None:
    file = stackfile.place(folder, platform, env, layer, project)
    stage = layers.stage(layer, platform, env, project)
    keys = stackfile.differing(file, stage, layers.program_name(layer))
    return Stale(layer, project, file, keys) if keys else None
