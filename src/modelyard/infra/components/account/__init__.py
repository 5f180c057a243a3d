"""What an AWS account needs once: GitHub's identity, roles, guard rails, budgets."""

from modelyard.infra.components.account.boundary import Boundaries, BoundariesArgs
from modelyard.infra.components.account.deploy import task_roles
from modelyard.infra.components.account.guards import Contact, GuardRails, GuardRailsArgs
from modelyard.infra.components.account.oidc import GithubProvider, GithubProviderArgs
from modelyard.infra.components.account.roles import RepositoryRoles, RepositoryRolesArgs
from modelyard.infra.components.account.spend import Spend, SpendArgs
from modelyard.infra.components.account.trust import GithubRepository

__all__ = [
    "Boundaries",
    "BoundariesArgs",
    "Contact",
    "GithubProvider",
    "GithubProviderArgs",
    "GithubRepository",
    "GuardRails",
    "GuardRailsArgs",
    "RepositoryRoles",
    "RepositoryRolesArgs",
    "Spend",
    "SpendArgs",
    "task_roles",
]
