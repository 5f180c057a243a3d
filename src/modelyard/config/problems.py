"""What is wrong in a document of the user: one line a problem, with its path, its value and the nearest valid key."""

import difflib
from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from modelyard.errors import RequestError

_KEY = "[key]"  # how pydantic says that a mapping's key is meant, and not its value
_MAPPING = {"model_type", "dict_type", "model_attributes_type"}
_LIST = {"tuple_type", "list_type"}
_SHOULD = "Input should be "


def found(model: type[BaseModel], error: ValidationError) -> list[str]:
    """Return what a model says against a document; one line for a value that is none of several kinds."""
    places: dict[str, list[ErrorDetails]] = {}
    details_of_all = error.errors(include_url=False)
    for details in details_of_all:
        if details["type"] == "too_short" and _wrong_inside(details["loc"], details_of_all):
            continue  # pydantic counts only what is right, and what is wrong has a line of its own
        if _below_a_wrong_key(details["loc"], details_of_all):
            continue  # what an environment lacks is nothing to tell while there is no environment of that name
        places.setdefault(_path(model, details["loc"]), []).append(details)
    return [_problem(model, path, several) for path, several in places.items()]


def _wrong_inside(location: tuple[int | str, ...], errors: Sequence[ErrorDetails]) -> bool:
    return any(each["loc"][: len(location)] == location != each["loc"] for each in errors)


def _below_a_wrong_key(location: tuple[int | str, ...], errors: Sequence[ErrorDetails]) -> bool:
    wrong = [each["loc"][:-1] for each in errors if each["loc"][-1:] == (_KEY,)]
    return location[-1:] != (_KEY,) and any(location[: len(key)] == key for key in wrong)


def refusal(name: str, lines: list[str], hint: str, code: str) -> RequestError:
    """Return the error that tells all problems of the document `name` at once."""
    count = f"{len(lines)} problem" + "s" * (len(lines) > 1)
    return RequestError(f"{name} has {count}:\n" + "\n".join(f"  {line}" for line in lines), hint, code=code)


def _problem(model: type[BaseModel], path: str, several: Sequence[ErrorDetails]) -> str:
    details = min(several, key=lambda each: len(each["loc"]))
    if details["type"] == "extra_forbidden":
        return f"{path}: unknown key{_nearest(model, details['loc'])}"
    if details["type"] == "missing":
        return f"{path}: required, but absent"
    messages = list(dict.fromkeys(_message(each) for each in several))
    message = ", or ".join(messages[:1] + [each.removeprefix(_SHOULD) for each in messages[1:]])
    value = details["input"]
    counted = details["type"] in {"too_short", "too_long"}  # what is there is not wrong; there is too much of it
    shown = "" if counted or isinstance(value, dict | BaseModel) else f" (found {value!r})"
    return f"{path}: {message}{shown}"


def _message(details: ErrorDetails) -> str:
    if details["type"] in _MAPPING:
        return f"{_SHOULD}keys with values"
    if details["type"] in _LIST:
        return f"{_SHOULD}a list, even of one: [...]"
    if details["type"] in {"too_short", "too_long"}:
        return _counted(details)
    return details["msg"].removeprefix("Value error, ")


def _counted(details: ErrorDetails) -> str:
    """Return how many there may be: who writes YAML knows of no tuples."""
    limits = details.get("ctx", {})
    bound = f"at most {limits['max_length']}" if "max_length" in limits else f"at least {limits.get('min_length')}"
    return f"takes {bound}, not {len(details['input'])}"


def _path(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Return the dotted path as it is written: pydantic adds which kind of several it tried."""
    kept: list[str] = []
    annotation: Any = model
    for part in location:
        kinds = _kinds(annotation)
        if len(kinds) > 1 and not any(_is_model(kind) for kind in kinds):
            break
        kept += [str(part)] * (part != _KEY)
        annotation = _inside(kinds, part)
    return ".".join(kept) or "(file)"


def _kinds(annotation: Any) -> list[Any]:  # noqa: ANN401 - an annotation
    """Return what a value may be, but for None."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    inner = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    return [kind for kind in inner if kind is not NoneType]


def _inside(kinds: list[Any], part: int | str) -> Any:  # noqa: ANN401 - an annotation
    """Return what a value's part may be; Any where that is not known."""
    kind: Any = kinds[0] if len(kinds) == 1 else None
    if _is_model(kind):
        field = kind.model_fields.get(str(part))
        return Any if field is None else field.annotation
    return (get_args(kind) or (Any,))[-1] if get_origin(kind) in (dict, list) else Any


def _is_model(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    return isinstance(kind, type) and issubclass(kind, BaseModel)


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
    if _is_model(annotation):
        return annotation
    return next((inner for each in get_args(annotation) if (inner := _model_in(each)) is not None), None)
