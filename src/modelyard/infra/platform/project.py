"""What a platform takes from the ML repository it lies in, so that nothing has to be said twice."""

import copy
from pathlib import Path
from typing import Any

import yaml

from modelyard.config.load import FILE_NAME, parse
from modelyard.config.strict_yaml import read_yaml
from modelyard.errors import RequestError
from modelyard.infra.platform.words import ENVIRONMENTS


def with_project(document: object, path: Path) -> object:
    """Return the document of `infra/platform.yaml` with what `modelyard.yaml` above it says and it does not.

    These are the repository itself and who may ask its service. Elsewhere the document stays as it is.

    Raises:
        RequestError: `modelyard.yaml` is there and wrong, or says otherwise than `platform.yaml`.
    """
    above = path.parent.parent / FILE_NAME
    if path.parent.name != "infra" or not above.is_file() or not isinstance(document, dict):
        return document
    project = parse(_read(above), str(above))
    whole = copy.deepcopy(document)
    whole.setdefault("repositories", [{"name": project.name}])
    environments = whole.get("environments") or dict.fromkeys(ENVIRONMENTS)
    if isinstance(environments, dict):
        whole["environments"] = {
            name: _with_auth(own, project.serving.auth, f"{path}: environments.{name}.service.auth")
            for name, own in environments.items()
        }
    return whole


def _with_auth(environment: Any, auth: str, where: str) -> Any:  # noqa: ANN401 - as the user wrote it
    own = {} if environment is None else environment
    service = own.get("service", {}) if isinstance(own, dict) else None
    if not isinstance(service, dict):
        return environment
    if service.get("auth", auth) != auth:
        raise RequestError(
            f"{where} is {service['auth']!r}, but serving.auth of {FILE_NAME} is {auth!r}.",
            f"Leave it out: it is taken from {FILE_NAME}.",
            code="bad_platform",
        )
    return {**own, "service": {**service, "auth": auth}}


def _read(path: Path) -> object:
    try:
        return read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        hint = "`modelyard config show` says where."
        raise RequestError(f"Cannot read {path}: {error}", hint, code="bad_config") from error
