"""What follows from the routing document: the registry's aliases, and the head of the audit chain."""

from math import isfinite
from typing import Any

from modelyard.errors import OutsideError
from modelyard.loop.context import Context
from modelyard.loop.versions import repaired
from modelyard.release.journal import entries
from modelyard.release.lease import left_s
from modelyard.release.results import ReleaseResult, described
from modelyard.routing.document import Routing


def followed(context: Context) -> list[str]:
    """Bring aliases and audit in line with the document; return what could not be, which the next command repairs.

    The document has been swapped by then, and servers follow it: a registry that is away undoes nothing.
    """
    try:
        repaired(context)
    except OutsideError as error:
        return [f"The registry does not follow yet: {error.message} The next command repairs it."]
    return []


def result(context: Context, routing: Routing, notes: list[str] | None = None) -> ReleaseResult:
    """Lay out the newest release with the judge's newest checks; the document must hold one."""
    release = routing.release
    assert release is not None  # noqa: S101 - callers have looked
    log = entries(context.store, release.id)
    answering = None if release.running or routing.champion is None else routing.champion.version
    return described(
        release,
        checks=[_finite(check) for check in next((e.checks for e in reversed(log) if e.checks), [])],
        lease_s=round(left_s(context.store, release), 3) if release.running else None,
        answering=answering,
        notes=notes or [],
    )


def _finite(check: dict[str, Any]) -> dict[str, Any]:
    """Replace what JSON has no number for."""
    return {name: None if isinstance(v, float) and not isfinite(v) else v for name, v in check.items()}
