"""One smoke test, from the first sign of life to the last answer of a short load."""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from modelyard.config import Project
from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.progress import Progress, silent
from modelyard.routing import Routing, read
from modelyard.smoke import checks
from modelyard.smoke.client import Client
from modelyard.smoke.life import alive
from modelyard.smoke.load import CONNECTIONS, Load, judged
from modelyard.smoke.results import Check, Smoke
from modelyard.smoke.rows import Known, known

TOKEN = "MODELYARD_TOKEN"  # noqa: S105 - the name of a variable
_STEPS = 5


@dataclass(frozen=True, kw_only=True)
class SmokeRequest:
    """Which service, how long it may take to be ready, and how much it is asked.

    Attributes:
        load_s: Seconds; 0 leaves the load out.
        rate: Requests a second, sent when they are due whether or not earlier ones were answered.
        timeout_s: For one answer.
    """

    project: Project
    url: str
    wait_s: float = 60.0
    load_s: float = 5.0
    rate: float = 20.0
    timeout_s: float = 10.0


def smoke(request: SmokeRequest, report: Progress = silent) -> Smoke:
    """Ask the service.

    Raises:
        RequestError: What answers there is no service of modelyard, or the token is not set.
        OutsideError: Nothing answers, or the store cannot be read.
    """
    deadline = time.monotonic() + request.wait_s
    token = _token(request.project)
    with (
        Client(request.url, request.timeout_s) as client,
        tempfile.TemporaryDirectory(prefix="modelyard-smoke-") as work,
    ):
        report("smoke: is it alive", 0, _STEPS)
        life, shows_pages = alive(client, deadline)
        store = Store.open(request.project.environment.store, request.project.root)
        looked = _Looked(request, client, token, shows_pages, deadline, report)
        return looked.all(life, store, Path(work))


@dataclass(frozen=True)
class _Looked:
    """A service that lives."""

    request: SmokeRequest
    client: Client
    token: str
    shows_pages: bool
    deadline: float
    report: Progress

    def all(self, life: Check, store: Store, work: Path) -> Smoke:
        self.report("smoke: who may ask", 1, _STEPS)
        auth = checks.auth(self.client, self.request.project.config.serving.auth, self.token)
        self.client.token = self.token
        routing = read(store)
        self.report("smoke: which model", 2, _STEPS)
        model = checks.model(self.client, routing, self.deadline, pages=self.shows_pages)
        found = [life, auth, model]
        if routing.champion is None or model.passed is False:
            why = "no model is released" if routing.champion is None else "no model answers"
            return _result([*found, *checks.skipped(why)])
        return self._answers(found, routing, known(store, routing.champion, work))

    def _answers(self, found: list[Check], routing: Routing, version: Known) -> Smoke:
        self.report("smoke: golden rows", 3, _STEPS)
        found.append(checks.version(self.client, version.ref, self.deadline, pages=self.shows_pages))
        found.append(checks.golden(self.client, version, routing))
        found.append(checks.refusal(self.client, version))
        if not self.request.load_s or not version.rows:
            return _result(found)
        self.report("smoke: load", 4, _STEPS)
        load = self._load(version)
        config = self.request.project.config
        limit_ms = config.release.p99_ms or config.gate.latency_ms
        return _result([*found, *judged(load, config.release.error_tolerance, limit_ms)], load)

    def _load(self, version: Known) -> Load:
        request = self.request
        return Load.of(
            request.url, self.token, version.rows, request.load_s, request.rate, CONNECTIONS, request.timeout_s
        )


def _result(found: list[Check], load: Load | None = None) -> Smoke:
    passed = all(check.passed is not False for check in found)
    if load is None:
        return Smoke(passed=passed, checks=tuple(found))
    return Smoke(
        passed=passed,
        checks=tuple(found),
        rps=load.rps,
        p50_ms=load.percentile_ms(50),
        p99_ms=load.percentile_ms(99),
    )


def _token(project: Project) -> str:
    if project.config.serving.auth == "none":
        return ""
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise RequestError(
            f"serving.auth is {project.config.serving.auth}, but {TOKEN} is not set.",
            f"Set {TOKEN} to a credential of the service.",
            code="no_token",
        )
    if not token.isascii() or not token.isprintable():
        raise RequestError(
            f"{TOKEN} holds characters that no header can carry.",
            f"Set {TOKEN} again, without line breaks and letters beyond ASCII.",
            code="bad_token",
        )
    return token
