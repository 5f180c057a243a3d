"""Where GitHub is, and with which token it is asked: the environment's, else that of the command line tool `gh`."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from modelyard.errors import RequestError

PUBLIC = "https://api.github.com"
TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")


@dataclass(frozen=True)
class Credentials:
    """The address of the API without a slash at its end, and a token that no repr shows."""

    api_url: str
    token: str = field(repr=False)

    def without_token(self, text: str) -> str:
        """Return a text that others wrote, without the token should they have echoed it."""
        return text.replace(self.token, "***")


def credentials(api_url: str | None = None) -> Credentials:
    """Return how GitHub is asked.

    Raises:
        RequestError: There is no token, or the address is none.
    """
    url = (api_url or os.environ.get("GITHUB_API_URL", "").strip() or PUBLIC).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RequestError(
            f"{url!r} is no address of GitHub's API.",
            f"Set GITHUB_API_URL, or leave it out for {PUBLIC}.",
            code="bad_api_url",
        )
    token = next((found for name in TOKENS if (found := os.environ.get(name, "").strip())), "") or _of_gh(url)
    if not token:
        raise RequestError(
            "There is no token for GitHub.",
            "Set GITHUB_TOKEN (or GH_TOKEN), or log in with `gh auth login`.",
            code="no_token",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise RequestError(
            "The token for GitHub holds characters that no token has.",
            "Set GITHUB_TOKEN again, without spaces and line breaks.",
            code="bad_token",
        )
    return Credentials(url, token)


def _of_gh(url: str) -> str:
    """Return the token of `gh`, which knows only hosts that somebody logged in to."""
    if shutil.which("gh") is None:
        return ""
    host = (urlsplit(url).hostname or "").removeprefix("api.")
    command = ["gh", "auth", "token", "--hostname", host]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and our own arguments
            command, capture_output=True, text=True, timeout=10, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
