"""A shell for the blocks of one page: a fresh folder, each block where the one before stopped, its own ports."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 400


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@dataclass
class Shell:
    """Runs blocks one after another; what they started in the background ends with it."""

    folder: Path
    port: int = field(default_factory=_free_port)
    _groups: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.where = self.folder

    def run(self, text: str) -> tuple[int, str]:
        """Run a block; return its exit code and what it printed."""
        place, said = self.folder / ".where", self.folder / ".said"
        script = f"set -euo pipefail\ntrap 'pwd > {place}' EXIT\n{text.replace('8000', str(self.port))}"
        with said.open("w") as output:
            started = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self.where,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._groups.append(started.pid)
            code = started.wait(timeout=SECONDS)
        self.where = Path(place.read_text().strip())
        return code, said.read_text(errors="replace").replace(str(self.port), "8000")

    def close(self) -> None:
        """End what still runs."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)
        time.sleep(0.5)
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def _environment(self) -> dict[str, str]:
        """Return the machine's, with this checkout's `modelyard` first and nothing of CI."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "MODELYARD_"))}
        bin_folder = Path(sys.executable).parent
        git = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org"}
        git |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}
        return (
            kept
            | git
            | {
                "PATH": f"{bin_folder}:{kept['PATH']}",
                "PAGER": "cat",
                "EDITOR": "true",
                "MODELYARD_SERVERS": f"http://127.0.0.1:{self.port}",
            }
        )
