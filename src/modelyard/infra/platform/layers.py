"""The layers: their order, what each is told (one typed model per layer), and what their stacks are called.

A layer's model is the config of its Pulumi program: `stackfile` writes it, `stack.read` reads it back.
"""

from typing import Any

from pydantic import Field

from modelyard.config.section import Section
from modelyard.errors import RequestError
from modelyard.infra.components import names as physical_names
from modelyard.infra.platform.cluster import Cluster, Training
from modelyard.infra.platform.lake import Lake
from modelyard.infra.platform.model import AccountWide, Github, Platform, Repository
from modelyard.infra.platform.monitoring import Budget, Monitoring
from modelyard.infra.platform.network import Network
from modelyard.infra.platform.registry import Ci, Registry
from modelyard.infra.platform.serving import Domain, Service, Serving
from modelyard.infra.platform.words import AccountId, Email, EnvName, PlatformName, Region

SHARED = "shared"  # the `env` of the account layer, which several environments use


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
    repositories: tuple[Repository, ...] = ()


class ServingLayer(Stage):
    """ECS cluster and load balancer."""

    serving: Serving
    domain: Domain | None = None


class MonitoringLayer(Stage):
    """Alarms, dashboards, topics."""

    monitoring: Monitoring
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


LAYERS: dict[str, type[Stage]] = {
    "account": AccountLayer,
    "network": NetworkLayer,
    "lake": LakeLayer,
    "registry": RegistryLayer,
    "ci": CiLayer,
    "cluster": ClusterLayer,
    "training": TrainingLayer,
    "serving": ServingLayer,
    "monitoring": MonitoringLayer,
    "project": ProjectLayer,
}
KUBERNETES = ("cluster", "training")
_OF_MODELS = ("lake", "training")  # layers that a platform's own repository has no part in


def names(platform: Platform, env: EnvName) -> tuple[str, ...]:
    """Return the layers of an environment in the order in which they are put up."""
    left_out = {"ci"} - ({"ci"} if platform.environments[env].ci.enabled else set())
    left_out |= set() if platform.kubernetes_in(env) else set(KUBERNETES)
    left_out |= set() if platform.served else {"project"}
    return tuple(name for name in LAYERS if name not in left_out)


def one_of(platform: Platform, env: EnvName, layer: str) -> str:
    """Return the name of a layer of an environment.

    Raises:
        RequestError: The environment has none of that name.
    """
    known = names(platform, env)
    if layer not in known:
        raise RequestError(f"{env} has no layer {layer!r}.", f"Its layers: {', '.join(known)}.", code="no_layer")
    return layer


def program_name(layer: str) -> str:
    """Return the name of a layer's Pulumi project."""
    return f"modelyard-{layer}"


def stack_name(layer: str, platform: Platform, env: EnvName, project: str | None = None) -> str:
    """Return the name of a layer's stack, unique among those of its Pulumi project in one backend."""
    if layer == "account":
        return f"{platform.account_of(env)}.{platform.region_of(env)}"
    return f"{project}.{env}" if layer == "project" else env


def state_bucket(platform: Platform, env: EnvName) -> str:
    """Return the bucket of Pulumi's state: one for each account and region, made by `infra bootstrap`."""
    return physical_names.bucket(platform.name, platform.region_of(env), "state", platform.account_of(env))


def stage(layer: str, platform: Platform, env: EnvName, project: str | None = None) -> Stage:
    """Return what a layer is told, taken from the platform's configuration.

    Raises:
        KeyError: The layer or the project does not exist.
    """
    model = LAYERS[layer]
    facts = _facts(layer, platform, env)
    if layer == "project":
        facts |= {"project": project, "repository": {r.name: r for r in platform.repositories}[project or ""]}
    return model(**{name: facts[name] for name in model.model_fields if name in facts})


def _facts(layer: str, platform: Platform, env: EnvName) -> dict[str, Any]:
    environment = platform.environments[env]
    sections = {name: getattr(environment, name) for name in type(environment).model_fields}
    return sections | {
        "platform": platform.name,
        "env": SHARED if layer == "account" else env,
        "account": platform.account_of(env),
        "region": platform.region_of(env),
        "tags": platform.tags,
        "kubernetes": platform.kubernetes_in(env),
        "github": platform.github,
        "repositories": platform.served if layer in _OF_MODELS else platform.repositories,
        **(_of_the_account(platform, env) if layer == "account" else {}),
    }


def _of_the_account(platform: Platform, env: EnvName) -> dict[str, Any]:
    account = platform.account_of(env)
    here = [name for name in platform.environments if platform.account_of(name) == account]
    together = [name for name in here if platform.region_of(name) == platform.region_of(env)]
    budgets = {name: platform.environments[name].budget for name in here}
    return {
        "home": platform.region_of(here[0]) == platform.region_of(env),
        "environments": tuple(together),
        "account_wide": platform.account_wide,
        "alarm_emails": {name: platform.environments[name].monitoring.emails for name in here},
        "state_bucket": state_bucket(platform, env),
        "budgets": budgets,
    }
