"""Lays out a release for a person, and exits with the code of its end."""

from typing import TYPE_CHECKING

from modelyard.cli import _output

if TYPE_CHECKING:
    from modelyard.release.results import ReleaseResult


def show(result: "ReleaseResult", *, json: bool) -> None:
    """Print a release whose end was asked for: its state is then no failure."""
    _output.show(result, text, as_json=json)


def show_outcome(result: "ReleaseResult", *, json: bool) -> None:
    """Print a release that was to promote its challenger; exit 1 when it was rolled back or aborted."""
    failure = result.failure()
    if failure is not None:
        _output.show_failed(result, text, failure, as_json=json)
    _output.show(result, text, as_json=json)


def text(result: "ReleaseResult") -> str:
    """Lay out one release."""
    return "\n".join([*_head(result), *_checks(result), *_expected(result), *result.notes])


def _head(result: "ReleaseResult") -> list[str]:
    if not result.release:
        return [f"rolled back: version {result.champion} answers, {result.reason}"]
    lines = [
        f"release  {result.release}",
        f"version  {result.challenger} against {result.champion}{', shadow' if result.shadow else ''}",
        f"state    {result.state}" + (f": {result.reason}" if result.reason else ""),
    ]
    lines += [f"answers  version {result.answering}"] * (result.answering is not None)
    if result.state == "running":
        steps = ", ".join(f"{step:g}" for step in result.steps)
        lines.append(f"step     {result.step} of {len(result.steps)} ({steps} %), now {result.weight:g} %")
        lines.append(f"lease    {_lease(result.lease_s)}")
    return lines


def _lease(left: float | None) -> str:
    if not left:
        return "lapsed: servers have returned to the champion; `modelyard release resume` starts again"
    return f"{left:.0f} s left, renewed by the controller"


def _checks(result: "ReleaseResult") -> list[str]:
    return [f"  {check['verdict']:<8} {check['name']}: {check['reason']}" for check in result.checks]


def _expected(result: "ReleaseResult") -> list[str]:
    if result.rows_per_s is None or result.state != "running":
        return []
    from modelyard.release.expected import sentence

    return [f"expected {sentence(result.rows_per_s, result.expected_s)}"]
