"""What serves predictions in one environment: the shared front, and the service of each ML repository."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform import fargate
from modelyard.infra.platform.words import LogDays, Percent, Ranges

_CERTIFICATE = 64  # characters of the first name (ACM, RequestCertificate; RFC 5280)


class Domain(Section):
    """A Route 53 zone in this account; certificates are validated through it."""

    name: str = Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$", examples=["ml.example.com"])
    zone_id: str = Field(pattern=r"^Z[A-Z0-9]{5,31}$")

    @field_validator("name")
    @classmethod
    def _fits_a_certificate(cls, name: str) -> str:
        if len(f"registry.{name}") > _CERTIFICATE:
            raise ValueError(f"with `registry.` before it, a certificate takes {_CERTIFICATE} characters at most")
        return name


class Serving(Section):
    """ECS cluster and load balancer that all services of the environment share."""

    public: bool = Field(False, description="Predictions can be asked for from the internet; needs a domain and auth.")
    log_days: LogDays = 90
    deletion_protection: bool = False
    allowed_cidrs: Ranges = Field((), description="Further ranges that may ask, when not public.")
    requests_per_5_minutes: int = Field(
        2000, ge=100, le=2_000_000_000, description="Of one address, before the firewall stops it."
    )


class Service(fargate.TaskSize):
    """The service of an ML repository."""

    backend: Literal["ecs", "kubernetes"] = "ecs"
    auth: Literal["none", "token", "jwt"] = Field("none", description="As in `serving.auth` of modelyard.yaml.")
    cpu: int = 512
    memory_mb: int = 1024
    min_tasks: int = Field(1, ge=1)
    max_tasks: int = Field(2, ge=1, le=200)
    target_cpu_percent: Percent = 60
    canary_percent: Percent = Field(
        10, ge=0.1, description="Share of the first step when a new image rolls out; in tenths."
    )
    canary_minutes: int = Field(10, ge=1, le=1440)
    bake_minutes: int = Field(10, ge=1, le=1440)
    keep_images: int = Field(20, ge=2, le=1000)
    p99_ms: float = Field(500, gt=0, allow_inf_nan=False, description="Alarm when the p99 stays above it.")
    error_percent: Percent = 1

    @field_validator("canary_percent")
    @classmethod
    def _in_tenths(cls, percent: float) -> float:
        if abs(percent * 10 - round(percent * 10)) > 1e-9:
            raise ValueError("ECS takes 0.1 to 100 in steps of 0.1")
        return percent

    @model_validator(mode="after")
    def _fits(self) -> "Service":
        fargate.check(self)
        return self
