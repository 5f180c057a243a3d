"""What the account may have at most, against what the configuration asks for.

Codes and defaults: Service Quotas, as listed in the services' own documentation. A new account has 0 GPUs.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modelyard.errors import OutsideError
from modelyard.infra import answers, aws
from modelyard.infra.answers import Answer, Page
from modelyard.infra.components.tags import PREFIX
from modelyard.infra.doctor.check import Check
from modelyard.infra.platform import EnvName, Platform
from modelyard.infra.platform.cluster import GpuPool

_RUNNERS = {"small": "L-9D07B6EF", "medium": "L-2DC20C30", "large": "L-4DDC4A99", "xlarge": "L-04E5CA62"}
# (families that begin so) x (spot?) -> name, code
_ACCELERATED = {
    ("g", False): ("On-Demand G and VT vCPUs", "L-DB2E81BA"),
    ("g", True): ("Spot G and VT vCPUs", "L-3819A6DF"),
    ("p", False): ("On-Demand P vCPUs", "L-417A185B"),
    ("p", True): ("Spot P vCPUs", "L-7212CCBC"),
}
_SMALLEST_VCPUS = {"g": 4, "p": 8}  # of an instance with one GPU


class _Tag(Answer):
    key: str
    value: str


class _Tagged(Answer):
    tags: tuple[_Tag, ...] = ()


class _Vpcs(Page):
    vpcs: tuple[_Tagged, ...]


class _Addresses(Answer):
    addresses: tuple[_Tagged, ...]


class _Value(Answer):
    value: float


class _Quota(Answer):
    quota: _Value


@dataclass(frozen=True)
class Need:
    """Below `least` the platform does not work at all; below `most` not at its configured ceiling."""

    name: str
    service: str
    code: str
    least: float
    most: float
    why: str


def look(platform: Platform, env: EnvName) -> Iterator[Check]:
    """Check every quota that this environment needs."""
    region = platform.region_of(env)
    client = aws.client("service-quotas", region)
    for need in needs(platform, env, _others(platform, env, region)):
        yield _judged(need, _value(client, need), region)


def needs(platform: Platform, env: EnvName, others: tuple[int, int] = (0, 0)) -> list[Need]:
    """Return what an environment needs; `others` are VPCs and addresses in the region that are not its own."""
    here = platform.environments[env]
    found = _tasks(platform, env)
    if here.network.vpc is None:
        ways = {"none": 0, "single": 1, "per_zone": here.network.zones}[here.network.nat]
        found.append(_plain("VPCs", "vpc", "L-F678F1CE", others[0] + 1, f"{others[0]} others and this one"))
        if ways:
            why = f"{others[1]} others and {ways} of the NAT gateways"
            found.append(_plain("Elastic IPs", "ec2", "L-0263D0A3", others[1] + ways, why))
    if here.ci.enabled:
        why = f"ci.concurrency {here.ci.concurrency}"
        code = _RUNNERS[here.ci.compute]
        name = f"CodeBuild {here.ci.compute} builds at once"
        found.append(Need(name, "codebuild", code, 1, here.ci.concurrency, why))
    if platform.kubernetes_in(env):
        found += [need for pool in here.training.pools for need in _gpus(pool)]
    return list({need.code: need for need in sorted(found, key=lambda n: n.most)}.values())


def _plain(name: str, service: str, code: str, count: int, why: str) -> Need:
    return Need(name, service, code, count, count, why)


def _tasks(platform: Platform, env: EnvName) -> list[Need]:
    """Fargate counts vCPUs of all tasks; a canary runs the new service beside the old one, at full size."""
    here = platform.environments[env]
    registry, service = here.registry, here.service
    served = len(platform.served) if service.backend == "ecs" else 0
    least = registry.min_tasks * registry.cpu + 2 * served * service.min_tasks * service.cpu
    most = registry.max_tasks * registry.cpu + 2 * served * service.max_tasks * service.cpu
    why = f"registry and {served} services, doubled while an image rolls out"
    return [Need("Fargate vCPUs", "fargate", "L-3032A538", math.ceil(least / 1024), math.ceil(most / 1024), why)]


def _gpus(pool: GpuPool) -> Iterator[Need]:
    for letter in sorted({"p" if family.startswith("p") else "g" for family in pool.families}):
        for spot in sorted({capacity == "spot" for capacity in pool.capacity}):
            name, code = _ACCELERATED[letter, spot]
            why = f"training pool {pool.name}: families {', '.join(pool.families)}"
            yield Need(name, "ec2", code, _SMALLEST_VCPUS[letter], pool.max_cpus, why)


def _others(platform: Platform, env: EnvName, region: str) -> tuple[int, int]:
    ec2 = aws.client("ec2", region)
    vpcs = [vpc for page in answers.pages(_Vpcs, "listing VPCs", ec2.describe_vpcs) for vpc in page.vpcs]
    addresses = answers.ask(_Addresses, "listing addresses", ec2.describe_addresses).addresses
    foreign = [sum(not _ours(each, platform, env) for each in found) for found in (vpcs, addresses)]
    return foreign[0], foreign[1]


def _ours(found: _Tagged, platform: Platform, env: EnvName) -> bool:
    tags = {tag.key: tag.value for tag in found.tags}
    return (tags.get(f"{PREFIX}project"), tags.get(f"{PREFIX}env")) == (platform.name, env)


def _value(client: Any, need: Need) -> float | None:  # noqa: ANN401
    """Return what applies to this account, else the default; None where the service names neither."""
    what = f"reading the quota {need.code}"
    for call in (client.get_service_quota, client.get_aws_default_service_quota):
        try:
            return answers.ask(_Quota, what, call, ServiceCode=need.service, QuotaCode=need.code).quota.value
        except OutsideError as error:
            if error.code != "not_found":
                raise
    return None


def _judged(need: Need, value: float | None, region: str) -> Check:
    name, wanted = f"quota {need.name}", f"{need.most:g} ({need.why}); at least {need.least:g}"
    if value is None:
        fix = f"Look at {_link(need, region)}"
        return Check(name=name, status="warn", found="not named by Service Quotas here", need=wanted, fix=fix)
    status = "fail" if value < need.least else "warn" if value < need.most else "ok"
    fix = "" if status == "ok" else _ask(need, region)
    return Check(name=name, status=status, found=f"{value:g}", need=wanted, fix=fix)


def _ask(need: Need, region: str) -> str:
    command = (
        f"aws service-quotas request-service-quota-increase --region {region} --service-code {need.service} "
        f"--quota-code {need.code} --desired-value {need.most:g}"
    )
    return f"Ask for {need.code}: {_link(need, region)} or {command}"


def _link(need: Need, region: str) -> str:
    home = "https://console.aws.amazon.com/servicequotas/home/services"
    return f"{home}/{need.service}/quotas/{need.code}?region={region}"
