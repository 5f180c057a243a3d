"""What has to be settled before anything is made on AWS; a plan only points at it."""

from pathlib import Path

from modelyard.errors import RequestError
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.places import mismatches
from modelyard.infra.platform.words import NO_ACCOUNT, EnvName


def account_key(platform: Platform, env: EnvName) -> str:
    """Return the key of `platform.yaml` that names an environment's account."""
    return "account" if platform.environments[env].account is None else f"environments.{env}.account"


def refuse_no_account(platform: Platform, env: EnvName) -> None:
    """Raise RequestError while the account is the placeholder with which repositories are made."""
    if platform.account_of(env) != NO_ACCOUNT:
        return
    raise RequestError(
        f"`{account_key(platform, env)}` in platform.yaml is still {NO_ACCOUNT}, which is nobody's account.",
        "Write the twelve digits there that `aws sts get-caller-identity` prints, and see `modelyard infra plan`.",
        code="no_account",
    )


def refuse_other_places(platform: Platform, env: EnvName, path: Path) -> None:
    """Raise RequestError when files around `platform.yaml` name other places than it does.

    Raises:
        RequestError: With file, key and both values of each.
    """
    found = mismatches(platform, path, env)
    if found:
        lines = [f"  {one.file}: {one.key} is {one.found}, but the platform's is {one.wanted}" for one in found]
        raise RequestError(
            "\n".join(["What would be made is not what this repository uses:", *lines]),
            "`modelyard infra plan --write` corrects each of them; or correct platform.yaml.",
            code="other_place",
        )
