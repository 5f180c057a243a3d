"""Kubernetes and the GPU pools of one environment."""

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform import accelerators
from modelyard.infra.platform.words import Cidr, LogDays, PrincipalArn, PrivateCidr

_OWN_POOLS = ("general-purpose", "system")  # those that EKS Auto Mode brings itself
# EKS user guide, cluster endpoint: 40 ranges, and none of the reserved ones
_MOST_RANGES, _WIDEST = 40, 8
_NOT_PUBLIC = tuple(
    ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


class Cluster(Section):
    """EKS Auto Mode."""

    version: str = Field("1.36", pattern=r"^1\.[0-9]{2}$")
    public_access_cidrs: tuple[Cidr, ...] = Field((), description="Who may reach the API from outside; empty: nobody.")
    service_cidr: PrivateCidr = Field("172.20.0.0/16", description="/12 to /24, outside of the VPC's range.")
    admins: tuple[PrincipalArn, ...] = Field((), description="IAM roles that administer the cluster, besides `apply`.")
    log_days: LogDays = 90
    deletion_protection: bool = False

    @field_validator("public_access_cidrs")
    @classmethod
    def _not_the_world(cls, ranges: tuple[str, ...]) -> tuple[str, ...]:
        networks = [ipaddress.IPv4Network(each) for each in ranges]
        wide = [str(each) for each in networks if each.prefixlen < _WIDEST]
        if wide:
            raise ValueError(f"{', '.join(wide)} is the whole internet, or a large part of it; name your own addresses")
        inner = [str(each) for each in networks if any(each.overlaps(block) for block in _NOT_PUBLIC)]
        if inner:
            raise ValueError(f"{', '.join(inner)} is private: nobody comes from there over the internet")
        if len(set(ranges)) < len(ranges) or len(ranges) > _MOST_RANGES:
            raise ValueError(f"{len(ranges)} ranges; each once, and {_MOST_RANGES} at most")
        return ranges

    @field_validator("service_cidr")
    @classmethod
    def _as_eks_takes_it(cls, cidr: str) -> str:
        network = ipaddress.IPv4Network(cidr)
        if not 12 <= network.prefixlen <= 24 or network.overlaps(_NOT_PUBLIC[-1]):
            raise ValueError("must be between /12 and /24, in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
        return cidr

    @field_validator("admins")
    @classmethod
    def _each_once(cls, admins: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(admins)) < len(admins):
            raise ValueError("one is there twice; EKS takes one entry for each")
        return admins


class GpuPool(Section):
    """One NodePool: what it may buy, and the ceiling on it."""

    name: str = Field("gpu", pattern=r"^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$")
    families: tuple[accelerators.Family, ...] = Field(("g5", "g6", "g6e"), min_length=1)
    capacity: tuple[Literal["reserved", "spot", "on-demand"], ...] = Field(("spot", "on-demand"), min_length=1)
    reservations: tuple[Annotated[str, Field(pattern=r"^cr-[0-9a-f]{8,17}$")], ...] = ()
    max_gpus: int = Field(4, ge=1, le=1000, description="The ceiling of its cost.")
    max_gpus_per_node: int = Field(4, ge=1, le=8)
    max_cpus: int = Field(192, ge=2)
    max_memory_gb: int = Field(768, ge=4)
    expire_hours: int = Field(336, ge=1, lt=480, description="With a day of grace under Auto Mode's 21 days.")

    @model_validator(mode="after")
    def _reserved_names_its_reservation(self) -> "GpuPool":
        if ("reserved" in self.capacity) != bool(self.reservations):
            raise ValueError("capacity `reserved` and `reservations` (cr-...) go together")
        return self

    @field_validator("name")
    @classmethod
    def _not_one_of_eks(cls, name: str) -> str:
        if name in _OWN_POOLS:
            raise ValueError("EKS Auto Mode has a pool of that name itself; take another")
        return name

    @field_validator("families", "capacity", "reservations")
    @classmethod
    def _each_once(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(named)) < len(named):
            raise ValueError("one is there twice")
        return named

    @model_validator(mode="after")
    def _machines_fit(self) -> "GpuPool":
        limits = accelerators.Machine(self.max_gpus, self.max_cpus, self.max_memory_gb)
        too_large = [accelerators.beyond(family, limits, self.max_gpus_per_node) for family in self.families]
        if any(too_large):
            raise ValueError("; ".join(filter(None, too_large)))
        return self


class Training(Section):
    """Where training jobs run, and how many accelerators they may take together."""

    pools: tuple[GpuPool, ...] = Field((GpuPool(),), max_length=15, description="A queue takes sixteen flavours.")
    cpu_quota: int = Field(64, ge=1, description="CPUs that all queued jobs may hold at once.")
    memory_quota_gb: int = Field(256, ge=1)
    gpu_metrics: bool = Field(True, description="DCGM exporter on the GPU nodes.")

    @model_validator(mode="after")
    def _pools_have_different_names(self) -> "Training":
        names = [pool.name for pool in self.pools]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two pools are called {', '.join(twice)}")
        return self
