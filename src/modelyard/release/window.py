"""Which counts a step is judged on, and at which level each of its tests."""

from modelyard.config.release import Release as Config
from modelyard.record import Record
from modelyard.release.counts import LOAD, Counts, Snapshot, Window, between
from modelyard.routing.release import Release

_THIN = 50.0  # percent: beyond it the step leaves the champion too few requests to be compared with
TESTS = ("errors", "scorer_p99", "request_p99", "answers", "outcomes")


class Look(Record):
    """Everything that one look at a step needs.

    Attributes:
        champion: In the step; since the release began where the step leaves it half of the requests or less. Which of
            the two depends on the step alone, never on what was counted.
        challenger: In the step.
        thin: The champion's requests are not those of this step, so what befalls all requests now befalls only the
            challenger.
        shared: Requests of the challenger in the step on which the champion failed too, as fallback.
        failing: Part of all requests before this step on which the champion failed, as fallback too.
        seconds: Since the step began.
        alpha: Chance of a false alarm of one test at one step: that of the release, shared evenly by its five tests
            and its steps (Bonferroni), so that together they keep it whatever their dependence.
        beta: Chance that one test passes at one step what it should not. Not shared: a bad challenger must slip
            through every step, so the chance of all is at most that of one.
    """

    before: Snapshot
    now: Snapshot
    start: Snapshot
    champion: Counts
    challenger: Counts
    thin: bool
    shared: int
    failing: float
    seconds: float
    alpha: float
    beta: float


def look(before: Snapshot, now: Snapshot, start: Snapshot | None, config: Config, release: Release) -> Look:
    """Return what is judged at the release's present step."""
    step, begun = between(before, now), start or before
    loads = f"{LOAD}/{release.challenger.version}"
    failed = now.counts.get(loads, Counts()).plus(before.counts.get(loads, Counts()), -1)
    thin = release.steps[release.step] > _THIN and not release.shadow
    since = between(begun, now) if thin else step
    return Look(
        before=before,
        now=now,
        start=begun,
        champion=since.champion.plus(Counts(failures=since.challenger.shared), -1),  # its failures as fallback
        challenger=step.challenger.plus(failed),
        thin=thin,
        shared=min(step.challenger.shared, step.champion.failures),
        failing=_failing(between(begun, before)),
        seconds=step.seconds,
        alpha=config.alpha / (len(TESTS) * len(release.steps)),
        beta=config.alpha,
    )


def _failing(earlier: Window) -> float:
    asked = earlier.champion.requests + earlier.challenger.requests
    return earlier.champion.failed / asked if asked else 0.0
