"""What GitHub and the network say when they refuse, in our words: what is missing, and what to do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from modelyard.errors import OutsideError

_PLAN = ("upgrade to github", "billing plan", "please upgrade", "make this repository public")


class RefusedError(OutsideError):
    """GitHub says no, in our words. `status` and `is_plan` are for who expects it."""

    default_code = "github_refused"

    def __init__(self, status: int, message: str, hint: str, *, code: str | None = None, is_plan: bool = False) -> None:
        super().__init__(message, hint, code=code)
        self.status, self.is_plan = status, is_plan

    @property
    def is_forbidden(self) -> bool:
        """Say whether the token is good, and lacks a permission."""
        return self.status == 403 and not self.is_plan


def explained(status: int, data: object, headers: Mapping[str, Any], what: str, needs: str) -> RefusedError:
    """Return the error for an answer that refuses.

    `what` completes "GitHub did not ...", say `set variable REGION of me/it`; `needs` is the permission for it,
    as GitHub names it: `Administration: write`.
    """
    said = sentence(data)
    if status == 401:
        return RefusedError(
            status,
            f"GitHub does not accept the token: {said or 'bad credentials'}.",
            "It is wrong, expired or revoked: make a new one and set GITHUB_TOKEN.",
            code="bad_token",
        )
    if status in {403, 404}:
        return _forbidden(status, data, headers, what, needs)
    if status >= 500:
        hint = "https://www.githubstatus.com says how it is; run the same command again."
        return RefusedError(status, f"GitHub failed ({status}) to {what}: {said}", hint, code="github_failed")
    message = f"GitHub did not {what} ({status}): {said}"
    return RefusedError(status, message, "Correct what it says, and run it again.", is_plan=is_plan(status, data))


def _forbidden(status: int, data: object, headers: Mapping[str, Any], what: str, needs: str) -> RefusedError:
    wanted = str(headers.get("x-accepted-github-permissions") or "").replace("; ", " or ").replace("=", ": ") or needs
    classic = " (a classic token: scope `repo`)" if headers.get("x-oauth-scopes") is not None else ""
    if status == 403 and headers.get("x-github-sso"):
        url = str(headers["x-github-sso"]).partition("url=")[2]
        hint = f"Authorise the token there{': ' + url if url.startswith('https://') else ''}."
        message = f"The organization asks for single sign-on before the token may {what}."
        return RefusedError(status, message, hint, code="sso_required")
    if status == 404:
        message = f"GitHub did not {what}: it is not there, or this token may not see it."
        hint = f"Check the name; the token needs access to the repository and the permission {wanted}{classic}."
        return RefusedError(status, message, hint, code="not_found", is_plan=is_plan(status, data))
    message = f"The token may not {what}: {sentence(data)}"
    hint = f"Give it the permission {wanted}{classic}, and run it again."
    return RefusedError(status, message, hint, code="not_permitted", is_plan=is_plan(status, data))


def limited(seconds: float) -> OutsideError:
    """Return the error for a rate limit that is too far away to wait for."""
    until = datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC)
    return OutsideError(
        f"GitHub's rate limit is used up until {until:%Y-%m-%d %H:%M} UTC.",
        "Run the same command again then; what is done stays done.",
        code="rate_limited",
    )


def unreachable(host: str, reason: str) -> OutsideError:
    """Return the error for a network that does not carry."""
    hint = "Check the network, a proxy (HTTPS_PROXY), and GITHUB_API_URL; then run it again."
    return OutsideError(f"Cannot reach {host}: {reason}", hint, code="unreachable")


def is_plan(status: int, data: object) -> bool:
    """Say whether GitHub refuses because the account's plan does not have the feature."""
    said = sentence(data).lower()
    return status in {403, 404, 422} and any(words in said for words in _PLAN)


def sentence(data: object) -> str:
    """Return in one line what an error's body says."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    details = [_detail(each) for each in errors] if isinstance(errors, list) else []
    parts = [str(data.get("message") or ""), *details]
    return " ".join("; ".join(dict.fromkeys(part for part in parts if part)).split())[:300]


def _detail(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    if error.get("message"):
        return str(error["message"])
    return " ".join(str(error[key]) for key in ("resource", "field", "code") if error.get(key))
