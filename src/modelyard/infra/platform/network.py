"""The network of one environment."""

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from modelyard.config.section import Section
from modelyard.infra.platform.words import LogDays, PrivateCidr

# by its name behind com.amazonaws.REGION.; S3 and DynamoDB have gateways, which are free and always made
Endpoint = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*([.][a-z0-9-]+)*$")]
SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]


class ExistingVpc(Section):
    """A VPC that somebody else runs: nothing in it is changed, only used."""

    id: str = Field(pattern=r"^vpc-[0-9a-f]{8,17}$")
    cidr: PrivateCidr = Field(description="Its range: who may reach the registry inside is written with it.")
    private_subnets: tuple[SubnetId, ...] = Field(min_length=2, description="With a way out (NAT); in two zones.")
    public_subnets: tuple[SubnetId, ...] = ()
    isolated_subnets: tuple[SubnetId, ...] = Field((), description="For the database; default: the private ones.")

    @field_validator("cidr")
    @classmethod
    def _as_large_as_aws_has_them(cls, cidr: str) -> str:
        if not 16 <= ipaddress.IPv4Network(cidr).prefixlen <= 28:
            raise ValueError("must be between /16 and /28, as AWS's VPCs are")
        return cidr

    @field_validator("private_subnets", "public_subnets", "isolated_subnets")
    @classmethod
    def _each_in_another_zone(cls, subnets: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(subnets)) < len(subnets):
            raise ValueError("one subnet is there twice; each lies in another zone")
        if len(subnets) == 1:
            raise ValueError("needs two, in two zones: a database and a load balancer take no less")
        return subnets

    @model_validator(mode="after")
    def _public_is_public(self) -> "ExistingVpc":
        both = sorted({*self.private_subnets, *self.isolated_subnets} & {*self.public_subnets})
        if both:
            raise ValueError(f"{', '.join(both)} cannot be public and private at once")
        return self


class Network(Section):
    """VPC, subnets and ways out."""

    cidr: PrivateCidr = Field(description="Its range, /16 to /21; no two environments may overlap.")
    zones: Literal[2, 3] = 2
    nat: Literal["none", "single", "per_zone"] = "single"
    endpoints: tuple[Endpoint, ...] = Field(
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
        if any(service.startswith("com.amazonaws") for service in services):
            raise ValueError("leave out com.amazonaws.REGION., as in ecr.api")
        free = sorted({"s3", "dynamodb"}.intersection(services))
        if free:
            raise ValueError(f"{', '.join(free)} has a gateway, which is free and always made")
        return services

    @model_validator(mode="after")
    def _nothing_is_changed_in_an_existing_vpc(self) -> "Network":
        if self.vpc is not None and self.endpoints:
            raise ValueError("endpoints are not made in a VPC of somebody else; leave out `endpoints`, or `vpc`")
        return self

    @model_validator(mode="after")
    def _without_nat_there_must_be_endpoints(self) -> "Network":
        missing = [service for service in NEEDED_WITHOUT_NAT if service not in self.endpoints]
        if self.nat == "none" and self.vpc is None and missing:
            raise ValueError(f"nat: none needs the endpoints {', '.join(missing)}: tasks could not start without them")
        return self


# what a Fargate task and the runner call before their own work begins (ECS developer guide, VPC endpoints)
NEEDED_WITHOUT_NAT = ("ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "secretsmanager", "sts")
