"""What a service finds when it comes: the outputs of the layers below, by name."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose service, and where.

    Attributes:
        key_arn: The data key: images, secrets and the store are encrypted with it.
        logs_key_arn: The key of log groups.
        topics: ARNs of topics that alarms are published to.
    """

    project: str
    env: str
    account: str
    region: str
    vpc_id: pulumi.Input[str]
    subnets: pulumi.Input[Sequence[pulumi.Input[str]]]
    key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    store_policy_arn: pulumi.Input[str]
    topics: Sequence[pulumi.Input[str]] = ()
    production: bool = False


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of it, and how a new image rolls out; the words of `environments.ENV.service` in platform.yaml."""

    cpu: int
    memory_mb: int
    min_tasks: int
    max_tasks: int
    target_cpu_percent: float
    canary_percent: float
    canary_minutes: int
    bake_minutes: int
    p99_ms: float
    error_percent: float


@dataclass(frozen=True, kw_only=True)
class Front:
    """The shared ECS cluster and load balancer of the layer `serving`.

    `priority` is that of the service's rule; None: from the project's name.
    """

    cluster_arn: pulumi.Input[str]
    cluster_name: pulumi.Input[str]
    listener_arn: pulumi.Input[str]
    balancer_suffix: pulumi.Input[str]
    balancer_group_id: pulumi.Input[str]
    public: bool = False
    priority: int | None = None
