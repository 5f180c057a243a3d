"""Finds the Pulumi CLI, or installs the pinned one; runs it so that an interrupt lets it finish what it has begun."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import InvalidVersionError, create_command_error
from semver import VersionInfo

from modelyard.errors import OutsideError, RequestError
from modelyard.infra import pinned

_GRACE_S = 120.0

OnLine = Callable[[str], object]


class Command(PulumiCommand):
    """The CLI in a session of its own.

    Ctrl-C on a terminal reaches a whole process group, and a second signal makes the CLI give up at once, with
    operations pending. In its own session it hears exactly the signals that are sent here, and outlives a killed parent
    long enough to write its state and give back its lock.
    """

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnLine | None = None,
        on_error: OnLine | None = None,
    ) -> CommandResult:
        """Run one command; a failure is raised as the Automation API's own error."""
        command = [self.command, "--non-interactive", *(a for a in args if a != "--non-interactive")]
        env = {**_environ(), **additional_env, "PULUMI_AUTOMATION_API": "true", "PULUMI_SKIP_UPDATE_CHECK": "true"}
        process = subprocess.Popen(  # noqa: S603 - the CLI that was found, and arguments of our own
            command,
            cwd=cwd,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        out, error = _Lines(process.stdout, on_output), _Lines(process.stderr, on_error)
        _wait(process)
        result = CommandResult(stdout=out.text(), stderr=error.text(), code=process.returncode)
        if result.code != 0:
            raise create_command_error(result)
        return result


def _environ() -> dict[str, str]:
    """Return this machine's variables without a person's flags for their own Pulumi: one of them shows secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_OPTION_")}


class _Lines(threading.Thread):
    """Reads a stream to its end, so that the process never waits for a full pipe."""

    def __init__(self, stream: IO[str] | None, heard: OnLine | None) -> None:
        super().__init__(daemon=True)
        self._stream, self._heard, self._lines = stream, heard, []
        self.start()

    def run(self) -> None:
        for line in self._stream or ():
            self._lines.append(line.rstrip())
            if self._heard is not None:
                self._heard(line.rstrip())

    def text(self) -> str:
        self.join(timeout=5)  # a provider that was left running may hold the pipe open
        return "\n".join(self._lines)


def _wait(process: subprocess.Popen[str]) -> None:
    try:
        process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_GRACE_S)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.terminate()
            process.wait()
        raise


def find(*, install: bool = False) -> Command:
    """Return the CLI on PATH, else the one installed before; with `install`, the pinned one is fetched first.

    Raises:
        RequestError: There is none; the hint says how to get it. Or it is too old.
        OutsideError: The pinned one could not be downloaded.
    """
    program = pinned.program()
    if program is None:
        if not install:
            raise missing()
        _download(pinned.home())
        program = pinned.fetched()
    root = str(pinned.home()) if program == pinned.fetched() else None
    try:
        return Command(root=root, version=VersionInfo.parse(pinned.LEAST))
    except (InvalidVersionError, subprocess.CalledProcessError, OSError) as error:
        raise RequestError(
            f"The Pulumi CLI at {program} cannot be used: {error}",
            f"{pinned.LEAST} or newer is needed. {pinned.instead(program)}",
            code="pulumi_unusable",
        ) from error


def missing() -> RequestError:
    """Return the error for a machine without the CLI."""
    return RequestError(
        "No Pulumi CLI was found on PATH.",
        f"Run the same command with --install-cli: it fetches Pulumi {pinned.VERSION} from get.pulumi.com into "
        f"{pinned.home()}. "
        f"Or install it yourself: curl -fsSL https://get.pulumi.com | sh -s -- --version {pinned.VERSION}. "
        "`modelyard infra plan` needs neither it nor an account.",
        code="no_pulumi",
    )


def _download(root: Path) -> None:
    try:
        PulumiCommand.install(root=str(root), version=VersionInfo.parse(pinned.VERSION))
    except Exception as error:
        raise OutsideError(
            f"Pulumi {pinned.VERSION} could not be fetched from get.pulumi.com: {_said(error)}",
            f"Install it by hand into {root}, or put any Pulumi from {pinned.LEAST} on PATH.",
            code="pulumi_download",
        ) from error


def _said(error: Exception) -> str:
    """Return the installer's last words, where it ran: its exit status gives no reason."""
    output = getattr(error, "output", None) or b""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else str(error)
