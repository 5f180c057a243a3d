"""Collects everything that is wrong with a document, each with its path, to report it at once."""

import difflib
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from modelyard.errors import RequestError

Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Problems:
    """What was found so far, as lines `path: sentence`."""

    lines: list[str] = field(default_factory=list)

    def add(self, path: str, sentence: str) -> None:
        """Note one problem."""
        self.lines.append(f"{path}: {sentence}" if path else sentence)

    def read(self, model: type[Model], value: object, path: str) -> Model | None:
        """Validate `value`; on failure note every problem below `path` and return None."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                self._note(model, details, path)
            return None

    def stop(self, name: str) -> None:
        """Raise RequestError with all problems, if there are any."""
        if not self.lines:
            return
        count = f"{len(self.lines)} problem" + "s" * (len(self.lines) > 1)
        raise RequestError(
            f"{name} has {count}:\n" + "\n".join(f"  {line}" for line in self.lines),
            "Correct the file; it follows the Open Data Contract Standard v3.1.",
            code="bad_contract",
        )

    def _note(self, model: type[BaseModel], details: ErrorDetails, path: str) -> None:
        # a union's branches carry their type as the last part of the location
        place = [str(part) for part in details["loc"] if str(part) not in {"int", "float", "str"}]
        full = ".".join(part for part in (path, *place) if part)
        if details["type"] == "extra_forbidden":
            self.add(full, "unknown key" + _nearest(place[-1], known_keys(model)))
        elif details["type"] == "missing":
            self.add(full, "required, but absent")
        else:
            self.add(full, f"{details['msg'].removeprefix('Value error, ')}{_shown(details['input'])}")


def known_keys(model: type[BaseModel]) -> list[str]:
    """Return the keys of a model as the file spells them."""
    return [info.alias or name for name, info in model.model_fields.items()]


def _nearest(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def unknown(key: str, known: list[str]) -> str:
    """Say that a key is unknown, with the nearest known one, else all of them."""
    return f"unknown {key!r}" + (_nearest(key, known) or f"; known: {', '.join(known)}")


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever the file held
    return "" if isinstance(value, dict | list | BaseModel) else f" (found {value!r})"
