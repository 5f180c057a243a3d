"""A controller without a terminal: a process of its own that walks a release which was begun for it.

`python -m modelyard.release.detached ROOT ENV HOLDER`; what it says goes into the release's log in the store.
"""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from modelyard.errors import ModelyardError, OutsideError
from modelyard.loop.context import Context
from modelyard.release import moves
from modelyard.release.lease import kept, written
from modelyard.routing import document
from modelyard.routing.release import Release

LOG = "release.log"
_START_S = 60.0


def begin(context: Context, release: Release) -> int:
    """Start the controller, wait until it has taken up the lease, and return its process id.

    Raises:
        OutsideError: It ended at once; the release is aborted then.
    """
    context.local.mkdir(parents=True, exist_ok=True)
    with kept(context.store, release, written(context.store, release)):  # until the other process has the lease
        child, heard = _spawn(context, release)
        try:
            if select.select([heard], [], [], _START_S)[0] and os.read(heard, 1):
                return child.pid
        finally:
            os.close(heard)
        child.kill()
    document.swap(
        context.store,
        lambda now: moves.aborted(now, moves.held(now, release.holder), "its controller did not start"),
        why="its controller did not start",
        action="aborted",
        subject=f"v{release.challenger.version}",
    )
    raise OutsideError(
        f"The controller ended before it began; see {context.local / LOG}.",
        "Try it with --wait, which walks the release in this process.",
        code="no_controller",
    )


def _spawn(context: Context, release: Release) -> tuple[subprocess.Popen[bytes], int]:
    """Start the process; a byte on the pipe says that it has taken over, its end without one that it died."""
    project = context.project
    heard, told = os.pipe()
    command = [sys.executable, "-m", "modelyard.release.detached", str(project.root), project.env, release.holder]
    with (context.local / LOG).open("ab") as log:
        child = subprocess.Popen(  # noqa: S603 - this very interpreter
            [*command, str(told)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=project.root,
            pass_fds=[told],
        )
    os.close(told)
    return child, heard


def main(root: str, env: str, holder: str, told: str) -> int:
    """Walk the release of `holder`; `told` is the number of the pipe's end."""
    from modelyard import config
    from modelyard.release.controller import control

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        result = control(config.load(Path(root), env), holder, ready=lambda: _tell(int(told)))
    except ModelyardError as error:
        os.write(2, f"{error.message} {error.hint}\n".encode())
        return error.exit_code
    failure = result.failure()
    return failure.exit_code if failure else 0


def _tell(pipe: int) -> None:
    os.write(pipe, b"1")
    os.close(pipe)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
