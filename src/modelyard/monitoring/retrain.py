"""Starts the loop again on the source and what came true since, under the conditions of `retraining.conditions`.

Where it stands lies in the store, so a killed retraining is continued by the next call, on this machine or another.
"""

from collections.abc import Sequence
from datetime import datetime

from modelyard.config import Project
from modelyard.errors import InterruptedRunError, ModelyardError, OutsideError
from modelyard.loop.context import Context
from modelyard.loop.lock import run_lock
from modelyard.monitoring.retraining import ledger as ledgers
from modelyard.monitoring.retraining.conditions import allowed, enough, unanswered
from modelyard.monitoring.retraining.gather import as_naive, gather
from modelyard.monitoring.retraining.ledger import Attempt
from modelyard.monitoring.retraining.record import Refused, RetrainResult, State
from modelyard.monitoring.retraining.request import Asked
from modelyard.monitoring.retraining.work import Work
from modelyard.progress import Progress, silent
from modelyard.routing import document

__all__ = ["RetrainResult", "retrain"]


def retrain(
    project: Project,
    reasons: Sequence[str],
    *,
    as_of: datetime | None = None,
    asked: Asked | None = None,
    progress: Progress = silent,
) -> RetrainResult:
    """Train, gate, register and release on newer rows, if the conditions are met; or continue what was killed.

    A condition that is not met, a gate that says no, and a failure outside are results (`RetrainResult.failure`)
    and no exceptions: what `monitor` has measured stands. The release begins in a process of its own, and is judged
    there.

    Args:
        project: Its modelyard.yaml stays as it is; the rows are a snapshot in the store.
        reasons: Why it is asked for.
        as_of: What "now" is for the labels; naive UTC. Default: now.
        asked: Who asks from outside, where no alert does; a refusal is then a failure.
        progress: How far it is.

    Raises:
        InterruptedRunError: Ctrl-C or SIGTERM; the next call continues.
    """
    found = _tried(Context.of(project, progress), tuple(reasons), as_naive(as_of), asked)
    return found if asked is None else found.model_copy(update={"asked": True})


def _tried(context: Context, reasons: tuple[str, ...], as_of: datetime, asked: Asked | None) -> RetrainResult:
    try:
        with run_lock(context.local / "retrain"):
            return _retrain(context, reasons, as_of, asked)
    except Refused as refused:
        return _refused("refused", refused.reason, refused.says, reasons)
    except InterruptedRunError:
        raise
    except ModelyardError as error:  # before anything was begun
        state: State = "interrupted" if isinstance(error, OutsideError) else "stopped"
        return _refused("refused" if error.code == "busy" else state, error.code, error.message, reasons)


def _retrain(context: Context, reasons: tuple[str, ...], as_of: datetime, asked: Asked | None) -> RetrainResult:
    """Continue what is there, or begin; the lock of this machine is held."""
    ledger = ledgers.read(context.store)
    current = ledger.current
    if current is not None and ledgers.is_alive(context.store, current):
        raise Refused("busy", f"A retraining is at work on {current.host} since {current.began}.")
    if current is not None:
        return _continued(context, current, as_of, releases=asked is None or asked.release)
    unanswered(ledger, asked.window if asked is not None else "")
    config = context.project.config.monitoring.retrain
    champion = allowed(document.read(context.store), ledger, config)
    gathered = gather(context, champion, as_of)
    enough(gathered, ledger, config, context.project.config.data.target)
    begun = Attempt(
        id=ledgers.new_holder(),
        began=ledgers.now(),
        reasons=reasons,
        asked=asked.window if asked is not None else "",
        begin=gathered.begin.isoformat(),
        end="" if gathered.end is None else gathered.end.isoformat(),
        holder=ledgers.new_holder(),
        host=ledgers.here(),
    )
    attempt = ledgers.claim(context.store, begun, None)
    releases = asked is None or asked.release
    return Work(context, attempt, champion, as_of, gathered, releases=releases).finish()


def _continued(context: Context, current: Attempt, as_of: datetime, *, releases: bool) -> RetrainResult:
    """Take over what a dead process left; one that keeps dying is given up, and the cooldown begins."""
    if current.tries >= context.project.config.monitoring.retrain.attempts:
        ledgers.finish(context.store, current, "given_up")
        told = f"The retraining of {current.began} was begun {current.tries} times and never ended."
        waits = document.read(context.store).challenger
        if waits is not None and waits.version == current.version:
            told += f" Version {waits.version} waits as challenger: `modelyard release start` releases it."
        raise Refused("given_up", told)
    update = {"tries": current.tries + 1, "holder": ledgers.new_holder(), "host": ledgers.here()}
    attempt = ledgers.claim(context.store, current.model_copy(update=update), current)
    champion = document.read(context.store).champion
    if champion is None:
        ledgers.finish(context.store, attempt, "no_champion")
        raise Refused("no_champion", "No version is released any more.")
    return Work(context, attempt, champion, as_of, None, releases=releases).finish()


def _refused(state: State, reason: str, says: str, reasons: Sequence[str]) -> RetrainResult:
    return RetrainResult(started=False, state=state, reason=reason, says=says, reasons=tuple(reasons))
