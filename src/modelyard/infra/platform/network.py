"""The network of one environment."""

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform.words import LogDays, PrivateCidr

SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]


class ExistingVpc(Section):
    """A VPC that somebody else runs: nothing in it is changed, only used."""

    id: str = Field(pattern=r"^vpc-[0-9a-f]{8,17}$")
    cidr: PrivateCidr = Field(description="Its range: who may reach the registry inside is written with it.")
    private_subnets: tuple[SubnetId, ...] = Field(min_length=2, description="With a way out (NAT); in two zones.")
    public_subnets: tuple[SubnetId, ...] = ()
    isolated_subnets: tuple[SubnetId, ...] = Field((), description="For the database; default: the private ones.")


class Network(Section):
    """VPC, subnets and ways out."""

    cidr: PrivateCidr = Field(description="Its range, /16 to /21; no two environments may overlap.")
    zones: Literal[2, 3] = 2
    nat: Literal["none", "single", "per_zone"] = "single"
    endpoints: tuple[str, ...] = Field(
        (), description="Interface endpoints by service, such as ecr.api; each costs by the hour and zone."
    )
    flow_logs: bool = True
    flow_log_days: LogDays = 90
    vpc: ExistingVpc | None = Field(None, description="Use this VPC instead of making one.")

    @field_validator("cidr")
    @classmethod
    def _room_for_subnets(cls, cidr: str) -> str:
        if not 16 <= ipaddress.IPv4Network(cidr).prefixlen <= 21:
            raise ValueError("must be between /16 (AWS's largest VPC) and /21 (a load balancer needs a /27 per zone)")
        return cidr

    @field_validator("endpoints")
    @classmethod
    def _each_once(cls, services: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({service for service in services if services.count(service) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is there twice")
        return services

    @model_validator(mode="after")
    def _without_nat_there_must_be_endpoints(self) -> "Network":
        missing = [service for service in NEEDED_WITHOUT_NAT if service not in self.endpoints]
        if self.nat == "none" and self.vpc is None and missing:
            raise ValueError(f"nat: none needs the endpoints {', '.join(missing)}: tasks could not start without them")
        return self


# what a Fargate task and the runner call before their own work begins (ECS developer guide, VPC endpoints)
NEEDED_WITHOUT_NAT = ("ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "secretsmanager", "sts")
