"""What must hold between the parts of a platform, beyond what each part checks for itself."""

from modelyard.infra.platform.accelerators import SMALLEST
from modelyard.infra.platform.clashes import clashes, overlap, vpc_range
from modelyard.infra.platform.environment import Environment
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.presets import TWO_ZONES
from modelyard.infra.platform.words import NO_ACCOUNT, UNKNOWN_OWNER, EnvName

_NO_WRITER = (
    "the agent that writes to it runs in the cluster, and there is none; leave it out (CloudWatch has the numbers of "
    "services on ECS), or take kubernetes: true"
)
_BUDGET_EMAILS = 10  # AWS Budgets, subscribers of a notification


def problems(platform: Platform) -> list[str]:
    """Return one line per problem: dotted path, what is wrong, and the value."""
    found = [*clashes(platform), *_exceptions(platform)]
    if platform.mode == "shared" and not platform.served:
        found.append("repositories: mode `shared` runs only the project layer, so one repository must be named")
    for name, environment in platform.environments.items():
        found += [f"environments.{name}.{line}" for line in _environment(environment)]
        found += [f"environments.{name}.{line}" for line in _cluster(environment, platform.kubernetes_in(name))]
        found += [f"environments.{name}.{line}" for line in _ways_out(environment, platform.kubernetes_in(name))]
        found += [f"environments.{name}.{line}" for line in _elsewhere(platform, name)]
        found += _regions(platform, name, environment)
        if environment.monitoring.prometheus and not platform.kubernetes_in(name):
            found.append(f"environments.{name}.monitoring.prometheus: {_NO_WRITER}")
        if platform.kubernetes_in(name) and not (platform.repositories or environment.cluster.admins):
            found.append(f"environments.{name}.cluster.admins: without a repository, name a role that administers it")
    return found


def warnings(platform: Platform, env: EnvName) -> list[str]:
    """Return what will not stop a plan, but an `up` or a workflow later."""
    lines, environment = [*_placeholders(platform, env), *_unknown_regions(platform, env)], platform.environments[env]
    if platform.mode == "shared":
        return lines
    lines += _unknown_families(platform, env)
    unknown = [repository.name for repository in platform.repositories if repository.repository_id == 0]
    if unknown:
        lines.append(f"repository_id is 0 for {', '.join(unknown)}: `up` of layer account refuses until it is known")
    if not (environment.budget.emails or environment.monitoring.emails):
        lines.append(f"environments.{env}.monitoring.emails is empty: nobody is told of alarms and budgets")
    if environment.monitoring.prometheus and environment.service.backend == "ecs":
        lines.append(f"environments.{env}.monitoring.prometheus: has nothing of models on ECS; CloudWatch has that")
    if environment.ci.enabled and not environment.ci.authorised and environment.ci.connection_arn is None:
        lines.append(f"environments.{env}.ci.authorised is false: the runners get no jobs until GitHub is connected")
    return lines


def _unknown_regions(platform: Platform, env: EnvName) -> list[str]:
    """Return the regions that the installed provider has never heard of: misspelt, or newer than it."""
    from pulumi_aws import Region

    known = {region.value for region in Region}
    regions = {platform.region_of(env), platform.environments[env].lake.replicate_to} - {None}
    return [
        f"{region} is no region that the installed provider knows: is it spelt right?" for region in regions - known
    ]


def _unknown_families(platform: Platform, env: EnvName) -> list[str]:
    """Return the families of machines that are not in our table: misspelt, or newer than it."""
    pools = platform.environments[env].training.pools if platform.kubernetes_in(env) else ()
    return [
        f"environments.{env}.training.pools.{number}.families: {family} is none that this modelyard knows; "
        "misspelt, the pool would never buy a machine of it"
        for number, pool in enumerate(pools)
        for family in pool.families
        if family not in SMALLEST
    ]


def _placeholders(platform: Platform, env: EnvName) -> list[str]:
    lines = []
    if platform.account_of(env) == NO_ACCOUNT:
        key = "account" if platform.environments[env].account is None else f"environments.{env}.account"
        lines.append(f"{key} is {NO_ACCOUNT}, which is nobody's: `up` and `bootstrap` refuse until it is yours")
    if platform.github.owner == UNKNOWN_OWNER:
        lines.append(f"nobody says where the repository is on GitHub: its roles would trust {UNKNOWN_OWNER}")
    if platform.github.owner_id == 0:
        lines.append("github.owner_id is 0: no workflow can take a role yet; `modelyard github setup` fills it in")
    return lines


def _exceptions(platform: Platform) -> list[str]:
    return [
        f"exceptions.{number}.environments: {name} is no environment of this platform"
        for number, exception in enumerate(platform.exceptions)
        for name in exception.environments
        if name not in platform.environments
    ]


def _environment(environment: Environment) -> list[str]:
    lines = []
    if environment.serving.public and environment.domain is None:
        lines.append("serving.public: needs `domain` (name and zone_id) for its certificate")
    if environment.serving.public and environment.service.auth == "none":
        lines.append("serving.public: needs `service.auth` token or jwt; nobody should ask a public model unnamed")
    if environment.network.vpc and environment.serving.public and len(environment.network.vpc.public_subnets) < 2:
        lines.append("serving.public: needs two `network.vpc.public_subnets`")
    told = environment.budget.emails or environment.monitoring.emails
    if len(told) > _BUDGET_EMAILS:
        lines.append(f"budget.emails: a budget tells {_BUDGET_EMAILS} at most, not {len(told)}; name those here")
    return lines


def _cluster(environment: Environment, kubernetes: bool) -> list[str]:
    lines, vpc = [], vpc_range(environment)
    if kubernetes and overlap(vpc, environment.cluster.service_cidr):
        lines.append(f"cluster.service_cidr: {environment.cluster.service_cidr} overlaps the network's {vpc}")
    if environment.serving.public and environment.service.backend == "kubernetes":
        lines.append(
            "serving.public: a service on Kubernetes is asked from inside its cluster only, and the load balancer "
            "would lead nowhere; take service.backend: ecs, or public: false"
        )
    return lines


def _ways_out(environment: Environment, kubernetes: bool) -> list[str]:
    """Return what needs the internet where there is none."""
    if environment.network.nat != "none" or environment.network.vpc is not None:
        return []
    lines = []
    if environment.ci.enabled:
        lines.append("ci.enabled: runners need a way out to GitHub; choose network.nat single, or ci.enabled: false")
    if kubernetes:
        lines.append(
            "network.nat: none leaves the cluster's operators without their images, which come from the internet; "
            "choose single, or kubernetes: false"
        )
    return lines


def _elsewhere(platform: Platform, env: EnvName) -> list[str]:
    """Return what lies in another account or region, where the environment cannot use it."""
    environment, account, region = platform.environments[env], platform.account_of(env), platform.region_of(env)
    lines = []
    secret = environment.monitoring.github_token_secret
    if secret is not None and secret.split(":")[3:5] != [region, account]:
        lines.append(f"monitoring.github_token_secret: {secret} is not in account {account} and {region}")
    connection = environment.ci.connection_arn
    if connection is not None and connection.split(":")[4] != account:
        lines.append(f"ci.connection_arn: {connection} is not in account {account}")
    return lines


def _regions(platform: Platform, name: EnvName, environment: Environment) -> list[str]:
    lines = []
    region = environment.region or platform.region
    if region in TWO_ZONES and environment.network.vpc is None and environment.network.zones > 2:
        lines.append(f"environments.{name}.network.zones: {region} has two zones that EKS takes; write 2")
    if environment.lake.replicate_to == region:
        lines.append(f"environments.{name}.lake.replicate_to: {region} is the region the lake is in")
    if environment.service.backend == "kubernetes" and not platform.kubernetes_in(name):
        lines.append(f"environments.{name}.service.backend: kubernetes is switched off in {name}")
    return lines
