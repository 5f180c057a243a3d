"""What two parts of a platform would both take: an address range, a name, a repository, a domain."""

import ipaddress
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations

from modelyard.infra.components import names as physical_names
from modelyard.infra.platform.environment import Environment
from modelyard.infra.platform.model import Platform, Repository
from modelyard.infra.platform.network import Network


def clashes(platform: Platform) -> Iterator[str]:
    """Yield one line per clash."""
    yield from _ranges(platform)
    yield from _repositories(platform)
    yield from _domains(platform)


def vpc_range(environment: Environment) -> str:
    """Return the range that an environment's VPC has, its own or one that exists."""
    return _range(environment.network)[1]


def overlap(one: str, other: str) -> bool:
    """Tell whether two ranges share an address."""
    return ipaddress.IPv4Network(one).overlaps(ipaddress.IPv4Network(other))


def _ranges(platform: Platform) -> Iterator[str]:
    networks = {name: environment.network for name, environment in platform.environments.items()}
    for a, b in combinations(networks, 2):
        one, other = _range(networks[a]), _range(networks[b])
        together = networks[a].vpc is not None and _vpc(networks[a]) == _vpc(networks[b])
        if together and one[1] != other[1]:
            yield (
                f"environments.{b}.network.{other[0]}: {_vpc(networks[b])} has {other[1]} here, but {one[1]} in "
                f"environments.{a}"
            )
        if not together and overlap(one[1], other[1]):
            yield (
                f"environments.{b}.network.{other[0]}: {other[1]} overlaps environments.{a}.network.{one[0]} {one[1]}; "
                "they could never be connected"
            )


def _range(network: Network) -> tuple[str, str]:
    """Return under which key a network's range is, and the range."""
    return ("cidr", network.cidr) if network.vpc is None else ("vpc.cidr", network.vpc.cidr)


def _vpc(network: Network) -> str | None:
    return None if network.vpc is None else network.vpc.id


def _repositories(platform: Platform) -> Iterator[str]:
    alike = "have one name on AWS, where hyphens are counted once; rename one"
    yield from _twice(platform, lambda r: r.name, "are called {0!r}")
    yield from _twice(platform, lambda r: physical_names.physical(r.name, "", ""), alike, different=True)
    # GitHub takes upper and lower case for the same
    yield from _twice(platform, lambda r: r.github.casefold(), "are {0!r} on GitHub")
    yield from _twice(platform, lambda r: r.repository_id or None, "have the repository_id {0}, which is one's own")


def _twice(
    platform: Platform, key: Callable[[Repository], object], what: str, *, different: bool = False
) -> Iterator[str]:
    groups: dict[object, list[Repository]] = defaultdict(list)
    for repository in platform.repositories:
        groups[key(repository)].append(repository)
    for value, found in groups.items():
        named = dict.fromkeys(each.name for each in found)
        if value is not None and len(named if different else found) > 1:
            whose = ", ".join(named) if len(named) > 1 else "two"
            yield f"repositories: {whose} {what.format(value)}"


def _domains(platform: Platform) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, environment in platform.environments.items():
        if environment.domain is None:
            continue
        other = first.setdefault(environment.domain.name, name)
        if other != name:
            called = environment.domain.name
            yield (
                f"environments.{name}.domain.name: {called} is that of {other} too, and registry.{called} can lead to "
                f"one of them only; take {name}.{called}"
            )
