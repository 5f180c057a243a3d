"""Looks at the servers during a release: their counts, the challenger's captured answers, and what became of them."""

import os
from typing import Protocol, Self

from modelyard.loop.context import Context
from modelyard.record import Record
from modelyard.release.captured import Captured
from modelyard.release.counts import Counts, Snapshot, between
from modelyard.release.features import new_features
from modelyard.release.judge import judge
from modelyard.release.sources import chosen
from modelyard.release.verdict import Check, Reference, Source, Verdict
from modelyard.routing.release import Release

Counted = dict[str, dict[str, float]]


class Seen(Record):
    """What a look gave; `counts` is of this step, by role."""

    verdict: Verdict
    counts: Counted = {}


class Watch(Protocol):
    """What a controller needs of the servers."""

    def traffic(self) -> float:
        """Return the rows a second that are answered now.

        Raises:
            OutsideError: Nobody says.
        """
        ...

    def begin(self, release: Release) -> None:
        """Count anew: a step begins."""
        ...

    def look(self, release: Release) -> Seen:
        """Return what the judge says now.

        Raises:
            OutsideError: Nothing could be read.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Servers:
    """The servers of an environment, through the source that the configuration names."""

    def __init__(
        self,
        context: Context,
        source: Source,
    ) -> None:
        self._config = context.project.config.release
        self._p99_ms = context.project.config.gate.latency_ms
        self._source = source
        self._store = context.store
        self._captured = Captured(context.store, enabled=context.project.config.serving.capture.enabled)
        self._features: tuple[str, float] = ("", 0.0)
        self._start: Snapshot | None = None
        self._before: Snapshot | None = None

    @classmethod
    def of(cls, context: Context) -> Self:
        """Open the source.

        Raises:
            RequestError: An address is none.
            OutsideError: A library is missing.
        """
        project = context.project
        source = chosen(project.config.release, project=project.config.name, env=project.env, environ=os.environ)
        return cls(context, source)

    def traffic(self) -> float:
        """Return the rows a second that are answered now."""
        return self._source.traffic()

    def begin(self, release: Release) -> None:  # noqa: ARG002 - others may want it
        """Count anew from the next reading."""
        self._before = None

    def look(self, release: Release) -> Seen:
        """Read the servers, and let the judge speak; the first reading of a step is only its beginning."""
        now = self._source.read()
        if self._before is None:
            self._before = now
            self._start = self._start or now
            waiting = Check(name="source", verdict="waiting", reason="the step begins")
            return Seen(verdict=Verdict(state="hold", checks=(waiting,), reason="the step begins"))
        answers, outcomes = self._captured(release)
        verdict = judge(
            self._before,
            now,
            answers,
            outcomes,
            self._config,
            self._reference(release),
            release=release,
            start=self._start,
        )
        window = between(self._before, now)
        counts = {"champion": _shown(window.champion), "challenger": _shown(window.challenger)}
        return Seen(verdict=verdict, counts=counts)

    def _reference(self, release: Release) -> Reference:
        of, features = self._features
        if of != release.id:
            features = new_features(self._store, release.champion, release.challenger)
            self._features = release.id, features
        return Reference(features=features, p99_ms=self._p99_ms)

    def close(self) -> None:
        """Let go of what was fetched."""
        self._captured.close()


def _shown(counts: Counts) -> dict[str, float]:
    p99 = counts.request.quantile(0.99)
    shown = {"requests": counts.requests, "rows": counts.rows, "failed": counts.failed}
    return shown | ({} if p99 is None else {"p99_s": p99})
