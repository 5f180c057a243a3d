"""Writes `Pulumi.STACK.yaml` from the platform's configuration, so that plain `pulumi up` works in a stack's folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from modelyard.infra.platform import layers
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.words import EnvName

BRIEF = frozenset({"env", "project"})
"""A stack whose config names none but these takes the rest from `platform.yaml` when it runs."""


def config(stage: layers.Stage, program: str) -> dict[str, Any]:
    """Return the config of a stack by namespaced key; defaults are written out, absent values are left out."""
    values = stage.model_dump(mode="json", exclude_none=True, exclude={"placeholders"})
    ours = {f"{program}:{name}": value for name, value in values.items()}
    return {"aws:region": stage.region, "aws:allowedAccountIds": [stage.account], **ours}


def flat(config: dict[str, Any]) -> dict[str, str]:
    """Return the config as the engine hands it to a program: every value is text, structures are JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def projects(platform: Platform, layer: str) -> Sequence[str | None]:
    """Return for whom a layer has a stack in each environment; None: for all of them together."""
    return platform.projects if layer == "project" else (None,)


def place(folder: Path, platform: Platform, env: EnvName, layer: str, project: str | None = None) -> Path:
    """Return the file of one stack in its program's folder."""
    return folder / f"Pulumi.{layers.stack_name(layer, platform, env, project)}.yaml"


def differing(file: Path, stage: layers.Stage, program: str) -> tuple[str, ...]:
    """Return the keys that a stack's file has otherwise than its stage, or lacks; the user's own are left out."""
    said, wanted = _config(_document(file)), config(stage, program)
    if not any(key in said for key in _ours(stage, program, BRIEF)):
        return ()
    keys = dict.fromkeys((*wanted, *_ours(stage, program)))
    return tuple(key for key in keys if said.get(key) != wanted.get(key))


def write(folder: Path, platform: Platform, env: EnvName, layer: str, project: str | None = None) -> Path:
    """Write the file of one stack into its program's folder, keeping what Pulumi itself and the user put there.

    The secrets provider and encryption key of a stack live in the same file and must survive.
    """
    path = place(folder, platform, env, layer, project)
    stage, program = layers.stage(layer, platform, env, project), layers.program_name(layer)
    known, ours = _document(path), _ours(stage, program)
    own = {key: value for key, value in _config(known).items() if key not in ours}
    document = {**known, "config": {**own, **config(stage, program)}}
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
    partial.replace(path)
    return path


def _ours(stage: layers.Stage, program: str, without: frozenset[str] = frozenset()) -> list[str]:
    return [f"{program}:{name}" for name in type(stage).model_fields if name not in without]


def _document(file: Path) -> dict[str, Any]:
    """Return what a stack's file says; of one that is not there, or is no such file, nothing."""
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _config(document: dict[str, Any]) -> dict[str, Any]:
    found = document.get("config")
    return found if isinstance(found, dict) else {}
