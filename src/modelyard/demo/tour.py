"""Scaffolds a project from `demo:flights`, runs the loop in it, and writes the report."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from modelyard import config
from modelyard.errors import ModelyardError, OutcomeError, RequestError
from modelyard.loop.results import RunResult
from modelyard.loop.run import RunRequest, run
from modelyard.progress import Progress, silent
from modelyard.record import Record
from modelyard.report.write import write
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides

SOURCE = "demo:flights"
_STAGES = {"contract": "data", "train": "evaluate", "gate": "gate", "register": "register"}
_STOPPED = "stopped: "


class Step(Record):
    """One step of the tour, with what it showed."""

    name: str
    seconds: float
    result: str


class Tour(Record):
    """What `modelyard demo` says."""

    steps: list[Step]
    report: str  # empty where even the report failed
    project: str | None  # where the project was kept

    def failure(self) -> OutcomeError | None:
        """Return why the tour did not end as it should; None when it did."""
        stopped = next((s for s in self.steps if s.result.startswith(_STOPPED)), None)
        if stopped is None:
            return None
        return OutcomeError(
            f"The tour stopped at {stopped.name}: {stopped.result.removeprefix(_STOPPED)}",
            f"See {self.report}." if self.report else "",
            code="demo_stopped",
        )


class _Steps:
    """The steps so far; a failure is the result of its step."""

    def __init__(self, say: Callable[[Step], None]) -> None:
        self.done: list[Step] = []
        self._say = say

    def take(self, name: str, action: Callable[[], str]) -> bool:
        """Do a step; return whether it succeeded."""
        begin = time.perf_counter()
        try:
            result = action()
        except ModelyardError as error:
            if isinstance(error, RequestError) and not self.done:  # the folder that the user named
                raise
            result = f"{_STOPPED}{error.message}"
        self.done.append(Step(name=name, seconds=round(time.perf_counter() - begin, 2), result=result))
        self._say(self.done[-1])
        return not result.startswith(_STOPPED)


def tour(keep: Path | None, progress: Progress = silent, say: Callable[[Step], None] = lambda _: None) -> Tour:
    """Run the tour.

    Args:
        keep: Where the project stays for the user to play with; None for a temporary one.
        progress: Told how far the long steps are.
        say: Called with each step as it ends.

    Raises:
        RequestError: `keep` exists and is not empty, or cannot be written.
    """
    folder = Path(tempfile.mkdtemp(prefix="modelyard-demo-"))
    root = keep if keep is not None else folder / "flights"
    page = None if keep is not None else folder / "report.html"
    steps = _Steps(say)
    try:
        if steps.take("scaffold", lambda: _scaffold(root, progress)):
            _loop(root, steps, progress)
        reported = steps.take("report", lambda: _report(root, page))
    finally:
        shutil.rmtree(folder / "flights", ignore_errors=True)
        if page is None or not page.exists():
            shutil.rmtree(folder, ignore_errors=True)
    return Tour(
        steps=steps.done,
        report=steps.done[-1].result if reported else "",
        project=None if keep is None else str(keep),
    )


def _loop(root: Path, steps: _Steps, progress: Progress) -> None:
    """Run stage after stage, up to the first that stops."""
    project = config.load(root.resolve())
    for name, stage in _STAGES.items():
        request = RunRequest(stages=(stage,))
        if not steps.take(name, lambda name=name, request=request: _describe(name, run(project, request, progress))):
            return


def _scaffold(root: Path, progress: Progress) -> str:
    made = new(NewRequest(directory=root, data=SOURCE, overrides=Overrides(), git=True, lock=False), progress)
    return f"{made.data.rows:,} flights, {made.data.columns} columns, target {made.target}, metric {made.metric.name}"


def _describe(name: str, result: RunResult) -> str:
    failure = result.failure()
    if failure is not None:
        return f"{_STOPPED}{failure.message}"
    if name == "contract" and result.contract is not None:
        return f"{result.contract.rows:,} rows pass, {len(result.contract.violations)} warnings"
    if name == "gate" and result.gate is not None:
        return f"{result.gate.verdict}; {result.gate.resolves}"
    if name == "register":
        return f"version {result.version} is the champion"
    return ", ".join(f"{metric} {estimate.value:.3g}" for metric, estimate in list(result.metrics.items())[:3])


def _report(root: Path, page: Path | None) -> str:
    """Write the page, keep a copy at `page` where the project does not stay; return where it lies."""
    path = write(config.load(root.resolve())).path
    if page is None:
        return path
    shutil.copyfile(path, page)
    return str(page)
