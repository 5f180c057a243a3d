"""Events as GitHub sends them, no longer than the workflows and commands read them."""

from acting import REPOSITORY


def pull_request(number: int = 1, *, fork: bool = False, action: str = "synchronize", base_sha: str = "main") -> dict:
    """Return the event of a pull request against main, from a branch of the repository or from a fork."""
    head = "stranger/flights" if fork else REPOSITORY
    return {
        "action": action,
        "number": number,
        "pull_request": {
            "number": number,
            "head": {"ref": "change", "sha": "a" * 40, "repo": {"full_name": head, "fork": fork}},
            "base": {"ref": "main", "sha": base_sha, "repo": {"full_name": REPOSITORY, "fork": False}},
        },
    }


def push(branch: str = "main") -> dict:
    """Return the event of a push."""
    return {"ref": f"refs/heads/{branch}"}


def by_hand(branch: str = "main", **inputs: str) -> dict:
    """Return the event of a `workflow_dispatch` with its inputs."""
    return {"ref": f"refs/heads/{branch}", "inputs": inputs}


def scheduled(cron: str = "0 0 * * *") -> dict:
    """Return the event of a schedule."""
    return {"schedule": cron}


def retraining(env: str, window: str, reason: str) -> dict:
    """Return the `repository_dispatch` with which monitoring asks for a new model."""
    return {
        "action": "modelyard-retrain",
        "branch": "main",
        "client_payload": {"env": env, "window": window, "reason": reason},
    }
