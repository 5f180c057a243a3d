"""Which GitHub workflows may take a role: exactly one repository, and one environment or ref of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.documents import TRUST, Statement, statements
from modelyard.infra.policy.item import Breach, Item
from modelyard.infra.policy.value import as_list

GITHUB = "token.actions.githubusercontent.com"
_WHAT = r"(?P<what>environment:(dev|staging|prod)|pull_request|ref:refs/heads/main)"
# GitHub's documentation of OIDC subjects; the second form is given to repositories made after 2026-07-15
PLAIN = re.compile(rf"repo:(?P<owner>[^/@:*?]+)/(?P<repo>[^/@:*?]+):{_WHAT}")
IMMUTABLE = re.compile(rf"repo:(?P<owner>[^/@:*?]+)@(?P<owner_id>\d+)/(?P<repo>[^/@:*?]+)@(?P<repo_id>\d+):{_WHAT}")


def _github(item: Item) -> list[Statement]:
    return [one for one in statements(item, TRUST) if one.allows and any(GITHUB in name for name in one.principals)]


def _claims(statement: Statement, operator: str) -> dict[str, list[Any]]:
    block = statement.conditions.get(operator, {})
    found = block if isinstance(block, Mapping) else {}
    return {key.rpartition(":")[2]: as_list(value) for key, value in found.items() if key.startswith(f"{GITHUB}:")}


class OneRepository(Property, row="Modelyard.oidc-trust"):
    """GitHub's roles trust exactly one repository and one environment or ref."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in _github(item):
            yield from (Breach("assumeRolePolicy", value, message) for value, message in _faults(one))


def _faults(statement: Statement) -> Iterator[tuple[Any, str]]:
    claims = _claims(statement, "StringEquals")
    if claims.get("aud") != ["sts.amazonaws.com"]:
        yield claims.get("aud"), "does not ask for the audience sts.amazonaws.com by StringEquals"
    subjects = [str(subject) for subject in claims.get("sub", [])]
    if not subjects:
        yield None, "does not ask for a subject by StringEquals: every repository on GitHub could come"
    yield from (
        (subject, "is not a subject of one repository and one environment or ref") for subject in _strange(subjects)
    )
    yield from ((subject, "lacks its other form") for subject in _alone(subjects))
    for claim in ("repository_id", "repository_owner_id"):
        if not claims.get(claim):
            yield None, f"does not ask for {claim}: a name can be taken over"


def _strange(subjects: list[str]) -> list[str]:
    return [subject for subject in subjects if not PLAIN.fullmatch(subject) and not IMMUTABLE.fullmatch(subject)]


def _alone(subjects: list[str]) -> list[str]:
    """Return the subjects that are there in one form only; GitHub sends one or the other."""
    plain = {_meaning(found): subject for subject in subjects if (found := PLAIN.fullmatch(subject))}
    fixed = {_meaning(found): subject for subject in subjects if (found := IMMUTABLE.fullmatch(subject))}
    return [subject for meaning, subject in (plain | fixed).items() if (meaning in plain) != (meaning in fixed)]


def _meaning(found: re.Match[str]) -> tuple[str, str, str]:
    return found["owner"], found["repo"], found["what"]


class KnownByNumber(Property, row="Modelyard.repository-ids"):
    """GitHub's roles know the repository by its number; a plan only says so, an `up` refuses."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in _github(item):
            for claim in ("repository_id", "repository_owner_id"):
                if "0" in [str(value) for value in _claims(one, "StringEquals").get(claim, [])]:
                    yield Breach("assumeRolePolicy", f"{claim}: 0", "is not a number that GitHub gives")
