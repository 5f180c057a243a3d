"""Keys and region of an AWS profile, which obstore does not read by itself."""

import configparser
import os
from pathlib import Path

_KEYS = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
}


def settings() -> dict[str, str]:
    """Return what the profile says and the environment does not; absent or broken files say nothing."""
    name = os.environ.get("AWS_PROFILE") or "default"
    found = _section("AWS_CONFIG_FILE", "config", name if name == "default" else f"profile {name}")
    found |= _section("AWS_SHARED_CREDENTIALS_FILE", "credentials", name)
    chosen: dict[str, str] = {}
    if "region" in found and not (os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")):
        chosen["region"] = found["region"]
    if not _named_elsewhere() and "aws_access_key_id" in found:
        chosen |= {ours: found[theirs] for theirs, ours in _KEYS.items() if theirs in found}
    return chosen


def _named_elsewhere() -> bool:
    """Say whether the environment names other credentials: keys, a role of a pod or of a task."""
    names = (
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    )
    return any(os.environ.get(name) for name in names)


def _section(variable: str, file: str, section: str) -> dict[str, str]:
    path = Path(os.environ.get(variable) or Path("~/.aws", file)).expanduser()
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return {}
    return dict(parser[section]) if section in parser else {}
