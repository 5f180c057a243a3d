"""What each layer is told: one typed model for each, which is the config of its Pulumi program.

`stackfile` writes it, `stack.read` reads it back.
"""

from typing import Any

from pydantic import Field

from modelyard.config.section import Section
from modelyard.infra.platform.cluster import Cluster, Training
from modelyard.infra.platform.lake import Lake
from modelyard.infra.platform.model import AccountWide, Github, Repository
from modelyard.infra.platform.monitoring import Budget, Monitoring
from modelyard.infra.platform.network import Network
from modelyard.infra.platform.registry import Ci, Registry
from modelyard.infra.platform.serving import Domain, Service, Serving
from modelyard.infra.platform.words import AccountId, Email, EnvName, PlatformName, Region


class Stage(Section):
    """What every layer is told."""

    platform: PlatformName
    env: str
    region: Region
    account: AccountId
    tags: dict[str, str] = {}
    placeholders: dict[str, dict[str, Any]] = Field(
        {}, description="Outputs of layers that are not up yet; only `infra preview` sets them."
    )

    @property
    def production(self) -> bool:
        """People depend on it: several zones, deletion protection, long logs."""
        return self.env == "prod"

    @property
    def keeps_data(self) -> bool:
        """Data here must not be lost by mistake: what holds it is protected. A dev environment comes and goes."""
        return self.env != "dev"

    @property
    def owner(self) -> str:
        """Whose resources these are, for the tag `modelyard:project`."""
        return self.platform


class AccountLayer(Stage):
    """One per account and region."""

    home: bool = Field(description="This region also holds what the account has once: the OIDC provider, budgets.")
    github: Github
    repositories: tuple[Repository, ...] = ()
    environments: tuple[EnvName, ...]
    budgets: dict[EnvName, Budget]
    account_wide: AccountWide = AccountWide()
    alarm_emails: dict[EnvName, tuple[Email, ...]] = {}
    state_bucket: str = Field(description="Where Pulumi keeps its state; `plan` may read it.")


class NetworkLayer(Stage):
    """VPC."""

    network: Network


class LakeLayer(Stage):
    """Buckets, keys, catalogue."""

    lake: Lake
    repositories: tuple[Repository, ...] = ()


class RegistryLayer(Stage):
    """MLflow."""

    registry: Registry
    monitoring: Monitoring
    domain: Domain | None = None


class CiLayer(Stage):
    """Runners."""

    ci: Ci
    github: Github
    repositories: tuple[Repository, ...] = ()
    monitoring: Monitoring


class ClusterLayer(Stage):
    """EKS."""

    cluster: Cluster
    repositories: tuple[Repository, ...] = ()


class TrainingLayer(Stage):
    """GPU pools and queues."""

    training: Training
    monitoring: Monitoring
    repositories: tuple[Repository, ...] = ()


class ServingLayer(Stage):
    """ECS cluster and load balancer."""

    serving: Serving
    domain: Domain | None = None


class MonitoringLayer(Stage):
    """Alarms, dashboards, topics."""

    monitoring: Monitoring
    budget: Budget
    github: Github
    repositories: tuple[Repository, ...] = ()
    kubernetes: bool
    ci: Ci
    registry: Registry


class ProjectLayer(Stage):
    """The service of one ML repository."""

    project: str
    service: Service
    serving: Serving
    monitoring: Monitoring
    github: Github
    repository: Repository
    domain: Domain | None = None
    kubernetes: bool

    @property
    def owner(self) -> str:
        """The ML repository, not the platform."""
        return self.project
