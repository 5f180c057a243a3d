"""Where a platform puts what an ML repository works with, and whether the repository's own files say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from modelyard.config.load import FILE_NAME
from modelyard.config.strict_yaml import read_yaml
from modelyard.infra.components import names
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.project import beside
from modelyard.infra.platform.words import EnvName


@dataclass(frozen=True)
class Mismatch:
    """A value that contradicts `platform.yaml`: in which file, under which key, what is there and what should be."""

    file: str
    key: str
    found: str
    wanted: str


def store(platform: Platform, env: EnvName, project: str) -> str:
    """Return the store of an ML repository: its folder in the bucket that the layer `lake` makes."""
    return f"s3://{names.bucket(platform.name, env, 'store', platform.account_of(env))}/{project}"


def tracking(platform: Platform, env: EnvName) -> str | None:
    """Return the registry's address; None where AWS invents it, because there is no domain."""
    domain = platform.environments[env].domain
    return None if domain is None else f"https://registry.{domain.name}"


def mismatches(platform: Platform, path: Path, env: EnvName) -> list[Mismatch]:
    """Return what the files around the `platform.yaml` at `path` say otherwise about one environment."""
    return [*_of_project(platform, path, env), *_of_stack(platform, path, env)]


def fillable(platform: Platform, path: Path, env: EnvName) -> list[Mismatch]:
    """Return what the ML repository does not say yet about one environment, but `platform.yaml` knows."""
    project, address = beside(path), tracking(platform, env)
    said = None if project is None else project.environments.get(env)
    if address is None or said is None or said.tracking is not None:
        return []
    return [Mismatch(FILE_NAME, f"environments.{env}.tracking", "", address)]


def unsaid(platform: Platform, path: Path, env: EnvName) -> list[str]:
    """Return what the ML repository does not say yet about one environment, each with where to find it."""
    project = beside(path)
    if project is None:
        return []
    if env not in project.environments:
        return [f"{FILE_NAME} has no environments.{env}; its store is {store(platform, env, project.name)}"]
    if project.environments[env].tracking is not None:
        return []
    known = tracking(platform, env)
    whose = " in the platform's repository" if platform.mode == "shared" else ""
    where = f"it is {known}" if known else f"once up, `modelyard infra outputs --env {env}`{whose} says tracking_uri"
    return [f"environments.{env}.tracking in {FILE_NAME} is empty, so nothing is registered there: {where}"]


def _of_project(platform: Platform, path: Path, env: EnvName) -> Iterator[Mismatch]:
    project = beside(path)
    said = None if project is None else project.environments.get(env)
    if project is None or said is None:
        return
    wanted = store(platform, env, project.name)
    if said.store.rstrip("/") != wanted:
        yield Mismatch(FILE_NAME, f"environments.{env}.store", said.store, wanted)
    address = tracking(platform, env)
    if address is not None and said.tracking is not None and said.tracking.rstrip("/") != address:
        yield Mismatch(FILE_NAME, f"environments.{env}.tracking", said.tracking, address)


def _of_stack(platform: Platform, path: Path, env: EnvName) -> Iterator[Mismatch]:
    """Compare the file with which plain Pulumi runs the repository's own program."""
    if beside(path) is None:
        return
    file = path.parent / f"Pulumi.{env}.yaml"
    said = _config(file)
    wanted = {"aws:region": platform.region_of(env), "aws:allowedAccountIds": [platform.account_of(env)]}
    for key, value in wanted.items():
        if key in said and said[key] != value:
            yield Mismatch(f"{path.parent.name}/{file.name}", f"config.{key}", _shown(said[key]), _shown(value))


def _config(file: Path) -> dict[str, Any]:
    """Return the config in a stack's file; of one that is not there, or is no such file, nothing."""
    try:
        document = read_yaml(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, yaml.YAMLError):
        return {}
    config = document.get("config") if isinstance(document, dict) else None
    return config if isinstance(config, dict) else {}


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
