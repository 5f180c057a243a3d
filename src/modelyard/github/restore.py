"""Brings the store of the last good run on main back, so that the second training meets a champion.

Only this repository's own runs count: of main, successful, and started by a push, a schedule or a dispatch. What a pull
request made, or a fork, is never run as ours.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from modelyard.config import Project
from modelyard.errors import RequestError
from modelyard.github import archive, stored
from modelyard.github.connection import Connection, Note, at, connect
from modelyard.record import Record

NEEDS = "Actions: read"
STARTED_BY = frozenset({"push", "schedule", "workflow_dispatch", "repository_dispatch"})
_LOOKED_AT = 50  # artifacts; older ones would be of models long replaced


class RestoreResult(Record):
    """What `modelyard github restore` says. `reason` is filled when there was nothing to bring."""

    repository: str
    artifact: str
    change: Literal["restored", "none", "absent"]
    run: int | None = None
    commit: str | None = None
    created: str | None = None
    champion: int | None = None
    path: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Which artifact of which repository; `run` is the one that asks."""

    repository: str
    artifact: str = "modelyard-store"
    branch: str = "main"
    run: int | None = None
    replace: bool = False


def restore(project: Project, wanted: Wanted, note: Note = str) -> RestoreResult:
    """Replace the store of environment `local` by the newest artifact that is fit for it.

    Raises:
        RequestError: The store is no folder, or holds versions of its own.
        OutcomeError: The artifact is damaged; nothing was replaced.
        OutsideError: GitHub refuses, or cannot be reached.
    """
    folder = _folder(project)
    connection = connect(note)
    found = next(_fit(connection, wanted), None)
    if found is None:
        reason = f"no successful run of {wanted.branch} has kept an artifact {wanted.artifact!r} yet"
        return RestoreResult(repository=wanted.repository, artifact=wanted.artifact, change="absent", reason=reason)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-restore-", dir=folder.parent) as work:
        return _restored(connection, wanted, found, folder, Path(work))


def _folder(project: Project) -> Path:
    told = project.environment.store
    if "://" in told.removeprefix("file://"):
        raise RequestError(
            f"environments.{project.env}.store is {told}: nothing of it is carried in artifacts.",
            "Only a store that is a folder is restored.",
            code="no_folder",
        )
    return (project.root / Path(told.removeprefix("file://")).expanduser()).resolve()


def _fit(connection: Connection, wanted: Wanted) -> Iterator[dict[str, Any]]:
    what = f"list the artifacts of {wanted.repository}"
    path, size = at(wanted.repository, "actions", "artifacts"), _LOOKED_AT
    page = connection.get(path, what, NEEDS, name=wanted.artifact, per_page=size)
    for artifact in sorted(page.get("artifacts", []), key=_age, reverse=True):
        run = artifact.get("workflow_run") or {}
        ours = run.get("head_repository_id") == run.get("repository_id")
        usable = ours and not artifact.get("expired") and run.get("head_branch") == wanted.branch
        if usable and run.get("id") not in {None, wanted.run} and _is_good(connection, wanted, run["id"]):
            yield artifact


def _age(artifact: dict[str, Any]) -> tuple[str, int]:
    return str(artifact.get("created_at")), int(artifact.get("id", 0))


def _is_good(connection: Connection, wanted: Wanted, number: int) -> bool:
    what = f"show run {number} of {wanted.repository}"
    run = connection.get(at(wanted.repository, "actions", "runs", number), what, NEEDS)
    head, here = run.get("head_repository") or {}, run.get("repository") or {}
    return (
        run.get("conclusion") == "success"
        and run.get("event") in STARTED_BY
        and run.get("head_branch") == wanted.branch
        and head.get("id") == here.get("id") is not None
    )


def _restored(connection: Connection, wanted: Wanted, found: dict[str, Any], folder: Path, work: Path) -> RestoreResult:
    what = f"fetch artifact {wanted.artifact!r} of run {found['workflow_run']['id']}"
    path = at(wanted.repository, "actions", "artifacts", found["id"], "zip")
    archive.fetch(connection, path, what, found.get("digest"), work / "store.zip")
    archive.unpack(work / "store.zip", work / "unpacked", what)
    fresh = stored.root_of(work / "unpacked", folder.name)
    routing = stored.check(fresh)
    same = stored.is_same(folder, fresh)
    if not same:
        stored.replace(folder, fresh, let_go=wanted.replace)
    return RestoreResult(
        repository=wanted.repository,
        artifact=wanted.artifact,
        change="none" if same else "restored",
        run=found["workflow_run"]["id"],
        commit=found["workflow_run"].get("head_sha"),
        created=found.get("created_at"),
        champion=None if routing.champion is None else routing.champion.version,
        path=str(folder),
    )
