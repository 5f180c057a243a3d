"""The value types of `platform.yaml`, each with the rule that AWS or GitHub puts on it."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

EnvName = Literal["dev", "staging", "prod"]
ENVIRONMENTS: tuple[EnvName, ...] = ("dev", "staging", "prod")
# what `modelyard new` writes while it is not known: a plan works with them and says so, an `up` refuses
NO_ACCOUNT = "000000000000"
UNKNOWN_OWNER = "OWNER"


def _cidr(text: str) -> str:
    network = ipaddress.ip_network(text)  # ValueError names host bits and nonsense alike
    if network.version != 4:
        raise ValueError("must be an IPv4 range such as 10.20.0.0/16")
    return str(network)


def _private_cidr(text: str) -> str:
    network = ipaddress.IPv4Network(_cidr(text))
    if not any(network.subnet_of(ipaddress.IPv4Network(block)) for block in _PRIVATE):
        raise ValueError(f"must lie in a private range: {', '.join(_PRIVATE)}")
    return str(network)


def _ordinary(region: str) -> str:
    partition = next((name for start, name in _PARTITIONS.items() if region.startswith(start)), None)
    if partition is not None:
        raise ValueError(f"lies in the partition {partition}; roles, policies and endpoints are written for `aws` only")
    return region


def _not_taken(name: str) -> str:
    """Refuse a beginning that AWS keeps for itself in names of buckets, security groups or load balancers."""
    taken = next((start for start in _TAKEN if f"{name}-".startswith(start)), None)
    if taken is not None:
        raise ValueError(f"may not begin with {taken}: AWS keeps that for itself")
    return name


_TAKEN = ("amzn-s3-demo-", "internal-", "sg-", "sthree-", "xn--")
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
# how regions begin that have ARNs and endpoints of their own (IAM user guide, ARN format: partitions)
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}

# [0-9] and never \d in a pattern: pydantic takes the digits of every script for one
Cidr = Annotated[str, AfterValidator(_cidr)]
PrivateCidr = Annotated[str, AfterValidator(_private_cidr)]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$", description="Twelve digits, quoted: YAML would drop a zero.")]
Region = Annotated[
    str, Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$", examples=["eu-west-1"]), AfterValidator(_ordinary)
]
# 20 leaves room for environment, purpose and account number in a bucket's 63 characters
PlatformName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20), AfterValidator(_not_taken)
]
# also names what it has on Kubernetes, where no name ends in a hyphen
ProjectName = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"), AfterValidator(_not_taken)]


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is there twice")
    return values


# each is a rule of one security group, which has sixty at most (VPC user guide, quotas)
Ranges = Annotated[tuple[PrivateCidr, ...], Field(max_length=50), AfterValidator(_each_once)]
Arn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{0,12}:.+$")]
SecretArn = Annotated[
    str, Field(pattern=r"^arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$")
]
# whom EKS lets in: a role or a user, never a session or the account itself (EKS user guide, access entries)
PrincipalArn = Annotated[str, Field(pattern=r"^arn:aws:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/-]+$")]
Email = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$")]  # one, and without its owner's name
Emails = Annotated[tuple[Email, ...], AfterValidator(_each_once)]
Days = Annotated[int, Field(ge=1, le=3650)]
Percent = Annotated[float, Field(gt=0, le=100)]
# what CloudWatch Logs accepts (PutRetentionPolicy)
LogDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
