"""Finds and reads `modelyard.yaml`; every problem is reported at once, with its path and value."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from modelyard.config.model import Environment, ProjectConfig
from modelyard.config.strict_yaml import read_yaml
from modelyard.errors import RequestError

FILE_NAME = "modelyard.yaml"


@dataclass(frozen=True)
class Project:
    """A project on disk: its folder and its configuration, seen from one environment."""

    root: Path
    config: ProjectConfig
    env: str = "local"

    @property
    def environment(self) -> Environment:
        """The chosen environment."""
        return self.config.environments[self.env]


def find(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds `modelyard.yaml`.

    Raises:
        RequestError: There is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise RequestError(
        f"No {FILE_NAME} in {start} or above it.",
        "Go into a project, name one with --project DIR, or make one with `modelyard new DIR --data FILE`.",
        code="no_project",
    )


def load(root: Path, env: str = "local") -> Project:
    """Read the project in `root`.

    Raises:
        RequestError: The file is unreadable, breaks the schema (all problems in one message), or lacks `env`.
    """
    path = root / FILE_NAME
    config = parse(_read_yaml(path), str(path))
    if env not in config.environments:
        known = ", ".join(sorted(config.environments))
        raise RequestError(f"Environment {env!r} is not in {path}.", f"Use one of: {known}.", code="no_environment")
    return Project(root=root, config=config, env=env)


def parse(document: object, name: str) -> ProjectConfig:
    """Validate a parsed document; `name` is what messages call it.

    Raises:
        RequestError: With one line per problem: dotted path, message, value, and the nearest valid key.
    """
    try:
        return ProjectConfig.model_validate(document)
    except ValidationError as error:
        lines = [_problem(details) for details in error.errors(include_url=False)]
        count = f"{len(lines)} problem" + "s" * (len(lines) > 1)
        raise RequestError(
            f"{name} has {count}:\n" + "\n".join(f"  {line}" for line in lines),
            "`modelyard config schema` prints every key.",
            code="bad_config",
        ) from None


def _read_yaml(path: Path) -> object:
    try:
        return read_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RequestError(f"No {FILE_NAME} in {path.parent}.", "Name a project with --project DIR.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"Cannot read {path}: {error}", "Save it as UTF-8 text.", code="bad_config") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = f"{path}:{place.line + 1}:{place.column + 1}" if place else str(path)
        problem = getattr(error, "problem", None) or error
        raise RequestError(f"{where} is not YAML: {problem}", "Correct it there.", code="bad_config") from error


def _problem(details: ErrorDetails) -> str:
    location = ".".join(str(part) for part in details["loc"]) or "(file)"
    if details["type"] == "extra_forbidden":
        return f"{location}: unknown key{_nearest(details['loc'])}"
    if details["type"] == "missing":
        return f"{location}: required, but absent"
    message = details["msg"].removeprefix("Value error, ")
    value = details["input"]
    shown = "" if isinstance(value, dict | BaseModel) else f" (found {value!r})"
    return f"{location}: {message}{shown}"


def _nearest(location: tuple[int | str, ...]) -> str:
    section: Any = ProjectConfig
    for part in location[:-1]:
        section = _section(section, part)
    if section is None:
        return ""
    close = difflib.get_close_matches(str(location[-1]), section.model_fields, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known: {', '.join(section.model_fields)}"


def _section(model: type[BaseModel] | None, key: int | str) -> type[BaseModel] | None:
    """Return the model behind a field, seen through optionals and mappings; None for anything else."""
    if model is None:
        return None
    field = model.model_fields.get(str(key))
    if field is None:  # a mapping's own key, as in environments.prod
        return model
    candidates = [field.annotation, *get_args(field.annotation)]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
