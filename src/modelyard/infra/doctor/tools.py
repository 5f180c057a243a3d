"""The tools of this machine."""

import platform
import shutil
import subprocess
from collections.abc import Iterator

from modelyard.infra import pinned
from modelyard.infra.doctor.check import Check


def look() -> Iterator[Check]:
    """Check Python, git and the Pulumi CLI."""
    yield Check(name="python", status="ok", found=platform.python_version(), need="3.11 or newer")
    yield _git()
    yield _pulumi()


def _git() -> Check:
    found = _version(["git", "--version"])
    if found:
        return Check(name="git", status="ok", found=found, need="any")
    return Check(name="git", status="fail", found="none on PATH", need="any", fix="Install git.")


def _pulumi() -> Check:
    need = f"{pinned.LEAST} or newer, for infra preview, up and destroy"
    program = pinned.program()
    if program is None:
        fix = "`modelyard infra preview --install-cli` fetches it; `modelyard infra plan` needs none."
        return Check(name="pulumi", status="warn", found="none on PATH", need=need, fix=fix)
    found, fix = _version([str(program), "version"]), pinned.instead(program)
    if not found:
        fix = f"`{program} version` shows what is wrong. {fix}"
        return Check(name="pulumi", status="fail", found=f"{program} does not run", need=need, fix=fix)
    if _parts(found) < _parts(pinned.LEAST):
        return Check(name="pulumi", status="fail", found=found, need=need, fix=fix)
    return Check(name="pulumi", status="ok", found=found, need=need)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(p) for p in version.lstrip("v").split(".")[:2] if p.isdigit())


def _version(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().removeprefix("git version ") if done.returncode == 0 else ""
