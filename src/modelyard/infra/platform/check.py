"""What must hold between the parts of a platform, beyond what each part checks for itself."""

import ipaddress
from itertools import combinations

from modelyard.infra.platform.environment import Environment
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.words import NO_ACCOUNT, UNKNOWN_OWNER, EnvName


def problems(platform: Platform) -> list[str]:
    """Return one line per problem: dotted path, what is wrong, and the value."""
    found = [*_ranges(platform), *_repositories(platform), *_exceptions(platform)]
    for name, environment in platform.environments.items():
        found += [f"environments.{name}.{line}" for line in _environment(environment)]
        found += _regions(platform, name, environment)
        if platform.kubernetes_in(name) and not (platform.repositories or environment.cluster.admins):
            found.append(f"environments.{name}.cluster.admins: without a repository, name a role that administers it")
    return found


def warnings(platform: Platform, env: EnvName) -> list[str]:
    """Return what will not stop a plan, but an `up` or a workflow later."""
    lines, environment = _placeholders(platform, env), platform.environments[env]
    if platform.mode == "shared":
        return lines
    unknown = [repository.name for repository in platform.repositories if repository.repository_id == 0]
    if unknown:
        lines.append(f"repository_id is 0 for {', '.join(unknown)}: `up` of layer account refuses until it is known")
    if not (environment.budget.emails or environment.monitoring.emails):
        lines.append(f"environments.{env}.monitoring.emails is empty: nobody is told of alarms and budgets")
    if environment.monitoring.prometheus:
        lines.append(f"environments.{env}.monitoring.prometheus: nothing writes to it before you set up a remote write")
    if environment.ci.enabled and not environment.ci.authorised and environment.ci.connection_arn is None:
        lines.append(f"environments.{env}.ci.authorised is false: the runners get no jobs until GitHub is connected")
    return lines


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


def vpc_range(environment: Environment) -> str:
    """Return the range that an environment's VPC has, its own or one that exists."""
    vpc = environment.network.vpc
    return vpc.cidr if vpc else environment.network.cidr


def overlap(one: str, other: str) -> bool:
    """Tell whether two ranges share an address."""
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))


def _ranges(platform: Platform) -> list[str]:
    ranges = {name: vpc_range(environment) for name, environment in platform.environments.items()}
    shared = {
        (a, b)
        for a, b in combinations(ranges, 2)
        if platform.environments[a].network.vpc
        and platform.environments[a].network.vpc == platform.environments[b].network.vpc
    }
    return [
        f"environments.{b}.network.cidr: {ranges[b]} overlaps environments.{a}.network.cidr {ranges[a]}; "
        "they could never be connected"
        for a, b in combinations(ranges, 2)
        if (a, b) not in shared and overlap(ranges[a], ranges[b])
    ]


def _repositories(platform: Platform) -> list[str]:
    names = [repository.name for repository in platform.repositories]
    remote = [repository.github for repository in platform.repositories]
    lines = [f"repositories: two are called {name!r}" for name in sorted(set(names)) if names.count(name) > 1]
    lines += [f"repositories: two are {name!r} on GitHub" for name in sorted(set(remote)) if remote.count(name) > 1]
    if platform.mode == "shared" and not platform.served:
        lines.append("repositories: mode `shared` runs only the project layer, so one repository must be named")
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
    vpc = vpc_range(environment)
    if overlap(vpc, environment.cluster.service_cidr):
        lines.append(f"cluster.service_cidr: {environment.cluster.service_cidr} overlaps the network's {vpc}")
    if environment.serving.public and environment.domain is None:
        lines.append("serving.public: needs `domain` (name and zone_id) for its certificate")
    if environment.serving.public and environment.service.auth == "none":
        lines.append("serving.public: needs `service.auth` token or jwt; nobody should ask a public model unnamed")
    if environment.network.vpc and environment.serving.public and len(environment.network.vpc.public_subnets) < 2:
        lines.append("serving.public: needs two `network.vpc.public_subnets`")
    if environment.ci.enabled and environment.network.nat == "none" and environment.network.vpc is None:
        lines.append("ci.enabled: runners need a way out to GitHub; choose network.nat single, or ci.enabled: false")
    return lines


def _regions(platform: Platform, name: str, environment: Environment) -> list[str]:
    lines = []
    region = environment.region or platform.region
    if environment.lake.replicate_to == region:
        lines.append(f"environments.{name}.lake.replicate_to: {region} is the region the lake is in")
    kubernetes = platform.kubernetes if environment.kubernetes is None else environment.kubernetes
    if environment.service.backend == "kubernetes" and not kubernetes:
        lines.append(f"environments.{name}.service.backend: kubernetes is switched off in {name}")
    return lines
