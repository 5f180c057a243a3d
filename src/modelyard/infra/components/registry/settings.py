"""How large a registry is, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the database and the server are, and which releases they run."""

    instance_class: str
    postgres: str
    storage_gb: int
    max_storage_gb: int
    multi_az: bool
    backup_days: int
    cpu: int
    memory_mb: int
    min_tasks: int
    max_tasks: int
    image: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """The network it stands in: clients come from the group `client`, or from `cidrs`."""

    vpc_id: pulumi.Input[str]
    private_subnet_ids: pulumi.Input[Sequence[str]]
    isolated_subnet_ids: pulumi.Input[Sequence[str]]
    log_bucket: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    log_days: int
    cidrs: Sequence[str]
    hosts: Sequence[str]
    host: str | None
    zone_id: str | None
