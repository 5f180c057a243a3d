"""Finds and reads `platform.yaml`; every problem is reported at once, with its path and value."""

import difflib
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from modelyard.config.strict_yaml import read_yaml
from modelyard.errors import RequestError
from modelyard.infra.platform.check import problems
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.project import with_project
from modelyard.infra.platform.words import EnvName

FILE_NAME = "platform.yaml"
_SMALLEST = """\
name: {name}
account: "123456789012"
region: eu-west-1
github: {{owner: YOUR-GITHUB-NAME}}
repositories: [{{name: {name}}}]
"""


def find(start: Path) -> Path:
    """Return the nearest `infra/platform.yaml` or `platform.yaml` at or above `start`.

    Raises:
        RequestError: There is none; the hint is the smallest file that works.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        for path in (folder / "infra" / FILE_NAME, folder / FILE_NAME):
            if path.is_file():
                return path
    where = next((f for f in (start, *start.parents) if (f / "modelyard.yaml").is_file()), None)
    target = where / "infra" / FILE_NAME if where else start / FILE_NAME
    raise RequestError(
        f"No platform is configured in {start} or above it.",
        f"Write {target} with:\n\n{_SMALLEST.format(name=where.name if where else 'acme')}",
        code="no_platform",
    )


def load(path: Path) -> Platform:
    """Read one file.

    Raises:
        RequestError: It is unreadable, or breaks the model (all problems in one message).
    """
    return parse(with_project(_read(path), path), str(path))


def known(platform: Platform, env: str) -> EnvName:
    """Return the name of an environment of the platform.

    Raises:
        RequestError: It has none of that name.
    """
    for name in platform.environments:
        if name == env:
            return name
    names = ", ".join(platform.environments)
    raise RequestError(f"Environment {env!r} is not in platform.yaml.", f"Use one of: {names}.", code="no_environment")


def parse(document: object, name: str) -> Platform:
    """Validate a parsed document; `name` is what messages call it.

    Raises:
        RequestError: With one line per problem: dotted path, message, value, and the nearest valid key.
    """
    try:
        platform = Platform.model_validate(document)
    except ValidationError as error:
        raise _refused(name, [_problem(details) for details in error.errors(include_url=False)]) from None
    wrong = problems(platform)
    if wrong:
        raise _refused(name, wrong)
    return platform


def _refused(name: str, lines: list[str]) -> RequestError:
    count = f"{len(lines)} problem" + "s" * (len(lines) > 1)
    listed = "\n".join(f"  {line}" for line in lines)
    return RequestError(f"{name} has {count}:\n{listed}", "Correct each of them there.", code="bad_platform")


def _read(path: Path) -> object:
    try:
        return read_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RequestError(f"No file {path}.", "Name the folder that holds it.", code="no_platform") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"Cannot read {path}: {error}", "Save it as UTF-8 text.", code="bad_platform") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = f"{path}:{place.line + 1}:{place.column + 1}" if place else str(path)
        problem = getattr(error, "problem", None) or error
        raise RequestError(f"{where} is not YAML: {problem}", "Correct it there.", code="bad_platform") from error


def _problem(details: ErrorDetails) -> str:
    location = ".".join(str(part) for part in details["loc"] if part != "[key]") or "(file)"
    if details["type"] == "extra_forbidden":
        return f"{location}: unknown key{_nearest(details['loc'])}"
    if details["type"] == "missing":
        return f"{location}: required, but absent"
    message = details["msg"].removeprefix("Value error, ")
    value = details["input"]
    shown = "" if isinstance(value, dict | BaseModel) else f" (found {value!r})"
    return f"{location}: {message}{shown}"


def _nearest(location: tuple[int | str, ...]) -> str:
    section: type[BaseModel] | None = Platform
    for part in location[:-1]:
        section = section if isinstance(part, int) else _section(section, str(part))
    if section is None:
        return ""
    close = difflib.get_close_matches(str(location[-1]), section.model_fields, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known: {', '.join(section.model_fields)}"


def _section(model: type[BaseModel] | None, key: str) -> type[BaseModel] | None:
    """Return the model behind a field, seen through optionals, lists and mappings; None for anything else."""
    if model is None:
        return None
    field = model.model_fields.get(key)
    return model if field is None else _model_in(field.annotation)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - an annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each)) is not None), None)
