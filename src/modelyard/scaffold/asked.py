"""Reads what `modelyard new` was asked about GitHub and AWS, and refuses what cannot be."""

import re

from modelyard.config.github import REPOSITORY
from modelyard.errors import RequestError
from modelyard.scaffold import regions
from modelyard.scaffold.home import PLACEHOLDER, Home, Mode, called


def home(platform: str, project: str, account: str | None, region: str | None) -> Home | None:
    """Return the platform that a project wants; None when it wants none.

    Raises:
        RequestError: A region or an account that is none, or one without a platform.
    """
    if platform == "none":
        _refuse_unused("--region", region)
        _refuse_unused("--account", account)
        return None
    mode: Mode = "own" if platform == "own" else "shared"
    return at(mode, project, account, region)


def at(mode: Mode, project: str, account: str | None, region: str | None) -> Home:
    """Return the platform of that name and place.

    Raises:
        RequestError: A region or an account that is none.
    """
    chosen = regions.DEFAULT if region is None else region
    regions.refuse_unknown(chosen)
    if account is not None and not re.fullmatch(r"[0-9]{12}", account):
        raise RequestError(
            f"--account {account!r} is not the number of an AWS account.",
            "Give its twelve digits, as `aws sts get-caller-identity` prints them; leave it out when not known yet.",
            code="no_account",
        )
    return Home(mode, called(project), account or PLACEHOLDER, chosen)


def refuse_github(repository: str | None) -> None:
    """Raise RequestError unless it is OWNER/REPO, as GitHub allows both."""
    if repository is None:
        return
    if not re.fullmatch(REPOSITORY, repository):
        raise RequestError(f"--github {repository!r} is not OWNER/REPO.", "For example acme/churn.")


def _refuse_unused(option: str, value: str | None) -> None:
    if value is not None:
        raise RequestError(
            f"{option} {value} says where a platform runs, and with --platform none there is none.",
            "Add --platform own or --platform shared, or leave it out.",
            code="no_platform",
        )
