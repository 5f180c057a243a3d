"""Judges a step of a release: go on, wait, or go back."""

from collections.abc import Sequence

from modelyard.config.release import Release as Config
from modelyard.release import agreement, health, latency, rates
from modelyard.release.counts import Snapshot
from modelyard.release.verdict import Answers, Check, Outcomes, Reference, Verdict
from modelyard.release.window import Look, look
from modelyard.routing.release import Release

__all__ = ["Answers", "Check", "Outcomes", "Reference", "Verdict", "judge"]


def judge(  # noqa: PLR0913 - all that a verdict depends on, and nothing hidden
    before: Snapshot,
    now: Snapshot,
    answers: Answers | None,
    outcomes: Outcomes | None,
    config: Config,
    reference: Reference,
    *,
    release: Release,
    start: Snapshot | None = None,
) -> Verdict:
    """Return what to do at the release's present step.

    Args:
        before: At the start of the step, once the challenger was loaded.
        now: Read now.
        answers: What was captured in this release and scored again; None before the first look.
        outcomes: Labelled answers of this release; None where there are none.
        config: The section `release`.
        reference: What the gate recorded.
        release: In the routing document.
        start: At the start of the release, whose memory is the baseline, and since when the champion is counted where
            a step leaves it few requests; `before` where it is None.

    Returns:
        `roll_back` when a check fails, `advance` when all pass and the step was held for long enough, else `hold`;
        a hold for longer than `max_step_s` says in `ends` what the configuration wants then. It never advances.
    """
    found = look(before, now, start, config, release)
    checks = tuple(_checks(found, answers, outcomes, config, reference, release))
    failed = [check for check in checks if check.verdict == "fail"]
    waiting = [check for check in checks if check.verdict == "waiting"]
    if failed:
        return Verdict(state="roll_back", checks=checks, reason=_reasons(failed))
    if waiting and found.seconds > config.max_step_s:
        reason = f"after {found.seconds:.0f} s there is no verdict: {_reasons(waiting)}"
        return Verdict(state="hold", checks=checks, reason=reason, ends=config.quiet)
    if waiting or found.seconds < release.hold_s:
        reason = _reasons(waiting) or f"held for {found.seconds:.0f} of {release.hold_s:.0f} s"
        return Verdict(state="hold", checks=checks, reason=reason)
    return Verdict(state="advance", checks=checks, reason=_reasons([c for c in checks if c.warning]))


def _checks(  # noqa: PLR0913 - as `judge`
    found: Look,
    answers: Answers | None,
    outcomes: Outcomes | None,
    config: Config,
    reference: Reference,
    release: Release,
) -> list[Check]:
    checks = [
        health.source(found),
        health.ready(found, config, release),
        health.restarts(found),
        rates.errors(found, config),
        latency.scorer(found, config, reference),
        latency.requests(found, config, reference),
        agreement.answers(found, answers, config),
        agreement.difference(answers),
        rates.outcomes(found, outcomes, config),
        health.memory(found, config, release),
    ]
    return [check for check in checks if check is not None]


def _reasons(checks: Sequence[Check]) -> str:
    return "; ".join(f"{check.name}: {check.reason}" for check in checks)
