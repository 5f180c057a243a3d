"""Who may become a role: one GitHub repository, in named situations, proved by name and by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from modelyard.infra.components.account.oidc import AUDIENCE, HOST
from modelyard.infra.components.documents import allow, document


@dataclass(frozen=True, kw_only=True)
class GithubRepository:
    """A repository by name and by number; the numbers survive a name that is given up and taken by somebody else."""

    owner: str
    owner_id: int
    name: str
    repository_id: int


def subjects(repository: GithubRepository, situations: Sequence[str]) -> list[str]:
    """Return the subjects of both forms: by name, and with the numbers.

    Repositories made or renamed since 2026-07-15 send only the second (GitHub changelog, 2026-04-23).
    """
    plain = f"{repository.owner}/{repository.name}"
    numbered = f"{repository.owner}@{repository.owner_id}/{repository.name}@{repository.repository_id}"
    return [f"repo:{form}:{situation}" for situation in situations for form in (plain, numbered)]


def trust(provider: pulumi.Input[str], repository: GithubRepository, situations: Sequence[str]) -> pulumi.Output[str]:
    """Return a trust policy that compares whole values: there is no wildcard in it.

    With numbers of 0 (not known yet) nobody can become the role.
    """
    claims: Mapping[str, Any] = {
        f"{HOST}:aud": AUDIENCE,
        f"{HOST}:sub": subjects(repository, situations),
        f"{HOST}:repository_id": str(repository.repository_id),
        f"{HOST}:repository_owner_id": str(repository.owner_id),
    }
    condition = {"StringEquals": claims}
    principal = {"Federated": provider}
    return document([allow("Github", ["sts:AssumeRoleWithWebIdentity"], (), principal=principal, condition=condition)])
