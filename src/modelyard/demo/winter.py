"""The first half of the tour: from the flights of two months to a server that answers."""

import time
from contextlib import suppress
from importlib import import_module
from threading import Thread

from modelyard.demo import flights
from modelyard.demo.flights import TARGET, TIME
from modelyard.demo.stage import Stage
from modelyard.errors import OutcomeError
from modelyard.loop.results import RunResult
from modelyard.loop.run import RunRequest, run
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides

_SETTINGS = """
# Set by the demo: a canary that a minute has room for; whoever retrains decides when to release.
release:
  steps: [25, 50, 100]
  hold_s: 0
  every_s: 0.25
  slower: 8  # seconds of traffic beside whatever else a laptop does: a burst is no slower model

monitoring:
  retrain:
    release: false
"""
_SERVING = "  require_onnx: false\n  capture:\n    close_s: 0.5\n"


def scaffold(stage: Stage) -> str:
    """Make the project from the flights of January and February."""
    Thread(target=_load_ahead, daemon=True).start()
    table = stage.root.with_name(f".{stage.root.name}-{time.time_ns()}.parquet")
    table.parent.mkdir(parents=True, exist_ok=True)
    try:
        flights.between(stage.flights, 1, 2).write_parquet(table)
        overrides = Overrides(target=TARGET, time=TIME)
        made = new(
            NewRequest(directory=stage.root, data=str(table), overrides=overrides, git=True, lock=False),
            stage.progress,
        )
    finally:
        table.unlink(missing_ok=True)
    settings = stage.root / "modelyard.yaml"
    text = settings.read_text(encoding="utf-8").replace("  require_onnx: false\n", _SERVING)
    settings.write_text(text + _SETTINGS, encoding="utf-8")
    stage.remember()
    return (
        f"{made.data.rows:,} flights of January and February (every {1 / flights.SHARE:.0f}th, by a hash), "
        f"{made.data.columns} columns, target {made.target}, metric {made.metric.name}"
    )


def _load_ahead() -> None:
    """Import what training takes two seconds to import, while another process renders the templates."""
    with suppress(ImportError):  # told by the step that needs it
        import_module("sklearn.compose")
        import_module("sklearn.ensemble")


def contract(stage: Stage) -> str:
    """Check the data, and store them."""
    result = _run(stage, "data")
    assert result.contract is not None  # noqa: S101 - the stage ran
    return f"{result.contract.rows:,} rows pass, {len(result.contract.violations)} warnings"


def train(stage: Stage) -> str:
    """Train, and measure on the newest days."""
    result = _run(stage, "evaluate")
    return ", ".join(f"{name} {estimate.value:.3g}" for name, estimate in list(result.metrics.items())[:3])


def gate(stage: Stage) -> str:
    """Judge; a first model has no champion to lose against."""
    result = _run(stage, "gate")
    assert result.gate is not None  # noqa: S101 - the stage ran
    return f"{result.gate.verdict}; {result.gate.resolves}"


def register(stage: Stage) -> str:
    """Register the first version."""
    result = _run(stage, "register")
    stage.first = stage.champion()
    return f"version {result.version} is the champion"


def serve(stage: Stage) -> str:
    """Start the project's server."""
    begin = time.perf_counter()
    stage.serve()
    return f"http://127.0.0.1:{stage.port} was ready after {time.perf_counter() - begin:.1f} s"


def _run(stage: Stage, name: str) -> RunResult:
    result = run(stage.project, RunRequest(stages=(name,)), stage.progress)
    failure = result.failure()
    if failure is not None:
        raise OutcomeError(failure.message, failure.hint)
    return result
