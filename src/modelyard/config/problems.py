"""What is wrong in a document of the user: one line a problem, with its path, its value and the nearest valid key."""

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from modelyard.errors import RequestError

_KEY = "[key]"  # how pydantic says that a mapping's key is meant, and not its value


def found(model: type[BaseModel], error: ValidationError) -> list[str]:
    """Return what a model says against a document."""
    return [_problem(model, details) for details in error.errors(include_url=False)]


def refusal(name: str, lines: list[str], hint: str, code: str) -> RequestError:
    """Return the error that tells all problems of the document `name` at once."""
    count = f"{len(lines)} problem" + "s" * (len(lines) > 1)
    return RequestError(f"{name} has {count}:\n" + "\n".join(f"  {line}" for line in lines), hint, code=code)


def _problem(model: type[BaseModel], details: ErrorDetails) -> str:
    location = ".".join(str(part) for part in details["loc"] if part != _KEY) or "(file)"
    if details["type"] == "extra_forbidden":
        return f"{location}: unknown key{_nearest(model, details['loc'])}"
    if details["type"] == "missing":
        return f"{location}: required, but absent"
    message = details["msg"].removeprefix("Value error, ")
    value = details["input"]
    shown = "" if isinstance(value, dict | BaseModel) else f" (found {value!r})"
    return f"{location}: {message}{shown}"


def _nearest(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    section: type[BaseModel] | None = model
    for part in location[:-1]:
        section = section if isinstance(part, int) else _section(section, part)
    if section is None:
        return ""
    close = difflib.get_close_matches(str(location[-1]), section.model_fields, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known: {', '.join(section.model_fields)}"


def _section(model: type[BaseModel] | None, key: str) -> type[BaseModel] | None:
    """Return the model behind a field, seen through optionals, lists and mappings; None for anything else."""
    if model is None:
        return None
    field = model.model_fields.get(key)  # absent: a mapping's own key, as in environments.prod
    return model if field is None else _model_in(field.annotation)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - an annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for each in get_args(annotation) if (inner := _model_in(each)) is not None), None)
