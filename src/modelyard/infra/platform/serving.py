"""What serves predictions in one environment: the shared front, and the service of each ML repository."""

from typing import Literal

from pydantic import Field, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform import fargate
from modelyard.infra.platform.words import LogDays, Percent, PrivateCidr


class Domain(Section):
    """A Route 53 zone in this account; certificates are validated through it."""

    name: str = Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$", examples=["ml.example.com"])
    zone_id: str = Field(pattern=r"^Z[A-Z0-9]{5,31}$")


class Serving(Section):
    """ECS cluster and load balancer that all services of the environment share."""

    public: bool = Field(False, description="Predictions can be asked for from the internet; needs a domain and auth.")
    log_days: LogDays = 90
    deletion_protection: bool = False
    allowed_cidrs: tuple[PrivateCidr, ...] = Field((), description="Further ranges that may ask, when not public.")
    requests_per_5_minutes: int = Field(2000, ge=100, description="Of one address, before the firewall stops it.")


class Service(fargate.TaskSize):
    """The service of an ML repository."""

    backend: Literal["ecs", "kubernetes"] = "ecs"
    auth: Literal["none", "token", "jwt"] = Field("none", description="As in `serving.auth` of modelyard.yaml.")
    cpu: int = 512
    memory_mb: int = 1024
    min_tasks: int = Field(1, ge=1)
    max_tasks: int = Field(2, ge=1, le=200)
    target_cpu_percent: Percent = 60
    canary_percent: Percent = Field(10, description="Share of the first step when a new image rolls out.")
    canary_minutes: int = Field(10, ge=1, le=1440)
    bake_minutes: int = Field(10, ge=1, le=1440)
    keep_images: int = Field(20, ge=2, le=1000)
    p99_ms: float = Field(500, gt=0, description="Alarm when the p99 stays above it.")
    error_percent: Percent = 1

    @model_validator(mode="after")
    def _fits(self) -> "Service":
        fargate.check(self)
        return self
