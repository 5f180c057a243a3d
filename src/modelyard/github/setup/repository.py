"""The step that makes the repository, private, where there is none."""

from modelyard.github.failures import RefusedError
from modelyard.github.setup.steps import Step, change, nothing
from modelyard.github.setup.target import ADMIN, Target


def steps(target: Target) -> list[Step]:
    """Return the step of the repository itself; one that is there keeps its visibility and settings."""
    if target.exists:
        return [nothing("repository", target.name, "private" if target.private else "public")]
    return [change("repository", target.name, "create", lambda: _make(target), "private")]


def _make(target: Target) -> None:
    owner, _, name = target.name.partition("/")
    body = {"name": name, "private": True, "has_wiki": False, "delete_branch_on_merge": True}
    path = "/user/repos" if _is_mine(target, owner) else f"/orgs/{owner}/repos"
    try:
        target.found = target.connection.post(path, body, f"make the repository {target.name}", ADMIN)
    except RefusedError as refused:
        if refused.status == 422 and "already exists" in refused.message:
            refused.message = f"{target.name} exists, but this token does not see it."
            refused.hint = f"Give the token access to {target.name}, with the permission {ADMIN}."
        raise


def _is_mine(target: Target, owner: str) -> bool:
    """Say whether the owner is the account of the token; the token of an app has none."""
    try:
        me = target.connection.get("/user", "show the account of the token", "a token of a user")
    except RefusedError as refused:
        if refused.status == 403:
            return False
        raise
    return str(me["login"]).lower() == owner.lower()
