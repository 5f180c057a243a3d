"""The program that starts a policy pack, where the CLI came without its own: it runs the pack in this Python."""

import shlex
import sys
from pathlib import Path

_NAME = "pulumi-analyzer-policy-python"
_SCRIPT = """\
#!/bin/sh
# The engine starts this in the pack's folder with its own address as the first argument.
exec {python} -u __main__.py "$1" .
"""


def put(folder: Path) -> Path:
    """Write the program into a folder for PATH, and return that folder."""
    folder.mkdir(exist_ok=True)
    program = folder / _NAME
    program.write_text(_SCRIPT.format(python=shlex.quote(sys.executable)), "utf-8")
    program.chmod(0o755)
    return folder
