"""Bundles of the store, brought to this machine once and checked each time."""

import shutil
import tempfile
from pathlib import Path

from modelyard.bundle import verify
from modelyard.errors import OutcomeError
from modelyard.loop.context import Context
from modelyard.routing.document import Ref


def local_bundle(context: Context, ref: Ref) -> Path:
    """Return the folder of a version's bundle.

    Raises:
        OutcomeError: The store lacks it, or its bytes are not those that were registered.
    """
    prefix = f"models/{ref.sha256}"
    folder = context.store.local(prefix) or context.local / "cache" / ref.sha256
    if not folder.is_dir():
        _fetch(context, prefix, folder)
    verify(folder, ref.sha256)
    return folder


def store_bundle(context: Context, folder: Path, sha256: str) -> None:
    """Put a packed bundle into the store; one that is there already stays as it is."""
    prefix = f"models/{sha256}"
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        key = f"{prefix}/{path.relative_to(folder).as_posix()}"
        if not context.store.exists(key):
            context.store.put_file(key, path)


def _fetch(context: Context, prefix: str, folder: Path) -> None:
    names = context.store.list(prefix)
    if not names:
        raise OutcomeError(
            f"The store {context.store.uri} has no {prefix}.",
            "Restore it from a backup of the store.",
            code="no_bundle",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for name in names:
            target = work / name.removeprefix(f"{prefix}/")
            target.parent.mkdir(parents=True, exist_ok=True)
            context.store.fetch(name, target)
        work.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster, with the same files
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
