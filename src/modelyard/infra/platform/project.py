"""What a platform takes from the ML repository it lies in, so that nothing has to be said twice."""

import copy
from pathlib import Path
from typing import Any

import yaml

from modelyard.config.github import Github
from modelyard.config.load import FILE_NAME, parse
from modelyard.config.model import ProjectConfig
from modelyard.config.strict_yaml import read_yaml
from modelyard.errors import RequestError
from modelyard.infra.platform.words import ENVIRONMENTS, UNKNOWN_OWNER


def beside(path: Path) -> ProjectConfig | None:
    """Return the configuration of the ML repository whose `infra/platform.yaml` is at `path`; None elsewhere.

    Raises:
        RequestError: `modelyard.yaml` is there and wrong.
    """
    above = path.parent.parent / FILE_NAME
    if path.parent.name != "infra" or not above.is_file():
        return None
    return parse(_read(above), str(above))


def with_project(document: object, path: Path) -> object:
    """Return the document of `infra/platform.yaml` with what `modelyard.yaml` above it says and it does not.

    These are the repository itself, its place and numbers on GitHub, and who may ask its service. Elsewhere the
    document stays as it is.

    Raises:
        RequestError: `modelyard.yaml` is there and wrong, or says otherwise than `platform.yaml`.
    """
    project = beside(path)
    if project is None or not isinstance(document, dict):
        return document
    whole = copy.deepcopy(document)
    whole["github"] = _with_owner(whole.get("github"), project.github, path)
    whole["repositories"] = _with_repository(whole.get("repositories"), project, path)
    environments = whole.get("environments") or dict.fromkeys(ENVIRONMENTS)
    if isinstance(environments, dict):
        whole["environments"] = {
            name: _with_auth(own, project.serving.auth, f"{path}: environments.{name}.service.auth")
            for name, own in environments.items()
        }
    return whole


def _with_owner(own: Any, said: Github, path: Path) -> Any:  # noqa: ANN401 - as the user wrote it
    if own is None:
        return {"owner": said.owner or UNKNOWN_OWNER, "owner_id": said.owner_id}
    if not isinstance(own, dict):
        return own
    filled = {
        **own,
        "owner_id": _number(own.get("owner_id"), said.owner_id, f"{path}: github.owner_id", "github.owner_id"),
    }
    if said.owner is None:
        return filled
    owner = own.get("owner") or said.owner
    if str(owner).casefold() != said.owner.casefold():  # GitHub takes both for the same
        raise _contradiction(f"{path}: github.owner", owner, "the owner in github.repository", said.owner)
    return {**filled, "owner": owner}


def _with_repository(own: Any, project: ProjectConfig, path: Path) -> Any:  # noqa: ANN401 - as the user wrote it
    if own is None:
        own = [{"name": project.name}]
    if not isinstance(own, list):
        return own
    return [_filled(entry, project, f"{path}: repositories.{number}") for number, entry in enumerate(own)]


def _filled(entry: Any, project: ProjectConfig, where: str) -> Any:  # noqa: ANN401 - as the user wrote it
    said = project.github
    if not isinstance(entry, dict) or entry.get("name") != project.name:
        return entry
    number = _number(entry.get("repository_id"), said.repository_id, f"{where}.repository_id", "github.repository_id")
    filled = {**entry, "repository_id": number}
    if said.name is None:
        return filled
    remote = entry.get("repository") or said.name
    if str(remote).casefold() != said.name.casefold():
        raise _contradiction(f"{where}.repository", remote, "the repository in github.repository", said.name)
    return {**filled, "repository": remote}


def _number(own: Any, said: int, where: str, key: str) -> Any:  # noqa: ANN401 - as the user wrote it
    """Return the number that is known; 0 and nothing mean not known."""
    if not own or not said or own == said:
        return own or said
    raise _contradiction(where, own, key, said)


def _contradiction(where: str, own: object, what: str, said: object) -> RequestError:
    return RequestError(
        f"{where} is {own!r}, but {what} of {FILE_NAME} is {said!r}.",
        f"Leave it out: it is taken from {FILE_NAME}.",
        code="bad_platform",
    )


def _with_auth(environment: Any, auth: str, where: str) -> Any:  # noqa: ANN401 - as the user wrote it
    own = {} if environment is None else environment
    service = own.get("service", {}) if isinstance(own, dict) else None
    if not isinstance(service, dict):
        return environment
    if service.get("auth", auth) != auth:
        raise _contradiction(where, service["auth"], "serving.auth", auth)
    return {**own, "service": {**service, "auth": auth}}


def _read(path: Path) -> object:
    try:
        return read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        hint = "`modelyard config show` says where."
        raise RequestError(f"Cannot read {path}: {error}", hint, code="bad_config") from error
