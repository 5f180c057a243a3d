"""Bundles of the store, brought to this machine once and checked each time."""

from pathlib import Path

from modelyard.loop.context import Context
from modelyard.routing.document import Ref
from modelyard.serving.bundles import bundle


def local_bundle(context: Context, ref: Ref) -> Path:
    """Return the folder of a version's bundle.

    Raises:
        OutcomeError: The store lacks it, or its bytes are not those that were registered.
    """
    return bundle(context.store, ref, context.local / "cache")


def store_bundle(context: Context, folder: Path, sha256: str) -> None:
    """Put a packed bundle into the store; one that is there already stays as it is."""
    prefix = f"models/{sha256}"
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        key = f"{prefix}/{path.relative_to(folder).as_posix()}"
        if not context.store.exists(key):
            context.store.put_file(key, path)
