"""Judges what is counted as a rate: errors of requests, and losses where the truth is known."""

from modelyard.config.release import Release as Config
from modelyard.release.sequential import Sample, above, conclusive, no_worse, worse
from modelyard.release.verdict import Check, Outcomes
from modelyard.release.window import Look


def errors(look: Look, config: Config) -> Check:
    """Fail when the challenger surely fails more often than the champion, pass when it surely does not.

    Requests on which the champion failed too, as fallback, send nothing back: a client whose rows no version can read
    stays with one version, which then fails more often than the other. Where the champion has no requests of its own
    now, an outage looks like that as well. They are then no failures of the challenger, and while they are more than
    the champion is known for, there is no verdict.
    """
    shared = look.shared
    both = shared if look.thin else 0
    one = Sample(look.challenger.trials, look.challenger.failed - both)
    alone = Sample(look.challenger.trials - shared, look.challenger.failed - shared)
    other = Sample(look.champion.trials, look.champion.failed)
    rows = max(look.challenger.rows, look.challenger.failed)  # a failed row is not among the predicted ones
    limit = other.rate + config.error_tolerance
    found = Check(name="errors", value=one.rate, limit=limit, rows=rows, verdict="waiting")
    said = f"{_percent(one.rate)} of {one.trials:.0f} requests failed, the champion's {_percent(other.rate)}"
    said += f", and both on {shared}" if shared else ""
    if rows < config.min_rows:
        return found.ruled("waiting", f"{rows} of {config.min_rows} rows")
    if _worse(one, other, look.alpha, config) and conclusive(above(alone, config.error_tolerance), look.alpha):
        return found.ruled("fail", said)
    if both > (max(other.rate, look.failing) + config.error_margin) * one.trials:
        return found.ruled("waiting", f"{said}: an outage, not the challenger")
    if conclusive(no_worse(one, other, config.error_margin, alone), look.beta):
        return found.ruled("pass", said)
    return found.ruled("waiting", f"{said}: not sure yet that it is no worse")


def _worse(one: Sample, other: Sample, alpha: float, config: Config) -> bool:
    """Compare with the champion; without its traffic, with an error rate that no champion is assumed to have."""
    if other.trials:
        return conclusive(worse(one, other, config.error_tolerance), alpha)
    return conclusive(above(one, config.error_margin), alpha)


def outcomes(look: Look, found: Outcomes | None, config: Config) -> Check | None:
    """Fail when the challenger's answers surely turned out worse; labels are late and partial, so it never waits."""
    if found is None or not found.challenger_trials or not found.champion_trials:
        return None
    one = Sample(found.challenger_trials, found.challenger_losses)
    other = Sample(found.champion_trials, found.champion_losses)
    enough = min(found.challenger_trials, found.champion_trials) >= config.min_rows
    bad = enough and conclusive(worse(one, other, config.outcome_tolerance), look.alpha)
    return Check(
        name="outcomes",
        verdict="fail" if bad else "pass",
        value=one.rate,
        limit=other.rate + config.outcome_tolerance,
        rows=found.challenger_trials,
        reason=f"mean loss {one.rate:.4g}, the champion's {other.rate:.4g}"
        + ("" if enough else f"; {config.min_rows} labelled rows of each are needed to judge it"),
    )


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f} %"
