"""Physical names: one shape for all of them, shortened by a hash where a service allows fewer characters."""

import hashlib
import re

_HASH = 6


def physical(project: str, env: str, what: str, limit: int = 63) -> str:
    """Return `PROJECT-ENV-WHAT` in lower case, letters, digits and single hyphens, in at most `limit` characters.

    The same words always give the same name; different words give different ones also after shortening.

    Raises:
        ValueError: Nothing usable is left, or `limit` leaves no room for a hash.
    """
    full = "-".join(part for part in (_clean(project), _clean(env), _clean(what)) if part)
    if not full or limit < 2 + _HASH:
        raise ValueError(f"No name for {project!r}, {env!r}, {what!r} in {limit} characters.")
    if len(full) <= limit:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()[:_HASH]
    return f"{full[: limit - _HASH - 1].rstrip('-')}-{digest}"


def ending(project: str, env: str, what: str, limit: int = 63) -> str:
    """Return the name as `physical` does, but keep its end: what is shortened is what comes before `-WHAT`.

    So one pattern, `*-WHAT`, means every name of a kind, however long the project's name is.
    """
    full = physical(project, env, what, 1 << 10)
    return full if len(full) <= limit else f"{physical(project, env, '', limit - 1 - len(what))}-{what}"


def bucket(project: str, env: str, what: str, account: str) -> str:
    """Return a bucket's name, which is unique in the partition: it ends in the account's number.

    63 characters at most (S3 user guide, bucket naming rules).
    """
    return f"{physical(project, env, what, 63 - 1 - len(account))}-{account}"


def state_key(platform: str, region: str) -> str:
    """Return the alias of the key that encrypts the state: named as its bucket is, without the account's number."""
    return f"alias/{physical(platform, region, 'state', limit=63 - 13)}"


def path(project: str, env: str, *parts: str) -> str:
    """Return a path-like name for log groups, parameters and secrets: `/modelyard/PROJECT/ENV/part`."""
    return "/".join(["/modelyard", _clean(project), _clean(env), *parts])


def workspace(platform: str, env: str) -> str:
    """Return what the workspaces of Prometheus and Grafana are called, and the key of what they keep."""
    return physical(platform, env, "metrics", 64)


def _clean(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")
