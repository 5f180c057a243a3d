"""What an AWS account needs once: GitHub's identity, roles, guard rails, budgets."""

import pulumi

from modelyard.infra.components import account, names
from modelyard.infra.platform.layers import AccountLayer
from modelyard.infra.platform.stack import read

settings = read(AccountLayer)
wide, github = settings.account_wide, settings.github
provider = account.GithubProvider(
    "github",
    account.GithubProviderArgs(account=settings.account, adopt=not settings.home or wide.oidc_provider == "adopt"),
)
home = names.physical(settings.platform, settings.region, "", 55)
boundaries = account.Boundaries("boundary", account.BoundariesArgs(prefix=home, workflows=bool(settings.repositories)))
if wide.guard_rails:
    contact = wide.security_contact
    account.GuardRails(
        "guards",
        account.GuardRailsArgs(
            analyzer=f"{home}-analyzer",
            region=settings.region,
            account=settings.account,
            home=settings.home,
            contact=account.Contact(**contact.model_dump()) if contact else None,
        ),
    )
for env, budget in settings.budgets.items() if settings.home else ():
    wanted = budget.model_dump() | {"emails": budget.emails or settings.alarm_emails.get(env, ())}
    account.Spend(env, account.SpendArgs(name=names.physical(settings.platform, env, "budget"), env=env, **wanted))
roles = {
    (repository.name, env): account.RepositoryRoles(
        f"{repository.name}-{env}",
        account.RepositoryRolesArgs(
            platform=settings.platform,
            project=repository.name,
            env=env,
            account=settings.account,
            region=settings.region,
            repository=account.GithubRepository(
                owner=github.owner,
                owner_id=github.owner_id,
                name=repository.github,
                repository_id=repository.repository_id,
            ),
            provider_arn=provider.arn,
            boundary_arn=boundaries.workload_arn,
            apply_boundary_arn=boundaries.apply_arn,
            state_bucket=settings.state_bucket,
        ),
    )
    for repository in settings.repositories
    for env in settings.environments
}
projects = [repository.name for repository in settings.repositories]
pulumi.export("roles", {name: {env: roles[name, env].names for env in settings.environments} for name in projects})
pulumi.export("role_arns", {name: {env: roles[name, env].arns for env in settings.environments} for name in projects})
pulumi.export("boundary_arn", boundaries.workload_arn)
pulumi.export("oidc_provider_arn", provider.arn)
