"""The tools of this machine."""

import platform
import shutil
import subprocess
from collections.abc import Iterator

from modelyard.infra.doctor.check import Check

LEAST_PULUMI = (3, 181)


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
    need = f"{LEAST_PULUMI[0]}.{LEAST_PULUMI[1]} or newer, for infra preview, up and destroy"
    found, there = _version(["pulumi", "version"]), shutil.which("pulumi")
    if not found and there:
        fix = "Take it off PATH, or mend it: `pulumi version` shows what is wrong."
        return Check(name="pulumi", status="fail", found=f"{there} does not run", need=need, fix=fix)
    if not found:
        fix = "`modelyard infra preview --install-cli` fetches it; `modelyard infra plan` needs none."
        return Check(name="pulumi", status="warn", found="none on PATH", need=need, fix=fix)
    parts = tuple(int(p) for p in found.lstrip("v").split(".")[:2] if p.isdigit())
    if parts >= LEAST_PULUMI:
        return Check(name="pulumi", status="ok", found=found, need=need)
    return Check(name="pulumi", status="fail", found=found, need=need, fix="Take it off PATH and use --install-cli.")


def _version(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().removeprefix("git version ") if done.returncode == 0 else ""
