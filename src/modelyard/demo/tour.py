"""Scaffolds a project from `demo:flights`, runs the loop in it, and writes the report."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from modelyard import config
from modelyard.errors import OutcomeError
from modelyard.loop.results import RunResult
from modelyard.loop.run import RunRequest, run
from modelyard.progress import Progress, silent
from modelyard.record import Record
from modelyard.report.write import write
from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.profile import Overrides

SOURCE = "demo:flights"
_STAGES = {"contract": "data", "train": "train", "gate": "gate", "register": "register"}


class Step(Record):
    """One step of the tour, with what it showed."""

    name: str
    seconds: float
    result: str


class Tour(Record):
    """What `modelyard demo` says."""

    steps: list[Step]
    report: str
    project: str | None  # where the project was kept

    def failure(self) -> OutcomeError | None:
        """Return why the tour did not end as it should; None when it did."""
        stopped = [s for s in self.steps if s.result.startswith("stopped")]
        if not stopped:
            return None
        return OutcomeError(f"The tour stopped at {stopped[0].name}: {stopped[0].result}", f"See {self.report}.")


def tour(keep: Path | None, progress: Progress = silent, say: Callable[[Step], None] = lambda _: None) -> Tour:
    """Run the tour.

    Args:
        keep: Where the project stays for the user to play with; None for a temporary one.
        progress: Told how far the long steps are.
        say: Called with each step as it ends.

    Raises:
        RequestError: `keep` exists and is not empty.
    """
    folder = Path(tempfile.mkdtemp(prefix="modelyard-demo-"))
    root = keep if keep is not None else folder / "flights"
    steps: list[Step] = []

    def step(name: str, action: Callable[[], str]) -> None:
        begin = time.perf_counter()
        result = action()
        steps.append(Step(name=name, seconds=round(time.perf_counter() - begin, 2), result=result))
        say(steps[-1])

    step("scaffold", lambda: _scaffold(root, progress))
    project = config.load(root.resolve())
    for name, stage in _STAGES.items():
        step(
            name,
            lambda name=name, stage=stage: _describe(name, run(project, RunRequest(stages=(stage,)), progress)),
        )
        if steps[-1].result.startswith("stopped"):
            break
    step("report", lambda: write(project).path)
    report = _keep_report(Path(steps[-1].result), folder, keep)
    return Tour(steps=steps, report=report, project=str(keep) if keep is not None else None)


def _scaffold(root: Path, progress: Progress) -> str:
    made = new(NewRequest(directory=root, data=SOURCE, overrides=Overrides(), git=True, lock=False), progress)
    return f"{made.data.rows:,} flights, {made.data.columns} columns, target {made.target}, metric {made.metric.name}"


def _describe(name: str, result: RunResult) -> str:
    failure = result.failure()
    if failure is not None:
        return f"stopped: {failure.message}"
    if name == "contract" and result.contract is not None:
        return f"{result.contract.rows:,} rows pass, {len(result.contract.violations)} warnings"
    if name == "gate" and result.gate is not None:
        return f"{result.gate.verdict}; {result.gate.resolves}"
    if name == "register":
        return f"version {result.version} is the champion"
    return ", ".join(f"{key} {value.value:.3g}" for key, value in list(result.metrics.items())[:3])


def _keep_report(page: Path, folder: Path, keep: Path | None) -> str:
    """Keep the page when the project goes; return where it lies."""
    if keep is not None:
        shutil.rmtree(folder, ignore_errors=True)
        return str(page)
    kept = folder / "report.html"
    shutil.copyfile(page, kept)
    shutil.rmtree(folder / "flights", ignore_errors=True)
    return str(kept)
