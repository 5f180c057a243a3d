"""The few things asked of git: what a branch holds there, and pushing one with a token that no command line shows."""

import base64
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from modelyard.errors import OutsideError
from modelyard.github.credentials import Credentials


class Git:
    """The repository in a folder, and its remote `origin`."""

    def __init__(self, root: Path, credentials: Credentials) -> None:
        self.root, self._credentials = root, credentials
        self._remote = self.said("remote", "get-url", "origin")

    def sha(self, ref: str) -> str | None:
        """Return the commit of a ref of this clone, or None."""
        done = self._call("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        return done.stdout.strip() or None

    def there(self, branch: str) -> str | None:
        """Return the commit that the branch has on the remote, or None."""
        return self.said("ls-remote", "origin", f"refs/heads/{branch}", remote=True).partition("\t")[0] or None

    def fetch(self, sha: str) -> None:
        """Bring a commit of the remote with its history."""
        self.said("fetch", "--quiet", "--no-tags", "origin", sha, remote=True)

    def authors(self, new: str, base: str) -> set[str]:
        """Return who committed what is in `new` and not in `base`."""
        return set(self.said("log", "--format=%ce %s", new, "--not", base).splitlines())

    def is_ancestor(self, old: str, new: str) -> bool:
        """Say whether `new` stands on `old`."""
        return self._call("merge-base", "--is-ancestor", old, new).returncode == 0

    def push(self, branch: str, sha: str, expected: str | None) -> None:
        """Make the remote's branch the commit, if it still is `expected` (None: absent).

        Raises:
            OutsideError: The remote refuses.
        """
        lease = f"--force-with-lease=refs/heads/{branch}:{expected or ''}"
        self.said("push", "--quiet", "--no-verify", lease, "origin", f"{sha}:refs/heads/{branch}", remote=True)

    def said(self, *arguments: str, remote: bool = False) -> str:
        """Return what git prints.

        Raises:
            OutsideError: It fails.
        """
        done = self._call(*arguments, remote=remote)
        if done.returncode:
            raise self._failed(arguments[0], (done.stderr or done.stdout).strip())
        return done.stdout.strip()

    def _failed(self, verb: str, said: str) -> OutsideError:
        told = self._credentials.without_token(said)
        if "without `workflow" in told:
            hint = "The update changes workflows: the GitHub App needs the permission Workflows: write."
        elif "403" in told or "denied" in told.lower() or "authentication" in told.lower():
            hint = "The token needs the permission Contents: write."
        else:
            hint = "Correct what it says, and run it again."
        return OutsideError(f"git {verb} failed: {told}", hint, code="git_failed")

    def _call(self, *arguments: str, remote: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", **(self._header() if remote else {})}
        command = ["git", "-c", "core.hooksPath=/dev/null", *arguments]
        try:
            return subprocess.run(  # noqa: S603 - no shell, and our own arguments
                command, cwd=self.root, env=environment, capture_output=True, text=True, errors="replace", check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise OutsideError(f"Cannot run git: {error}", "Install git.", code="no_git") from error

    def _header(self) -> dict[str, str]:
        """Return what hands git the token for this remote: through the environment, as a command line can be read."""
        parts = urlsplit(self._remote)
        if parts.scheme not in {"http", "https"}:
            return {}
        encoded = base64.b64encode(f"x-access-token:{self._credentials.token}".encode()).decode()
        told = os.environ.get("GIT_CONFIG_COUNT", "").strip()
        place = int(told) if told.isdecimal() else 0  # after what the environment sets, such as safe.directory
        return {
            "GIT_CONFIG_COUNT": str(place + 1),
            f"GIT_CONFIG_KEY_{place}": f"http.{parts.scheme}://{parts.netloc.rpartition('@')[2]}/.extraheader",
            f"GIT_CONFIG_VALUE_{place}": f"AUTHORIZATION: basic {encoded}",
        }
