"""Renders in a process of its own, begun early: importing Copier takes a second, in which the table is read."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from modelyard.errors import ModelyardError
from modelyard.scaffold.render import render, warm_up


class Renderer:
    """A process that has imported Copier, or is about to have; it renders once.

    Leaving the context ends it, whatever it was doing.
    """

    def __init__(self) -> None:
        """Begin."""
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},  # so that it finds what this one found
            process_group=0,  # Ctrl-C is for the command, which ends this process
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def render(self, template: str, answers: Mapping[str, object], into: Path) -> None:
        """Do what `render.render` does, and raise what it raises.

        Raises:
            ModelyardError: The template does not fit, or the process has died.
            OSError: The folder cannot be written.
        """
        order = json.dumps({"template": template, "answers": dict(answers), "into": str(into)})
        try:
            said, complaint = self._process.communicate(order.encode())
        except BaseException:
            self._end()  # before anybody removes the folder that it writes
            raise
        _raise(json.loads(said) if said else {"message": _died(self._process.returncode, complaint)})

    def _end(self) -> None:
        self._process.kill()  # harmless where it has ended
        with self._process:  # closes the pipes, and waits
            pass


def _raise(answer: dict[str, Any]) -> None:
    if "errno" in answer:
        raise OSError(answer["errno"], answer["message"], answer["file"])
    if answer:
        raise ModelyardError(answer["message"], answer.get("hint", ""))


def _died(status: int, complaint: bytes) -> str:
    last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    return f"The process that renders the template ended with status {status}: {last or 'it said nothing'}"


def _obey() -> None:
    """Wait for one order on stdin, carry it out, and tell on stdout what went wrong."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    warm_up()
    order = sys.stdin.buffer.read()
    if order:
        json.dump(_outcome(**json.loads(order)), sys.stdout)


def _outcome(template: str, answers: dict[str, Any], into: str) -> dict[str, Any]:
    try:
        render(template, answers, Path(into))
    except ModelyardError as error:
        return {"message": error.message, "hint": error.hint}
    except OSError as error:
        return {"errno": error.errno, "message": error.strerror, "file": error.filename}
    return {}


if __name__ == "__main__":
    _obey()
