"""The stand-in for GitHub's API as a repository's workflows meet it: its runs, artifacts, issues and events."""

import io
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from acted import Outcome
from acting import REPOSITORY, TOKEN

sys.path.insert(0, str(Path(__file__).parents[1] / "github"))

from github_api import Account, GitHub, Repository, Token, serving


@dataclass(frozen=True)
class AtGitHub:
    """The stand-in for GitHub that workflows speak to, and the repository that they belong to."""

    url: str
    api: GitHub
    repository: Repository

    def keep(self, run: Outcome, *, branch: str = "main") -> None:
        """Let GitHub remember a run that succeeded and what it uploaded."""
        assert run.passed, str(run)
        known = self.repository.run(branch=branch, event="workflow_dispatch")
        for name, folder in run.artifacts.items():
            self.repository.artifact(known, _zipped(folder), name=name)


@contextmanager
def serving_github() -> Iterator[AtGitHub]:
    """Yield a GitHub where the token of a workflow may do what workflows may be given."""
    api = GitHub()
    api.account(Account(REPOSITORY.partition("/")[0], type="Organization"))
    rights = dict.fromkeys(("actions", "contents", "issues", "pull_requests"), "write")
    api.token(Token(TOKEN, "github-actions[bot]", kind="actions", may={**rights, "metadata": "read"}))
    repository = api.add(Repository(*REPOSITORY.split("/")))
    with serving(api) as url:
        yield AtGitHub(url, api, repository)
    assert not api.unknown


def _zipped(folder: Path) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return file.getvalue()
