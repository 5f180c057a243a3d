"""Waits until a service lives, and tells it apart from whatever else may answer at an address."""

import re
import time

from modelyard.errors import OutsideError, RequestError
from modelyard.smoke.client import Answer, Client, UnansweredError
from modelyard.smoke.results import Check

_HIDDEN = {401, 403, 404}
_OF_PREDICT = {400, 401, 415, 422, 503}
_NEED = "200 from /healthz"


def alive(client: Client, deadline: float) -> tuple[Check, bool]:
    """Return the check of /healthz, and whether pages other than predictions can be seen from here.

    Raises:
        RequestError: Something else answers.
        OutsideError: Nothing does, until the deadline.
    """
    while True:
        found = _looked(client)
        if isinstance(found, tuple):
            return found
        if time.monotonic() > deadline:
            raise OutsideError(
                f"{client.url} is not alive: {found}.",
                "See whether its tasks run and whether it can be reached from here; --wait SECONDS waits longer.",
                code="no_answer",
            )
        time.sleep(0.25)


def _looked(client: Client) -> tuple[Check, bool] | str:
    """Return the check, or why it may still come."""
    try:
        answer = client.get("/healthz")
        if answer.status in _HIDDEN:
            return _by_predict(client, answer)
    except UnansweredError as error:
        if error.tls:
            raise OutsideError(
                f"{client.url}: {error}.",
                "Use the name that is in its certificate, or http:// where it has none.",
                code="bad_tls",
            ) from error
        return str(error)
    if answer.status >= 500 or answer.status == 429:
        return f"/healthz answers {answer.words()}"
    _refuse_others(client.url, answer)
    return Check(name="alive", passed=True, found=answer.words(), need=_NEED), True


def _by_predict(client: Client, answer: Answer) -> tuple[Check, bool] | str:
    """Look at /predict, where that is all that is seen from outside (a public platform)."""
    predict = client.post("/predict", {"rows": []})
    said = predict.json()
    if predict.status in {502, 504} or (predict.status == 503 and not isinstance(said, dict)):
        return f"/predict answers {predict.words()}"
    ours = (
        predict.status in {200, *_OF_PREDICT} and isinstance(said, dict) and ("detail" in said or "predictions" in said)
    )
    if not ours:
        raise _other(client.url, answer)
    found = f"/healthz is not shown here ({answer.status}), /predict answers {predict.status}"
    return Check(name="alive", passed=True, found=found, need=_NEED), False


def _refuse_others(url: str, answer: Answer) -> None:
    said = answer.json()
    if 300 <= answer.status < 400:
        where = re.split(r"[?#]", answer.headers.get("location", ""))[0]  # what follows may be a secret
        raise RequestError(
            f"{url}/healthz redirects to {where or 'elsewhere'}.",
            "Name the address that answers by itself: credentials are not sent along.",
            code="redirected",
        )
    if answer.status != 200 or not isinstance(said, dict) or said.get("status") != "alive":
        raise _other(url, answer)


def _other(url: str, answer: Answer) -> RequestError:
    return RequestError(
        f"What answers at {url} is no server of modelyard (/healthz: {answer.words()}).",
        "Name the service with its path: http://HOST/PROJECT behind a load balancer.",
        code="wrong_service",
    )
