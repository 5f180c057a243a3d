"""What the stand-in of GitHub knows: accounts, tokens, repositories; in memory, made and looked at by tests."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

NUMBERS = itertools.count(1_001)


@dataclass
class Account:
    """A user or an organization. `plan` decides what its private repositories may have."""

    login: str
    type: str = "User"
    plan: str = "free"
    id: int = field(default_factory=NUMBERS.__next__)
    members: set = field(default_factory=set)
    teams: dict = field(default_factory=dict)  # slug -> id


@dataclass
class Token:
    """Who asks. `may` is None for everything, else names and levels: {"administration": "write"}.

    `kind`: classic, fine-grained, or actions, which decides GitHub's words for what is missing. `sees` is None for
    every repository of the account and its organizations, else the full names.
    """

    value: str
    login: str
    kind: str = "fine-grained"
    may: dict | None = None
    sees: set | None = None
    scopes: tuple = ("repo",)

    def allows(self, needs):
        """Return whether a permission such as `administration=write` is there."""
        if self.may is None or needs is None:
            return True
        wanted = [each.partition("=") for each in needs.split("; ")]  # one of them is enough
        return any(self.may.get(name) == "write" or level == self.may.get(name) == "read" for name, _, level in wanted)


@dataclass
class Repository:
    """A repository and everything that can be set on it."""

    owner: str
    name: str
    private: bool = True
    id: int = field(default_factory=NUMBERS.__next__)
    archived: bool = False
    default_branch: str = "main"
    settings: dict = field(default_factory=dict)
    environments: dict = field(default_factory=dict)
    variables: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)
    rulesets: dict = field(default_factory=dict)
    private_reporting: bool = False
    actions: dict = field(
        default_factory=lambda: {"enabled": True, "allowed_actions": "all", "sha_pinning_required": False}
    )
    selected_actions: dict = field(
        default_factory=lambda: {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": []}
    )
    workflow_permissions: dict = field(
        default_factory=lambda: {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
    )
    oidc: dict = field(default_factory=lambda: {"use_default": True, "use_immutable_subject": True})
    issues: dict = field(default_factory=dict)  # number -> issue, pull requests among them
    comments: dict = field(default_factory=dict)
    dispatches: list = field(default_factory=list)
    workflow_dispatches: list = field(default_factory=list)
    runs: dict = field(default_factory=dict)
    artifacts: dict = field(default_factory=dict)
    git: Path | None = None  # a bare repository, where branches are looked up
    branches: set | None = None  # those that are there; None: every branch that is asked for
    lacks: set = field(
        default_factory=set
    )  # of rulesets, environments, reviewers, branch_policies, private_reporting, sha_pinning

    @property
    def full_name(self):
        """Return OWNER/NAME."""
        return f"{self.owner}/{self.name}"

    def run(self, *, branch="main", conclusion="success", event="push", fork=None, **more):
        """Add a workflow run and return it; `fork` names the repository that its commit comes from."""
        number = next(NUMBERS)
        head = fork or self.full_name
        self.runs[number] = {
            "id": number, "name": "train", "path": ".github/workflows/train.yml", "event": event, "status": "completed",
            "conclusion": conclusion, "head_branch": branch, "head_sha": f"{number:040x}", "run_attempt": 1,
            "run_number": number, "head_repository": {"id": 7 if fork else self.id, "full_name": head},
            "repository": {"id": self.id, "full_name": self.full_name},
            "created_at": f"2026-11-01T00:00:{len(self.runs) % 60:02d}Z",
            "updated_at": f"2026-11-01T00:01:{len(self.runs) % 60:02d}Z", **more,
        }  # fmt: skip
        return self.runs[number]

    def artifact(self, run, content, *, name="modelyard-store", expired=False):
        """Add an artifact of a run and return it; `content` is the bytes of a zip file."""
        number = next(NUMBERS)
        self.artifacts[number] = {
            "id": number, "name": name, "size_in_bytes": len(content), "expired": expired, "content": content,
            "created_at": run["updated_at"], "expires_at": "2027-02-01T00:00:00Z", "updated_at": run["updated_at"],
            "workflow_run": {
                "id": run["id"], "repository_id": self.id, "head_repository_id": run["head_repository"]["id"],
                "head_branch": run["head_branch"], "head_sha": run["head_sha"],
            },
        }  # fmt: skip
        return self.artifacts[number]

    def pull(self, *, head="change", base="main", fork=None, user="me", **more):
        """Add a pull request and return it; `fork` names the repository that it comes from."""
        number, here = len(self.issues) + 1, self.full_name
        return self.issue(
            title=f"Pull {number}", user={"login": user}, pull=True, **more,
            head={"ref": head, "sha": "a" * 40, "repo": {"full_name": fork or here, "fork": fork is not None}},
            base={"ref": base, "sha": "b" * 40, "repo": {"full_name": here, "fork": False}},
        )  # fmt: skip

    def issue(self, *, title, labels=(), state="open", pull=False, **more):
        """Add an issue and return it."""
        number = len(self.issues) + 1
        defaults = {"body": None, "user": {"login": "me"}}
        entry = {"number": number, "id": next(NUMBERS), "title": title, "state": state, "pull": pull}
        self.issues[number] = {**defaults, **entry, "labels": list(labels), **more}
        return self.issues[number]

    def comment(self, number, body, *, user="me"):
        """Add a comment to an issue or a pull request and return it."""
        identity = next(NUMBERS)
        self.comments[identity] = {"id": identity, "issue": number, "body": body, "user": {"login": user}}
        return self.comments[identity]
