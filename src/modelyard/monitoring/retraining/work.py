"""Does what is left of a retraining: rows, run, release; each step is written down before the next begins."""

from dataclasses import dataclass
from datetime import datetime

from modelyard.errors import InterruptedRunError, ModelyardError, OutsideError
from modelyard.evaluation.results import Rule
from modelyard.loop.context import Context
from modelyard.loop.results import RunResult
from modelyard.loop.run import RunRequest, run
from modelyard.monitoring.retraining import ledger as ledgers
from modelyard.monitoring.retraining.gather import Gathered, gather, place, store
from modelyard.monitoring.retraining.ledger import Attempt
from modelyard.monitoring.retraining.record import Refused, RetrainResult, Rows, Selection, State
from modelyard.release.begin import StartRequest
from modelyard.release.controller import start
from modelyard.routing import document
from modelyard.routing.document import Ref


@dataclass
class Work:
    """A retraining under way, and what is known of it so far."""

    context: Context
    attempt: Attempt
    champion: Ref
    as_of: datetime
    gathered: Gathered | None  # None where an earlier call stored the rows
    releases: bool = True  # else the new version waits as challenger
    gate: str | None = None
    rules: tuple[Rule, ...] = ()

    def finish(self) -> RetrainResult:
        """Do what is left; return how it ended, or why it did not."""
        store = self.context.store
        try:
            with ledgers.beating(store, self.attempt):
                return self._steps()
        except (InterruptedRunError, KeyboardInterrupt):
            ledgers.release(store, self.attempt)
            raise
        except OutsideError as error:
            ledgers.release(store, self.attempt)
            return self._result("interrupted", error.code, error.message)
        except ModelyardError as error:
            if error.code == "busy":
                ledgers.release(store, self.attempt)
                raise Refused("busy", error.message) from error
            return self._ended("stopped", error.code, error.message)

    def _steps(self) -> RetrainResult:
        if not self.attempt.snapshot:
            self.gathered = self.gathered or gather(self.context, self.champion, self.as_of)
            self._note(snapshot=store(self.context, self.gathered).id)
        if self.attempt.version is None:
            found = self._run()
            stopped = found.failure()
            if stopped is not None:
                return self._ended("stopped", stopped.code, stopped.message)
            self._note(version=found.version or 0)
        return self._released()

    def _run(self) -> RunResult:
        request = RunRequest(source=place(self.context, self.attempt.snapshot))
        found = run(self.context.project, request, self.context.progress)
        if found.gate is not None:
            self.gate = found.gate.verdict
            self.rules = tuple(rule for rule in found.gate.rules if rule.verdict != "pass")
        return found

    def _released(self) -> RetrainResult:
        """Begin the canary, or find it begun."""
        version, routing = self.attempt.version, document.read(self.context.store)
        release = routing.release
        if release is not None and release.challenger.version == version:
            return self._ended("releasing", "released", f"The release of version {version} is {release.state}.")
        if routing.champion is not None and routing.champion.version == version:
            return self._ended("stopped", "unchanged", f"These rows give version {version}, which is the champion.")
        if not (self.releases and self.context.project.config.monitoring.retrain.release):
            return self._ended("waiting", "registered", f"Version {version} waits as challenger.")
        if release is not None and release.running:
            ledgers.release(self.context.store, self.attempt)
            told = (
                f"Version {release.challenger.version} is being released; version {version} follows at the next call."
            )
            return self._result("interrupted", "release_running", told)
        begun = start(self.context.project, StartRequest(version=version), self.context.progress)
        ended = self._ended("releasing", "released", f"The release of version {version} is {begun.state}.")
        return ended.model_copy(update={"release": begun.release})

    def _note(self, **changes: str | int) -> None:
        self.attempt = ledgers.update(self.context.store, self.attempt.model_copy(update=changes))

    def _ended(self, state: State, reason: str, says: str) -> RetrainResult:
        ledgers.finish(self.context.store, self.attempt, reason)
        return self._result(state, reason, says)

    def _result(self, state: State, reason: str, says: str) -> RetrainResult:
        attempt, gathered = self.attempt, self.gathered
        release = document.read(self.context.store).release
        is_ours = release is not None and attempt.version == release.challenger.version
        return RetrainResult(
            started=True,
            state=state,
            reason=reason,
            says=says,
            reasons=attempt.reasons,
            window=f"{attempt.begin}/{attempt.end}",
            snapshot=attempt.snapshot or None,
            version=attempt.version,
            gate=self.gate,
            rules=list(self.rules),
            release=release.id if release is not None and is_ours else None,
            rows=Rows() if gathered is None else gathered.rows,
            selection=[] if gathered is None else gathered.selection,
            warnings=[] if gathered is None else _warnings(gathered, gathered.selection),
        )


def _warnings(gathered: Gathered, selection: list[Selection]) -> list[str]:
    rows, told = gathered.rows, []
    if rows.served and rows.labelled < rows.served:
        told.append(f"{rows.labelled / rows.served:.0%} of the {rows.served:,} rows served since have a label.")
    told += [
        f"Labelled rows differ from served ones in {each.name!r}: distance {each.distance:.2f}, "
        f"inside training at most {each.limit:.2f}."
        for each in selection[:10]
    ]
    if rows.incomplete:
        names = ", ".join(map(repr, gathered.personal))
        why = f" ({names} is personal and is not captured)" if names else ""
        told.append(f"{rows.incomplete:,} labelled rows are left out: they lack a value that is needed{why}.")
    return told
