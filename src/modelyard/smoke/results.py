"""What a smoke test found."""

from modelyard.errors import OutcomeError
from modelyard.record import Record


class Check(Record):
    """One thing that was looked at; `passed` is None where there was nothing to look at, and `found` says why."""

    name: str
    passed: bool | None
    found: str
    need: str


class Smoke(Record):
    """All of them, and the load: answers per second, and milliseconds from when a request was due to its answer."""

    passed: bool
    checks: tuple[Check, ...]
    rps: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None

    def failure(self, url: str) -> OutcomeError | None:
        """Return why the service did not pass."""
        if self.passed:
            return None
        wrong = [f"{check.name}: {check.found}, but {check.need}" for check in self.checks if check.passed is False]
        return OutcomeError(
            f"{url} did not pass: {'; '.join(wrong)}.",
            "The service's log names each request by its id, which begins with smoke-.",
            code="smoke_failed",
        )
