"""Brings the bundle of a version to this machine: whole and verified, or not at all."""

import shutil
import tempfile
from pathlib import Path

from modelyard.bundle import verify
from modelyard.data.store import Store
from modelyard.errors import OutcomeError
from modelyard.routing import Ref


def bundle(store: Store, ref: Ref, cache: Path) -> Path:
    """Return the verified folder of a version's bundle.

    Args:
        store: Where `models/SHA256/` lies; a folder is read in place.
        ref: Which version.
        cache: A folder that takes the bundles of any other store.

    Raises:
        OutcomeError: The store lacks it, or its bytes are not those that were registered.
        OutsideError: The store cannot be read.
    """
    prefix = f"models/{ref.sha256}"
    folder = store.local(prefix) or cache / ref.sha256
    if not folder.is_dir():
        _fetch(store, prefix, folder)
    try:
        verify(folder, ref.sha256)
    except OutcomeError:
        if folder.parent == cache:  # fetch it again the next time
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _fetch(store: Store, prefix: str, folder: Path) -> None:
    keys = store.list(prefix)
    if not keys:
        raise OutcomeError(
            f"The store {store.uri} has no {prefix}.", "Restore it from a backup of the store.", code="no_bundle"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for key in keys:
            store.fetch(key, work / key.removeprefix(f"{prefix}/"))
        work.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster, with the same files
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
