"""The conditions of a retraining: each that is not met is a refusal with a name."""

from datetime import UTC, datetime

from modelyard.config.retraining import Retraining
from modelyard.monitoring.retraining.gather import Gathered, as_naive
from modelyard.monitoring.retraining.ledger import Done, Ledger
from modelyard.monitoring.retraining.record import Refused
from modelyard.monitoring.retraining.request import end_of
from modelyard.routing.document import Ref, Routing

_SKEW_S = 300.0
_TRAINED = {"released", "registered", "unchanged"}  # and gate_*: outcomes that more of the same rows would not change


def allowed(routing: Routing, ledger: Ledger, config: Retraining) -> Ref:
    """Return the champion, if nothing but the rows can stand in the way.

    Raises:
        Refused: There is no champion, a release is running, or the last retraining is too recent.
    """
    if routing.champion is None:
        raise Refused("no_champion", "No version is released yet: `modelyard run` registers the first one.")
    if routing.release is not None and routing.release.running:
        version = routing.release.challenger.version
        raise Refused("release_running", f"Version {version} is being released: one model at a time.")
    last = ledger.done[-1] if ledger.done else None
    if last is not None:
        left = config.cooldown_h * 3600 - _since(last.ended)
        if left > 0:
            raise Refused(
                "cooldown", f"The last retraining ended at {last.ended} ({last.outcome}); {left / 3600:.1f} h are left."
            )
    return routing.champion


def unanswered(ledger: Ledger, window: str) -> None:
    """Check that no retraining has answered what somebody outside saw in `window`.

    Raises:
        Refused: One was asked for the same window, was given the rows up to its end, or began after the alarm.
    """
    if not window:
        return
    seen, is_interval = end_of(window), "/" in window
    for done in (d for d in ledger.done if _is_judged(d)):
        known = done.end if is_interval else done.began
        if done.asked == window or (known and seen <= as_naive(datetime.fromisoformat(known))):
            told = f"the rows up to {done.end or done.began}"
            raise Refused("window_trained", f"The retraining of {done.began} ({done.outcome}) had {told}: {window}.")


def enough(gathered: Gathered, ledger: Ledger, config: Retraining, target: str) -> None:
    """Check the rows.

    Raises:
        Refused: Too few new ones have a matured label, or a retraining was given them already.
    """
    new, begin = gathered.rows.new, gathered.begin
    if new < config.min_labels:
        raise Refused(
            "too_few_labels",
            f"{new:,} rows after {begin.isoformat()} have a matured value of {target!r}; {config.min_labels:,} are "
            f"needed. {gathered.rows.served:,} served since then are older than `monitoring.label_horizon_days`.",
        )
    known = max((d for d in ledger.done if d.end and _is_judged(d)), key=lambda d: d.end, default=None)
    if known is not None and gathered.end is not None and gathered.end <= datetime.fromisoformat(known.end):
        raise Refused(
            "window_trained",
            f"The retraining of {known.began} ({known.outcome}) had the rows up to {known.end} already.",
        )


def _is_judged(done: Done) -> bool:
    return done.outcome in _TRAINED or done.outcome.startswith("gate_")


def _since(moment: str) -> float:
    """Return the seconds since then; a moment that lies well ahead is one of a clock that went wrong."""
    try:
        age = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    except (ValueError, TypeError):
        return float("inf")
    return float("inf") if age < -_SKEW_S else age
