"""What a service is asked, each with what was found and what it needs."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from modelyard.routing import Ref, Routing
from modelyard.smoke.client import Answer, Client, UnansweredError
from modelyard.smoke.results import Check
from modelyard.smoke.rows import Known

_BATCH = 50
_TRIES = 20  # of a request that a challenger answers instead, while one is tried
_TRIES_S = 20.0
_REFUSED = 401
_GOLDEN = "scores and labels as at training"
_BROKEN = "422 that names the column"
_MODEL = "200 from /readyz"
_VERSION = "the champion of the store"
_LATER = {"version": _VERSION, "golden": _GOLDEN, "refusal": _BROKEN}


def skipped(why: str) -> list[Check]:
    """Return the checks that need a model, for a service that has none."""
    return [Check(name=name, passed=None, found=f"skipped: {why}", need=need) for name, need in _LATER.items()]


def auth(client: Client, wanted: str, token: str) -> Check:
    """See that only who may ask is answered."""
    if wanted == "none":
        return _checked("auth", "an answer without a credential", lambda: _open(client))
    return _checked("auth", "401 without the credential, an answer with it", lambda: _closed(client, token))


def _open(client: Client) -> tuple[bool, str]:
    status = _asked(client, "").status
    return status != _REFUSED, f"{status}, but serving.auth is none" if status == _REFUSED else "answers everybody"


def _closed(client: Client, token: str) -> tuple[bool, str]:
    found = {who: _asked(client, given).status for who, given in {"nobody": "", "a stranger": f"{token}x"}.items()}
    let_in = [f"{who} gets {status}" for who, status in found.items() if status != _REFUSED]
    own = _asked(client, token).status
    if own == _REFUSED:
        let_in.append("the credential in MODELYARD_TOKEN is refused")
    return not let_in, "; ".join(let_in) or "only the credential opens"


def _asked(client: Client, token: str) -> Answer:
    with Client(client.url, client.timeout_s, token) as other:
        return other.post("/predict", {"rows": []})


def model(client: Client, routing: Routing, deadline: float, *, pages: bool) -> Check:
    """See that a model answers, where one was released; wait for it as long as may be."""
    if routing.champion is None:
        return _without_model(client, pages=pages)
    if not pages:
        return Check(name="model", passed=None, found="skipped: /readyz is not shown here", need=_MODEL)
    return _checked("model", _MODEL, lambda: _until(deadline, lambda: _ready(client)))


def _without_model(client: Client, *, pages: bool) -> Check:
    why = "skipped: no model is released in this environment yet; `modelyard run` there brings the first"
    skipped = Check(name="model", passed=None, found=why, need=_MODEL)
    if not pages:
        return skipped
    odd = _checked(
        "model", "the store that the service reads", lambda: (not _ready(client)[0], "one that the store lacks")
    )
    return skipped if odd.passed else odd


def _ready(client: Client) -> tuple[bool, str]:
    answer = client.get("/readyz")
    said = answer.json()
    detail = said.get("detail") if isinstance(said, dict) else None
    ready = answer.status == 200 and isinstance(said, dict) and said.get("ready") is True
    return ready, answer.words() + (f": {detail}" if detail else "")


def version(client: Client, ref: Ref, deadline: float, *, pages: bool) -> Check:
    """See that the service follows the store's routing document."""
    need = f"{_VERSION}: version {ref.version}, sha256 {ref.sha256[:12]}"
    if not pages:
        return Check(name="version", passed=None, found="skipped: /release is not shown here", need=need)
    return _checked("version", need, lambda: _until(deadline, lambda: _same(client, ref)))


def _same(client: Client, ref: Ref) -> tuple[bool, str]:
    answer = client.get("/release")
    said = answer.json()
    champion = said.get("champion") if isinstance(said, dict) else None
    if answer.status != 200 or not isinstance(champion, dict):
        return False, answer.words() if answer.status != 200 else "no champion"
    named = f"version {champion.get('version')}, sha256 {str(champion.get('sha256'))[:12]}"
    return champion.get("sha256") == ref.sha256, named


def golden(client: Client, known: Known, routing: Routing) -> Check:
    """See that the held-out rows get the scores that the model gave them at training."""
    if not known.rows:
        return Check(name="golden", passed=None, found="skipped: the bundle has no golden rows", need=_GOLDEN)
    trying = routing.release is not None and routing.release.running
    return _checked("golden", _GOLDEN, lambda: _compared(client, known, trying=trying))


def _compared(client: Client, known: Known, *, trying: bool) -> tuple[bool | None, str]:
    answers = []
    for rows in _batches(known.rows):
        answer, problem = _answered(client, known.ref, rows, _TRIES if trying else 1)
        if answer is None:
            return None if trying and problem.startswith("version") else False, problem
        answers.append(answer)
    scores, labels = known.wrong(answers)
    more = f", {known.left_out} rows left out" if known.left_out else ""
    return not (scores or labels), f"{scores} scores and {labels} labels of {len(known.rows)} rows differ{more}"


def _answered(client: Client, ref: Ref, rows: Sequence[dict[str, Any]], tries: int) -> tuple[dict | None, str]:
    """Return the champion's answer, or why there is none."""
    said: Any = None
    deadline = time.monotonic() + _TRIES_S
    for _ in range(tries):
        if said is not None and time.monotonic() > deadline:
            break
        answer = client.post("/predict", {"rows": list(rows)})
        said = answer.json()
        if answer.status != 200 or not isinstance(said, dict):
            return None, answer.words() + _detail(said)
        if len(said.get("predictions", [])) != len(rows):
            return None, f"{len(said.get('predictions', []))} answers for {len(rows)} rows"
        if said.get("version") == ref.version:
            return said, ""
    return None, f"version {said.get('version')} answers"


def _batches(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    yield rows[:1]  # one row alone goes another way through a server than many
    for first in range(1, len(rows), _BATCH):
        yield rows[first : first + _BATCH]


def _detail(said: Any) -> str:  # noqa: ANN401 - JSON
    detail = said.get("detail") if isinstance(said, dict) else None
    first = detail[0] if isinstance(detail, list) and detail else detail
    if isinstance(first, dict):  # without the value, which may be a person's
        return f": {first.get('column')}: {first.get('message')}"
    return f": {first}" if first else ""


def refusal(client: Client, known: Known) -> Check:
    """See that a row which breaks the contract is refused by the name of its column."""
    column = next(iter(known.served.inputs), None)
    if column is None or not known.rows:
        return Check(name="refusal", passed=None, found="skipped: no golden row to break", need=_BROKEN)
    return _checked("refusal", _BROKEN, lambda: _refused(client, known.rows[0], column))


def _refused(client: Client, row: dict[str, Any], column: str) -> tuple[bool, str]:
    answer = client.post("/predict", {"rows": [row | {column: {"not": "a value"}}]})
    said = answer.json()
    problems = said.get("detail") if isinstance(said, dict) else None
    named = isinstance(problems, list) and any(isinstance(p, dict) and p.get("column") == column for p in problems)
    passed = answer.status == 422 and named
    return passed, f"422 that names {column!r}" if passed else answer.words()


def _until(deadline: float, look: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
    """Look again until it is so or time is up."""
    while True:
        passed, found = look()
        if passed or time.monotonic() > deadline:
            return passed, found
        time.sleep(0.25)


def _checked(name: str, need: str, look: Callable[[], tuple[bool | None, str]]) -> Check:
    try:
        passed, found = look()
    except UnansweredError as error:
        passed, found = False, str(error)
    except (ArithmeticError, ValueError, KeyError, TypeError) as error:
        passed, found = False, f"the answer cannot be read ({type(error).__name__}: {error})"
    return Check(name=name, passed=passed, found=found, need=need)
