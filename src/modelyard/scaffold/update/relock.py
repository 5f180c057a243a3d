"""Locks the dependencies of an update, beside the user's files, where uv and the index can be reached."""

import shutil

from modelyard.scaffold.lock import lock
from modelyard.scaffold.update.plan import Plan
from modelyard.scaffold.update.repository import Entry
from modelyard.scaffold.update.scratch import Scratch

_LOCK = "uv.lock"
_HINT = "uv.lock does not know the new dependencies yet: `uv lock`, then commit it"


def relock(
    plan: Plan, files: dict[str, Entry], prefix: str, scratch: Scratch, *, wanted: bool
) -> tuple[dict[str, Entry], str]:
    """Return the files with a lock that fits, and a note when there is none.

    Args:
        plan: The update.
        files: What it makes of the repository.
        prefix: The project's folder.
        scratch: Where it happens.
        wanted: Whether to ask uv at all.
    """
    name = prefix + _LOCK
    if name not in files or not _moved(plan, files, prefix):
        return files, ""
    if not wanted or prefix + "pyproject.toml" in plan.merged.conflicts:
        return files, f"{_HINT}."
    folder = scratch.folder / "locking"
    folder.mkdir()
    scratch.to_folder(scratch.tree(files), folder)
    why = lock(folder / prefix)
    text = folder / name
    locked = files if why else files | {name: Entry(files[name].mode, scratch.put(text.read_bytes()))}
    shutil.rmtree(folder)
    return locked, f"{_HINT} ({why})." if why else ""


def _moved(plan: Plan, files: dict[str, Entry], prefix: str) -> bool:
    def decides(path: str) -> bool:
        return path == f"{prefix}pyproject.toml" or path.startswith(f"{prefix}vendor/")

    return any(decides(path) and files.get(path) != plan.ours.get(path) for path in {*files, *plan.ours})
