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


_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")

Cidr = Annotated[str, AfterValidator(_cidr)]
PrivateCidr = Annotated[str, AfterValidator(_private_cidr)]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$", description="Twelve digits, quoted: YAML would drop a zero.")]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", examples=["eu-west-1"])]
# 20 leaves room for environment, purpose and account number in a bucket's 63 characters
PlatformName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20)]
ProjectName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Arn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:.+$")]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Days = Annotated[int, Field(ge=1, le=3650)]
Percent = Annotated[float, Field(gt=0, le=100)]
# what CloudWatch Logs accepts (PutRetentionPolicy)
LogDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
