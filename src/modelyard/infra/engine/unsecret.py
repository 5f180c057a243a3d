"""A preview by somebody who may read the state and not open its secrets: against a copy without them.

The copy lies in a folder that lives as long as the preview, under a passphrase that nobody knows; the state itself is
never written to.
"""

import json
import re
import secrets
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi.automation import CommandError, Stack

from modelyard.infra.components import unseen
from modelyard.infra.engine import masking
from modelyard.infra.engine.backend import Backend
from modelyard.infra.engine.session import Run, Session, session
from modelyard.infra.engine.stacks import Target, Workspace

_SHUT = re.compile(
    r"(?i)AccessDenied|PermissionDenied|not authorized to perform"
    r"|incorrect passphrase|message authentication failed|passphrase must be set"
)


@contextmanager
def where_shut(run: Run, targets: Sequence[Target]) -> Generator[tuple[Run, Sequence[Target]]]:
    """Yield what to preview: the run and its targets, or those of a copy where the secrets cannot be opened."""
    found = _exported(run, targets)
    if not found:
        yield run, targets
        return
    with tempfile.TemporaryDirectory(prefix="modelyard-") as folder:
        for name, export in found.items():
            _put(Path(folder), name, export)
        copy = Backend(f"file://{folder}", "passphrase", {"PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(32)})
        masks = {name: masking.masks(export["deployment"]) for name, export in found.items()}
        yield replace(run, backend=copy, blind=masks), [_asks_for_none(target) for target in targets]


def read_anew(at: Session, stack: Stack) -> bool:
    """Read into the copy what can be read without seeing a secret; tell whether that was needed.

    A preview that reads by itself would leave alone what it does not read, also where the program changed it.
    """
    unread = at.run.masks(at.target).unread
    if unread:
        at.work(lambda: stack.refresh(exclude=list(unread), show_secrets=False, color="never"))
    return bool(unread)


def _exported(run: Run, targets: Sequence[Target]) -> Mapping[str, dict[str, Any]]:
    """Return every stack of the backend, its secrets masked; nothing where the secrets can be opened."""
    if not targets:
        return {}
    with session(run, targets[0]) as at:
        if at.work(lambda: _opens(at.space, targets)):
            return {}
        listed = at.work(lambda: at.space.run(["stack", "ls", "--all", "--json", "--fully-qualify-stack-names"]))
        names = [each["name"] for each in json.loads(listed)]
        return {name: at.work(lambda name=name: _export(at.space, name)) for name in names}


def _opens(space: Workspace, targets: Sequence[Target]) -> bool:
    """Tell whether the secrets can be opened, asked of the first stack that has any."""
    for target in targets:
        state = space.state(target.qualified)
        if state and state.get("secrets_providers"):
            space.remember(target, state)
            return _encrypts(space, target.qualified)
    return True


def _encrypts(space: Workspace, stack: str) -> bool:
    """Try the key on a value of no meaning, which goes into the settings of this workspace alone."""
    try:
        space.run(["config", "set", "--secret", "modelyard:opens", "yes", "--stack", stack])
    except CommandError as error:
        if _SHUT.search(str(error)) is None:
            raise
        return False
    return True


def _export(space: Workspace, stack: str) -> dict[str, Any]:
    found = json.loads(space.run(["stack", "export", "--stack", stack]))
    return found | {"deployment": masking.masked(found.get("deployment") or {})}


def _put(folder: Path, stack: str, export: Mapping[str, Any]) -> None:
    """Write a stack as the engine keeps it in a folder; an import would drop what is pending."""
    _, project, name = stack.split("/")
    path = folder / ".pulumi" / "stacks" / project / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in export.items() if key != "deployment"}
    path.write_text(json.dumps(kept | {"checkpoint": {"stack": stack, "latest": export["deployment"]}}), "utf-8")


def _asks_for_none(target: Target) -> Target:
    return replace(target, config={**target.config, unseen.KEY: "true"})
