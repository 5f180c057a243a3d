"""The whole loop on a year of flights: each step does the real thing, and is timed."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from modelyard.demo import seasons, trials, winter
from modelyard.demo.months import periods
from modelyard.demo.stage import Stage
from modelyard.errors import ModelyardError, OutcomeError, RequestError
from modelyard.progress import Progress, silent
from modelyard.record import Record
from modelyard.report.data import Periods
from modelyard.report.write import write

_STEPS: dict[str, Callable[[Stage], str]] = {
    "scaffold": winter.scaffold,
    "contract": winter.contract,
    "train": winter.train,
    "gate": winter.gate,
    "register": winter.register,
    "serve": winter.serve,
    "drift": seasons.drift,
    "performance": seasons.performance,
    "retrain": seasons.retrain,
    "reject": trials.reject,
    "rollback": trials.rollback,
    "promote": trials.promote,
}
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
    """Run the tour; a step that fails ends it, and the report is written all the same.

    Args:
        keep: Where the project stays for the user to play with; None for a temporary one.
        progress: Told how far the long steps are.
        say: Called with each step as it ends.

    Raises:
        RequestError: `keep` exists and is not empty, or cannot be written.
    """
    folder = Path(tempfile.mkdtemp(prefix="modelyard-demo-"))
    page = None if keep is not None else folder / "report.html"
    stage = Stage(keep if keep is not None else folder / "flights", page, progress)
    steps = _Steps(say)
    try:
        all(steps.take(name, lambda act=act: act(stage)) for name, act in _STEPS.items())
        reported = (stage.root / "modelyard.yaml").exists() and steps.take("report", lambda: _report(stage))
    finally:
        stage.close()
        shutil.rmtree(folder / "flights", ignore_errors=True)
        if page is None or not page.exists():
            shutil.rmtree(folder, ignore_errors=True)
    return Tour(
        steps=steps.done,
        report=steps.done[-1].result if reported else "",
        project=None if keep is None else str(keep),
    )


def _report(stage: Stage) -> str:
    """Write the page, keep a copy of it where the project does not stay; return where it lies."""
    path = write(stage.project, _months(stage)).path
    if stage.page is None:
        return path
    shutil.copyfile(path, stage.page)
    return str(stage.page)


def _months(stage: Stage) -> Periods | None:
    """Set the two models side by side; None where the tour did not come so far."""
    if stage.first is None or stage.retrained is None:
        return None
    old, new = stage.scorer(stage.first), stage.scorer(stage.retrained)
    return periods(stage.flights, old, new, old_end=2, new_end=6)
