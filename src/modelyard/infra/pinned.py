"""Which Pulumi CLI is needed, and where the fetched one is; the doctor asks too, without the Automation API."""

import shutil
from pathlib import Path

VERSION = "3.272.0"  # the release of the Automation API that this package is written against
LEAST = "3.181.0"  # older ones run no inline program on refresh and destroy


def home() -> Path:
    """Return where the pinned CLI is installed, the place that Pulumi's own installer uses for versions."""
    return Path.home() / ".pulumi" / "versions" / VERSION


def fetched() -> Path:
    """Return the program that `--install-cli` puts there."""
    return home() / "bin" / "pulumi"


def program() -> Path | None:
    """Return the CLI that runs: the one on PATH, else the one that was fetched, else none."""
    found = shutil.which("pulumi")
    if found is not None:
        return Path(found)
    return fetched() if fetched().exists() else None


def instead(found: Path) -> str:
    """Return what makes room for the pinned CLI where `found` is no good."""
    away = f"Delete {home()}" if found == fetched() else "Take it off PATH"
    return f"{away} and run again with --install-cli to get {VERSION}."
