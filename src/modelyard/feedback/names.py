"""Finds out what the columns of a table of labels are: by what the user says, else by their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from modelyard.config import ProjectConfig
from modelyard.errors import RequestError
from modelyard.feedback.results import FeedbackRequest

_OUTCOME = ["label", "truth", "outcome"]


@dataclass(frozen=True)
class Names:
    """The columns of a table of labels."""

    label: str
    by: Literal["request", "entity"]
    key: str
    row: str | None = None
    time: str | None = None
    known: str | None = None


def choose(found: Sequence[str], request: FeedbackRequest, config: ProjectConfig) -> Names:
    """Say which column is which.

    Raises:
        RequestError: One that is needed is absent.
    """
    label = _find(found, request.label, [config.data.target, *_OUTCOME])
    if label is None:
        raise _absent(
            request, found, f"no column with the outcome: neither {config.data.target!r} nor {_listed(_OUTCOME)}",
            f"Call it {config.data.target!r}, or name it with --label.",
        )  # fmt: skip
    left = [name for name in found if name != label]
    known = _find(left, request.known, ["known"])
    if request.entity is None and "request_id" in left:
        return Names(label, "request", "request_id", "row" if "row" in left else None, None, known)
    entity = _find(left, request.entity, [*([config.data.id] if config.data.id else []), "entity", "id"])
    if entity is None:
        raise _absent(
            request, found, f"neither 'request_id' nor an entity ({(config.data.id or 'entity')!r})",
            "Add `request_id` (and `row`), or name the entity's column with --entity.",
        )  # fmt: skip
    time = _find(left, request.time, [*([config.data.time] if config.data.time else []), "event_time"])
    if time is None:
        raise _absent(
            request, found, "entities, but not when their outcomes happened",
            f"Add {(config.data.time or 'event_time')!r}, or name the column with --time.",
        )  # fmt: skip
    return Names(label, "entity", entity, None, time, known)


def _find(found: Sequence[str], asked: str | None, usual: Sequence[str]) -> str | None:
    if asked is None:
        return next((name for name in usual if name in found), None)
    if asked not in found:
        raise RequestError(
            f"The table of labels has no column {asked!r}.", f"Its columns: {_listed(found)}.", code="no_label_column"
        )
    return asked


def _absent(request: FeedbackRequest, found: Sequence[str], what: str, hint: str) -> RequestError:
    return RequestError(
        f"{request.labels} has {what}.", f"{hint} Its columns: {_listed(found)}.", code="no_label_column"
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(map(repr, names[:20])) + more
