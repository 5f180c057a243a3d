"""Runs stages and shows what came of them; shared by `run` and the commands of single stages."""

from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._progress import progress
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.evaluation.results import Estimate
    from modelyard.loop.results import RunResult


def execute(
    stages: tuple[str, ...],
    data: str | None = None,
    *,
    force: bool = False,
    sample: bool = False,
    project: Path | None,
    env: str,
    quiet: bool,
    json: bool,
) -> None:
    """Run `stages` (all when empty) and print the result; exit 1 when a contract or gate stopped it."""
    found = open_project(project, env, quiet=quiet or json)
    from modelyard.loop.run import RunRequest, run

    with progress(enabled=not (quiet or json)) as report:
        result = run(found, RunRequest(stages=stages, source=data, force=force, sample=sample), report)
    failure = result.failure()
    if failure is not None:
        _output.show_failed(result, text, failure, as_json=json)
    _output.show(result, text, as_json=json)


def text(result: "RunResult") -> str:
    """Lay out a run for a person."""
    lines = [f"{s.name:<9} {s.status:<7} {s.seconds:6.1f} s" for s in result.stages]
    if result.contract is not None:
        lines += [f"  {v.severity}: {v.message}" for v in result.contract.violations]
    if result.metrics:
        lines += ["", *(f"{name:<20} {_estimate(value)}" for name, value in result.metrics.items())]
    if result.gate is not None:
        lines += ["", f"gate: {result.gate.verdict}"]
        lines += [f"  {r.verdict:<12} {r.name}: {r.reason}" for r in result.gate.rules]
        lines += [f"  {result.gate.resolves}"]
    if result.version is not None:
        lines += ["", f"version {result.version} is registered"]
    return "\n".join(lines)


def _estimate(value: "Estimate") -> str:
    if value.low is None or value.high is None:
        return f"{value.value:.4g}"
    return f"{value.value:.4g}  [{value.low:.4g}, {value.high:.4g}]"
