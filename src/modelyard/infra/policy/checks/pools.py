"""Kubernetes: what a node pool may cost, and what pods may do."""

import re
from collections.abc import Iterator

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.item import Breach, Item
from modelyard.infra.policy.value import UNKNOWN, as_list, at

GPU = "nvidia.com/gpu"
ENFORCE = "pod-security.kubernetes.io/enforce"
# Auto Mode replaces a node after 21 days whatever runs on it (EKS user guide, Auto Mode)
LONGEST_HOURS = 21 * 24
# where the exporter of GPU metrics runs: it reads devices of the host
PRIVILEGED = frozenset({"gpu-monitoring"})
_UNITS = {"h": 1.0, "m": 1 / 60, "s": 1 / 3600}


class PoolLimits(Property, row="Modelyard.gpu-limits"):
    """Node pools have a ceiling and GPU nodes take only what needs them."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        limits = item.get("spec.limits")
        if limits is UNKNOWN:
            return
        if not at(limits, "cpu") and GPU not in (limits or {}):
            yield Breach("spec.limits", limits, "sets no ceiling")
        if has_gpus(item):
            yield from _gpu_faults(item, limits or {})
        yield from _lifetime(item)


def has_gpus(item: Item) -> bool:
    """Say whether a pool buys machines with accelerators."""
    keys = [str(at(one, "key", "")) for one in as_list(item.get("spec.template.spec.requirements"))]
    families = [
        str(value)
        for one in as_list(item.get("spec.template.spec.requirements"))
        if str(at(one, "key", "")).endswith("instance-family") and at(one, "operator") == "In"
        for value in as_list(at(one, "values"))
    ]
    return any("instance-gpu" in key for key in keys) or any(re.match(r"(g|p|gr)\d", name) for name in families)


def _gpu_faults(item: Item, limits: dict[str, object]) -> Iterator[Breach]:
    if GPU not in limits and limits:
        yield Breach(f"spec.limits.{GPU}", None, "is not set, so GPUs have no ceiling")
    taints = [at(one, "key") for one in as_list(item.get("spec.template.spec.taints"))]
    if GPU not in taints:
        yield Breach("spec.template.spec.taints", taints or None, f"lets pods without GPUs onto these nodes ({GPU})")


def _lifetime(item: Item) -> Iterator[Breach]:
    spec = item.get("spec.template.spec") or {}
    expire, grace = at(spec, "expireAfter", "336h"), at(spec, "terminationGracePeriod", "0s")
    if UNKNOWN in (spec, expire, grace):
        return
    total = float("inf") if expire == "Never" else _hours(expire) + _hours(grace)
    if total >= LONGEST_HOURS:
        yield Breach("spec.template.spec.expireAfter", expire, "with its grace period outlasts Auto Mode's 21 days")


def _hours(text: str) -> float:
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)([hms])", text))


class RestrictedPods(Property, row="Modelyard.pod-security"):
    """Namespaces hold their pods to the restricted standard."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        labels = item.get("metadata.labels") or {}
        level = labels.get(ENFORCE) if labels is not UNKNOWN else UNKNOWN
        name = item.get("metadata.name", item.name)
        if level not in ("restricted", UNKNOWN) and name not in PRIVILEGED:
            yield Breach(f"metadata.labels.{ENFORCE}", level, "does not hold pods to the restricted standard")
