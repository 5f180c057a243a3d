"""The layers: their order, what each is told, and what their stacks are called."""

from typing import Any

from modelyard.errors import RequestError
from modelyard.infra.components import names as physical_names
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.stages import (
    AccountLayer,
    CiLayer,
    ClusterLayer,
    LakeLayer,
    MonitoringLayer,
    NetworkLayer,
    ProjectLayer,
    RegistryLayer,
    ServingLayer,
    Stage,
    TrainingLayer,
)
from modelyard.infra.platform.words import EnvName

SHARED = "shared"  # the `env` of the account layer, which several environments use

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
    """Return the name of a layer of an environment that is run from here.

    Raises:
        RequestError: The environment has none of that name, or the platform's own repository runs it.
    """
    known = names(platform, env)
    if layer in known:
        refuse_of_others(platform, layer)
    if layer not in known:
        raise RequestError(f"{env} has no layer {layer!r}.", f"Its layers: {', '.join(known)}.", code="no_layer")
    return layer


def refuse_of_others(platform: Platform, layer: str) -> None:
    """Raise RequestError for a layer that is not this repository's to run: its platform is somebody else's."""
    if platform.mode == "shared" and layer != "project":
        raise RequestError(
            f"Layer {layer!r} is run by the platform's own repository; `mode: shared` runs only `project`.",
            "Ask for it there, or for `project` here.",
            code="no_layer",
        )


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
