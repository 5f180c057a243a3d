"""A stand-in for a Kubernetes API server behind Pulumi's provider: kinds, names and namespaces."""

import importlib.metadata
import re
from typing import Any

from standin_cloud import fabricate, kinds, wire
from standin_cloud.service import Service, Settings, Wrong

_NAME = re.compile(r"[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?")


class Kubernetes(Service):
    """`pulumi-resource-kubernetes`, without a cluster."""

    package = "kubernetes"
    version = importlib.metadata.version("pulumi-kubernetes")

    def wrong(self, token: str, inputs: dict[str, Any]) -> Wrong:
        kind = kinds.kind("pulumi_kubernetes", token)
        found = kinds.of_object(kind.inputs, kind.required, inputs, "", wire.UNKNOWN) if kind else []
        if kind is None and not _custom(token):
            return [("", f"Kubernetes has no kind {token}")]
        name = (inputs.get("metadata") or {}).get("name")
        if name is not None and name != wire.UNKNOWN and not _NAME.fullmatch(name):
            found.append(("metadata.name", f"the API server refuses the name {name!r}"))
        return found

    def made(self, token: str, urn: str, inputs: dict[str, Any], settings: Settings) -> tuple[str, dict[str, Any]]:
        metadata = inputs.get("metadata") or {}
        name = metadata.get("name") or f"{urn.rsplit('::', 1)[-1]}-{fabricate.digest(urn)[:8]}"
        place = metadata.get("namespace")
        uid = fabricate.digest(urn, self.cloud.serial)
        identifier = f"{place}/{name}" if place else name
        return identifier, {"metadata": metadata | {"name": name, "uid": uid}}

    def changed(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[list[str], list[str]]:
        differ = sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))
        return differ, ["metadata"] if "metadata" in differ and _moved(old, new) else []

    def answer(self, token: str, arguments: dict[str, Any], settings: Settings) -> dict[str, Any]:
        raise NotImplementedError(f"the stand-in for Kubernetes has no function {token}")


def _moved(old: dict[str, Any], new: dict[str, Any]) -> bool:
    before, after = old.get("metadata") or {}, new.get("metadata") or {}
    return any(before.get(k) != after.get(k) for k in ("name", "namespace"))


def _custom(token: str) -> bool:
    """Tell whether a token names a custom resource: a group with a dot and a version, then a kind."""
    return re.fullmatch(r"kubernetes:[a-z0-9.-]+\.[a-z]+/v[0-9a-z]+:[A-Z]\w+", token) is not None
