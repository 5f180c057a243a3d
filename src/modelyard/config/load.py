"""Finds and reads `modelyard.yaml`; every problem is reported at once, with its path and value."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from modelyard.config import problems
from modelyard.config.model import Environment, ProjectConfig
from modelyard.config.strict_yaml import read_file
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
    config = parse(_read(path), str(path))
    if env not in config.environments:
        known = ", ".join(sorted(config.environments))
        hint = f"Use one of: {known}." if known else f"Add `{env}: {{store: .modelyard}}` under `environments`."
        raise RequestError(f"Environment {env!r} is not in {path}.", hint, code="no_environment")
    return Project(root=root, config=config, env=env)


def parse(document: object, name: str) -> ProjectConfig:
    """Validate a parsed document; `name` is what messages call it.

    Raises:
        RequestError: With one line per problem: dotted path, message, value, and the nearest valid key.
    """
    try:
        return ProjectConfig.model_validate(document)
    except ValidationError as error:
        hint = "`modelyard config schema` prints every key."
        raise problems.refusal(name, problems.found(ProjectConfig, error), hint, code="bad_config") from None


def _read(path: Path) -> object:
    try:
        return read_file(path, code="bad_config")
    except FileNotFoundError:
        raise RequestError(f"No {FILE_NAME} in {path.parent}.", "Name a project with --project DIR.") from None
