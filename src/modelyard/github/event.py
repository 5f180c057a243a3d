"""The event that started a workflow: which pull request it is about, and whether it comes from a fork."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard.errors import RequestError


@dataclass(frozen=True)
class Pull:
    """A pull request of an event."""

    number: int
    from_fork: bool


def read(path: Path | None) -> dict[str, Any] | None:
    """Return the payload: of the file named, else of GITHUB_EVENT_PATH; None when there is neither.

    Raises:
        RequestError: The file is missing, or no payload.
    """
    told = path or (Path(found) if (found := os.environ.get("GITHUB_EVENT_PATH", "").strip()) else None)
    if told is None:
        return None
    try:
        payload = json.loads(told.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint = "GITHUB_EVENT_PATH names the file with the event's JSON."
        raise RequestError(f"Cannot read the event in {told}: {error}", hint, code="bad_event") from error
    if not isinstance(payload, dict):
        raise RequestError(f"The event in {told} is no JSON object.", "Name the event's file.", code="bad_event")
    return payload


def pull_of(payload: dict[str, Any]) -> Pull | None:
    """Return the pull request of an event, or None: a push has none."""
    pull = payload.get("pull_request")
    if not isinstance(pull, dict):
        return None
    number = pull.get("number", payload.get("number"))
    if not isinstance(number, int):
        return None
    return Pull(number, is_fork(pull))


def is_fork(pull: dict[str, Any]) -> bool:
    """Say whether a pull request comes from another repository; from one that is gone it does too."""
    return _repository(pull, "head") is None or _repository(pull, "head") != _repository(pull, "base")


def _repository(pull: dict[str, Any], side: str) -> str | None:
    told = pull.get(side)
    found = told.get("repo") if isinstance(told, dict) else None
    name = found.get("full_name") if isinstance(found, dict) else None
    return name.lower() if isinstance(name, str) else None
