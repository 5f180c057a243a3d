"""Opens one layer's stack: its folder, its settings, its place in the backend."""

import json
import os
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.automation import (
    LocalWorkspace,
    OutputValue,
    ProjectBackend,
    ProjectSettings,
    StackNotFoundError,
    StackSettings,
)

from modelyard.infra.engine import shim
from modelyard.infra.engine.backend import Backend
from modelyard.infra.engine.executable import Command
from modelyard.infra.engine.programs import Program
from modelyard.infra.engine.results import MASK


@dataclass(frozen=True)
class Target:
    """One stack: `project` and `stack` are Pulumi's own names of it, `config` is what its program reads."""

    layer: str
    project: str
    stack: str
    folder: Path
    config: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The layer without the name of an ML repository."""
        return self.layer.partition(":")[0]

    @property
    def qualified(self) -> str:
        """The name of the stack in a backend that is not Pulumi's own."""
        return f"organization/{self.project}/{self.stack}"


class Workspace(LocalWorkspace):
    """A workspace of one stack, which is always named: nothing has to be selected, and no secret is ever shown."""

    def select_stack(self, stack_name: str) -> None:
        """Do nothing: a selected stack is the machine's state, and two runs would take it from each other."""

    def state(self, stack_name: str) -> dict[str, Any] | None:
        """Return the deployment of a stack, its secrets encrypted; None where there is no such stack."""
        try:
            found = self.run(["stack", "export", "--stack", stack_name])
        except StackNotFoundError:
            return None
        return json.loads(found).get("deployment") or {}

    def remember(self, target: Target, state: Mapping[str, Any]) -> None:
        """Tell the CLI what the secrets of an existing stack are encrypted with: it looks in the stack's file alone."""
        found = (state.get("secrets_providers") or {}).get("state") or {}
        provider = found.get("url") or (None if self.secrets_provider == "passphrase" else self.secrets_provider)
        settings = StackSettings(provider, found.get("encryptedkey"), found.get("salt"), dict(target.config))
        self.save_stack_settings(target.qualified, settings)

    def replace(self, stack_name: str, deployment: dict[str, Any]) -> None:
        """Put a deployment in the place of a stack's state."""
        path = Path(self.work_dir) / "state.json"
        path.write_text(json.dumps({"version": 3, "deployment": deployment}), "utf-8")
        self.run(["stack", "import", "--file", str(path), "--stack", stack_name])

    def stack_outputs(self, stack_name: str) -> dict[str, OutputValue]:
        """Return what a stack exports; a secret's value is a mark."""
        found = json.loads(self.run(["stack", "output", "--json", "--stack", stack_name]))
        return {name: OutputValue(value, secret=value == MASK) for name, value in found.items()}

    def run(self, arguments: list[str]) -> str:
        """Run one command of the CLI in this workspace and return what it printed."""
        return self.pulumi_command.run(arguments, self.work_dir, self.env_vars).stdout


@contextmanager
def workspace(target: Target, backend: Backend, command: Command, program: Program) -> Generator[Workspace]:
    """Yield a workspace in a folder that lives as long as the work.

    Nothing in it has to be kept: the state carries what its secrets were encrypted with.
    """
    with tempfile.TemporaryDirectory(prefix="modelyard-") as folder:
        yield Workspace(
            work_dir=folder,
            program=program,
            pulumi_command=command,
            secrets_provider=backend.provider,
            env_vars={**backend.env, "PULUMI_BACKEND_URL": backend.url, "PATH": _path(Path(folder))},
            project_settings=ProjectSettings(
                name=target.project, runtime="python", main=str(target.folder), backend=ProjectBackend(backend.url)
            ),
            stack_settings={target.qualified: StackSettings(config=dict(target.config))},
        )


def _path(folder: Path) -> str:
    """Return PATH with this Python first: policies run in it, not in whatever the machine calls python."""
    ours = [str(shim.put(folder / "bin")), str(Path(sys.executable).parent)]
    return os.pathsep.join([*ours, os.environ.get("PATH", "")])
