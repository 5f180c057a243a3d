"""Makes a Python environment for each peer: none of them installs beside current libraries, or beside another."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def environment(name: str, folder: Path, packages: Sequence[str]) -> Path | None:
    """Return the Python of a peer's own environment, made where it is not there whole; None where that fails."""
    python = folder / "bin" / "python"
    whole = folder / "whole.txt"  # written last, so that what a kill left is made again
    if whole.exists() and whole.read_text().splitlines() == list(packages):
        return python
    uv = [sys.executable, "-m", "uv"]
    shutil.rmtree(folder, ignore_errors=True)
    commands = [
        [*uv, "venv", "-q", "--python", sys.executable, str(folder)],
        [*uv, "pip", "install", "-q", "--python", str(python), *packages],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} is left out, it cannot be installed: {done.stderr.strip()[-300:]}")
            return None
    whole.write_text("\n".join(packages))
    return python
