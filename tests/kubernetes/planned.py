"""The Kubernetes objects of a planned platform, as a provider would send them."""

from functools import cache
from typing import Any

from modelyard.infra.plan import plan
from modelyard.infra.platform.model import Platform

_FIRST = ("Namespace", "ResourceFlavor", "ClusterQueue", "NodeClass", "ServiceAccount", "ConfigMap")
POOL = {"name": "gpu", "max_gpus": 8}


@cache
def objects() -> list[dict[str, Any]]:
    """Return every object of the layers cluster, training and project, in an order in which they can be made."""
    document = {
        "name": "acme",
        "account": "111122223333",
        "region": "eu-central-1",
        "github": {"owner": "acme"},
        "repositories": [{"name": "churn"}],
        "environments": {
            "dev": {
                "service": {"backend": "kubernetes", "auth": "token"},
                "training": {"pools": [POOL]},
                "monitoring": {"prometheus": True},
            }
        },
    }
    made = plan(Platform.model_validate(document), "dev", ["cluster", "training", "project"])
    found = [one for layer in made.layers for one in layer.resources if _is_object(one.type)]
    return sorted((_manifest(one.inputs) for one in found), key=_order)


def one(kind: str, name: str | None = None) -> dict[str, Any]:
    """Return the only object of a kind (and name)."""
    found = [thing for thing in objects() if thing["kind"] == kind and name in (None, thing["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} of {kind} {name or ''}"
    return found[0]


def _is_object(type_: str) -> bool:
    return type_.startswith("kubernetes:") and "helm.sh" not in type_


def _manifest(inputs: dict[str, Any]) -> dict[str, Any]:
    if inputs["kind"] == "Secret":  # a plan shows that there is a value, and not which
        return {**inputs, "stringData": {"TOKEN": "shown-to-nobody"}}
    return dict(inputs)


def _order(thing: dict[str, Any]) -> tuple[int, str]:
    kind = thing["kind"]
    return (_FIRST.index(kind) if kind in _FIRST else len(_FIRST), kind)
