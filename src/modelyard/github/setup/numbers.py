"""The numbers of owner and repositories, written where trust is made of them: modelyard.yaml, or platform.yaml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modelyard.errors import RequestError
from modelyard.github import identity
from modelyard.github.connection import at
from modelyard.github.failures import RefusedError
from modelyard.github.setup.steps import Step, change, later, nothing
from modelyard.github.setup.target import Target
from modelyard.github.yaml_edit import Value, Where

KIND = "numbers"


def steps(target: Target, root: Path) -> list[Step]:
    """Return the steps that write numbers; they come after the repository's own.

    Raises:
        RequestError: The file knows other numbers: the name belongs to another repository now.
    """
    file, now = identity.file_of(root), identity.read(root)
    if target.found is not None:
        owner_id, repository_id = int(target.found["owner"]["id"]), int(target.found["id"])
        _check(file, "github.owner_id", now.owner_id, owner_id)
        _check(file, "the repository's id", now.repository_id, repository_id)
    if file.name == identity.PLATFORM:
        return list(_of_platform(target, file))
    return [_of_project(target, file, now)]


def _of_project(target: Target, file: Path, now: identity.Identity) -> Step:
    if target.found is None:
        return change(KIND, file.name, "update", lambda: _write(target, file), "once the repository is there")
    wanted = _values(target.found)
    if (now.repository, now.owner_id, now.repository_id) == tuple(wanted.values()):
        return nothing(KIND, file.name, _said(wanted))
    return change(KIND, file.name, "update", lambda: _write(target, file), _said(wanted))


def _write(target: Target, file: Path) -> None:
    if target.found is not None:
        identity.set_values(file, (identity.SECTION,), _values(target.found))


def _values(found: dict[str, Any]) -> dict[str, Value]:
    return {
        "repository": str(found["full_name"]), "owner_id": int(found["owner"]["id"]), "repository_id": int(found["id"])
    }  # fmt: skip


def _said(values: dict[str, Value]) -> str:
    return f"{values['repository']}: owner {values['owner_id']}, repository {values['repository_id']}"


def _of_platform(target: Target, file: Path) -> Iterator[Step]:
    """Yield a step for the owner and for each repository of the platform; another owner's are not looked for."""
    document = identity.load(file) or {}
    owner, mine = target.name.partition("/")[0], target.name.lower()
    if target.found is not None:
        known = identity.number((document.get(identity.SECTION) or {}).get("owner_id"))
        yield _set(file, (identity.SECTION,), {"owner_id": int(target.found["owner"]["id"])}, known, target.name)
    for index, entry in enumerate(document.get("repositories") or []):
        if not isinstance(entry, dict):
            continue
        full_name = f"{owner}/{entry.get('repository') or entry.get('name')}"
        found = target.found if full_name.lower() == mine else _found(target, full_name)
        if found is None:
            yield later(KIND, full_name, "there is no such repository yet, or this token does not see it")
            continue
        known = identity.number(entry.get("repository_id"))
        _check(file, f"the id of {full_name}", known, int(found["id"]))
        yield _set(file, ("repositories", index), {"repository_id": int(found["id"])}, known, full_name)


def _set(file: Path, where: Where, values: dict[str, Value], known: int, name: str) -> Step:
    ((key, value),) = values.items()
    label, detail = f"{file.name}: {name} {key}", str(value)
    if known == value:
        return nothing(KIND, label, detail)
    return change(KIND, label, "update", lambda: identity.set_values(file, where, values), detail)


def _found(target: Target, full_name: str) -> dict[str, Any] | None:
    try:
        return target.connection.get(at(full_name), f"show {full_name}", "Metadata: read")
    except RefusedError as refused:
        if refused.status == 404:
            return None
        raise


def _check(file: Path, what: str, told: int, found: int) -> None:
    if told not in {0, found}:
        raise RequestError(
            f"{file.name} says that {what} is {told}, but GitHub says {found}: "
            "it was made anew, or somebody else has the name now.",
            f"If that is right, set it to 0 in {file.name} and run this again.",
            code="another_repository",
        )
