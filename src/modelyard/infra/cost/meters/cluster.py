"""Kubernetes: the control plane, the nodes that carry it, and the range that node pools leave open."""

import math
import re
from collections.abc import Iterator

from modelyard.infra.cost.assumptions import HOURS
from modelyard.infra.cost.book import Book
from modelyard.infra.cost.charge import Charge, Use, meter
from modelyard.infra.policy.checks.cluster import STANDARD_SUPPORT_ENDS
from modelyard.infra.policy.checks.pools import GPU, has_gpus
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import as_list, at

POOL = "kubernetes:karpenter.sh/v1:NodePool"
_CPUS_OF_SYSTEM_NODE = 1.8  # two, less what the node itself takes
_GP3 = "ebs.gp3.gb"


@meter("aws:eks/cluster:Cluster")
def cluster(item: Item, use: Use) -> Iterator[Charge]:
    """The control plane, nodes for what always runs, and the hours of training without accelerators."""
    ends = STANDARD_SUPPORT_ENDS.get(str(item.get("version")))
    yield Charge("eks.extended.hour" if ends and ends < use.today else "eks.hour", HOURS)
    nodes = max(use.assume.system_nodes, math.ceil(_asked_cpus(use) / _CPUS_OF_SYSTEM_NODE))
    yield from _machine(use.assume.system_machine, HOURS * nodes, use, "nodes that always run")
    yield from _machine(use.assume.task_machine, use.assume.cpu_node_hours, use, "nodes for training without GPU")


def _machine(kind: str, hours: float, use: Use, what: str) -> Iterator[Charge]:
    yield Charge(f"ec2.{kind}", hours, what=f"{kind}: {what}")
    yield Charge("auto.cpu.percent", hours, share_of=f"ec2.{kind}", what=f"EKS Auto Mode on {kind}")
    yield Charge(_GP3, use.assume.node_gb * hours / HOURS, what=f"disks of {kind}")


def _asked_cpus(use: Use) -> float:
    return sum(
        float(item.get("spec.replicas", 1)) * _cpus(str(at(container, "resources.requests.cpu", "0.1")))
        for item in use.world.of("kubernetes:apps/v1:Deployment")
        for container in as_list(item.get("spec.template.spec.containers"))
    )


def _cpus(text: str) -> float:
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)


@meter(POOL)
def node_pool(item: Item, use: Use) -> Iterator[Charge]:
    """A range: the assumed hours on the cheapest machine, up to the pool's ceiling on the dearest, all month."""
    if not has_gpus(item):
        return
    machines = machines_of(item, use.book, use.region)
    ceiling = float(at(item.inputs, "spec.limits", {}).get(GPU, 0))
    if not machines:
        yield _without_price(families_of(item), use)
        return
    cheap, dear = min(machines, key=lambda m: m[1]), max(machines, key=lambda m: m[1] / m[2])
    pools = sum(1 for each in use.world.of(POOL) if has_gpus(each))
    low, high = use.assume.gpu_hours / pools, HOURS * ceiling / dear[2]  # the hours are of all pools together
    yield Charge(f"ec2.{cheap[0]}", low, high=high, high_key=f"ec2.{dear[0]}", what=_range(cheap[0], dear[0]))
    fee = f"auto.{cheap[0][0]}.percent"
    yield Charge(
        fee,
        low,
        high=high,
        share_of=f"ec2.{cheap[0]}",
        high_share_of=f"ec2.{dear[0]}",
        what="EKS Auto Mode on GPU machines",
    )
    yield Charge(
        _GP3, use.assume.node_gb * low / HOURS, high=use.assume.node_gb * high / HOURS, what="disks of GPU machines"
    )
    missing = [name for name in families_of(item) if not any(_family(m[0]) == name for m in machines)]
    if missing:
        yield _without_price(missing, use)


def _without_price(families: list[str], use: Use) -> Charge:
    names = ", ".join(families)
    why = f"no machine of {names} that fits the pool has a price in {use.region}; it may not be offered there"
    return Charge("ec2.gpu", 0, what=f"GPU machines of {names}", why=why)


def _range(cheap: str, dear: str) -> str:
    return f"GPU machines: {cheap} for the assumed hours, up to the pool's limit on {dear} all month"


def machines_of(item: Item, book: Book, region: str) -> list[tuple[str, float, int]]:
    """Return the machines that a pool may buy and that have a price: type, US dollars an hour, accelerators."""
    most = _most_per_node(item)
    wanted = families_of(item)
    found = []
    for key, entry in book.entries.items():
        kind = key.removeprefix("ec2.")
        price = entry.prices.get(region)
        if entry.gpus and entry.gpus <= most and price is not None and _matches(kind, wanted):
            found.append((kind, price.usd, entry.gpus))
    return found


def families_of(item: Item) -> list[str]:
    """Return the families (`g5`) or categories (`g`) that a pool names; every one with accelerators if none."""
    named = [
        str(value)
        for one in as_list(item.get("spec.template.spec.requirements"))
        if str(at(one, "key", "")).endswith(("instance-family", "instance-category")) and at(one, "operator") == "In"
        for value in as_list(at(one, "values"))
    ]
    return named or ["g", "p"]


def _matches(kind: str, wanted: list[str]) -> bool:
    category = re.sub(r"\d.*", "", kind)
    return _family(kind) in wanted or category in wanted


def _family(kind: str) -> str:
    return kind.partition(".")[0]


def _most_per_node(item: Item) -> int:
    most = 8
    for one in as_list(item.get("spec.template.spec.requirements")):
        if str(at(one, "key", "")).endswith("instance-gpu-count"):
            values = [int(value) for value in as_list(at(one, "values"))]
            most = max(values) - 1 if at(one, "operator") == "Lt" else max(values)
    return most
