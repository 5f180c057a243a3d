"""Which environments a command without `--env` means."""

from modelyard.errors import RequestError
from modelyard.infra.platform import EnvName, Platform


def chosen(platform: Platform, env: str | None) -> tuple[EnvName, ...]:
    """Return the environment of this name, or all of them.

    Raises:
        RequestError: There is none of this name.
    """
    names = tuple(platform.environments)
    found = tuple(name for name in names if env in (None, name))
    if not found:
        raise RequestError(f"Environment {env!r} is not in platform.yaml.", f"Use one of: {', '.join(names)}.")
    return found
