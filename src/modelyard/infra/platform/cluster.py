"""Kubernetes and the GPU pools of one environment."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform.words import Arn, Cidr, LogDays, PrivateCidr


class Cluster(Section):
    """EKS Auto Mode."""

    version: str = Field("1.36", pattern=r"^1\.\d{2}$")
    public_access_cidrs: tuple[Cidr, ...] = Field((), description="Who may reach the API from outside; empty: nobody.")
    service_cidr: PrivateCidr = "172.20.0.0/16"
    admins: tuple[Arn, ...] = Field((), description="IAM roles that administer the cluster, besides `apply`.")
    log_days: LogDays = 90
    deletion_protection: bool = False

    @field_validator("public_access_cidrs")
    @classmethod
    def _not_the_world(cls, ranges: tuple[str, ...]) -> tuple[str, ...]:
        if "0.0.0.0/0" in ranges:
            raise ValueError("0.0.0.0/0 would show the cluster to the whole internet; name your own addresses")
        return ranges


class GpuPool(Section):
    """One NodePool: what it may buy, and the ceiling on it."""

    name: str = Field("gpu", pattern=r"^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$")
    families: tuple[str, ...] = Field(("g5", "g6", "g6e"), min_length=1)
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


class Training(Section):
    """Where training jobs run, and how many accelerators they may take together."""

    pools: tuple[GpuPool, ...] = (GpuPool(),)
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
