"""A store that came in an artifact: is it one, is it whole, and may it take the place of what is there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from modelyard.data.store import Store
from modelyard.errors import ModelyardError, OutcomeError, RequestError
from modelyard.routing import Routing, audit, document
from modelyard.routing.ref import Ref

ROUTING = document.KEY
_STATE = (ROUTING, "models", "audit", "captures", "labels", "mlflow.db")


def root_of(unpacked: Path, name: str) -> Path:
    """Return where the store begins: the unpacked folder itself, or the one in it that is named like the store."""
    inner = unpacked / name
    return inner if inner.is_dir() and not (unpacked / ROUTING).exists() else unpacked


def check(folder: Path) -> Routing:
    """Return the routing document of a store whose parts fit together.

    Raises:
        OutcomeError: Something is missing or was changed.
    """
    store = Store.open(str(folder), folder)
    try:
        routing = document.read(store)
        problems = [*_bundles(folder, routing), *audit.verify(store, None)]
    except ModelyardError as error:
        problems, routing = [error.message], Routing()
    if problems:
        raise OutcomeError(
            f"The artifact holds no sound store: {'; '.join(problems[:3])}.",
            "Nothing was replaced. Delete that artifact on GitHub, and run it again for the one before.",
            code="bad_store",
        )
    return routing


def _bundles(folder: Path, routing: Routing) -> Iterator[str]:
    from modelyard.bundle import verify

    roles: tuple[Ref | None, ...] = (routing.champion, routing.challenger, routing.previous, routing.pinned)
    held = {path.name for path in (folder / "models").glob("*") if path.is_dir()}
    for sha256 in sorted(held | {ref.sha256 for ref in roles if ref is not None}):
        try:
            verify(folder / "models" / sha256, sha256)
        except OutcomeError as error:
            yield error.message.rstrip(".").replace(f"{folder}/", "")


def is_used(folder: Path) -> bool:
    """Say whether a folder holds more than caches."""
    return any((folder / name).exists() for name in _STATE)


def is_same(old: Path, new: Path) -> bool:
    """Say whether both hold the same state."""
    return _bytes(old) is not None and _bytes(old) == _bytes(new)


def replace(old: Path, new: Path, *, let_go: bool) -> None:
    """Put `new` in the place of `old`; a store with versions of its own only goes when `let_go`.

    Raises:
        RequestError: It has some.
    """
    if is_used(old) and not let_go:
        raise RequestError(
            f"{old} holds versions of its own.",
            "Add --replace to let them go, or move the folder away.",
            code="store_in_use",
        )
    old.parent.mkdir(parents=True, exist_ok=True)
    aside = old.with_name(f"{old.name}.before")
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


def _bytes(folder: Path) -> bytes | None:
    path = folder / ROUTING
    return path.read_bytes() if path.is_file() else None
