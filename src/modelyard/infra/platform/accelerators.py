"""Machines with NVIDIA accelerators: what the smallest of each family has, so that a pool can buy at least that one."""

from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field


class Machine(NamedTuple):
    """Accelerators, CPUs and memory in GiB: of a machine, or of all that a pool may have at once."""

    gpus: int
    cpus: int
    memory_gb: int


# EC2 instance types, accelerated computing: the smallest of each family with x86 processors
SMALLEST = {
    "g4dn": Machine(1, 4, 16),
    "g5": Machine(1, 4, 16),
    "g6": Machine(1, 4, 16),
    "g6e": Machine(1, 4, 32),
    "gr6": Machine(1, 16, 128),
    "g7e": Machine(1, 8, 64),
    "p3": Machine(1, 8, 61),
    "p3dn": Machine(8, 96, 768),
    "p4d": Machine(8, 96, 1152),
    "p4de": Machine(8, 96, 1152),
    "p5": Machine(1, 16, 256),
    "p5e": Machine(8, 192, 2048),
    "p5en": Machine(8, 192, 2048),
    "p6-b200": Machine(8, 192, 2048),
}
_OTHERS = {"g4ad": "has AMD's accelerators", "g5g": "has ARM processors", "p6e-gb200": "has ARM processors"}


def _usable(family: str) -> str:
    if family in _OTHERS:
        raise ValueError(f"{family} {_OTHERS[family]}; jobs are built for NVIDIA's on x86: {', '.join(SMALLEST)}")
    return family


Family = Annotated[
    str,
    Field(pattern=r"^(g|gr|p)[0-9][a-z0-9-]*$", description="Such as g5 or p5; not a type such as g5.xlarge."),
    AfterValidator(_usable),
]


def beyond(family: str, limits: Machine, gpus_per_node: int) -> str:
    """Return why a pool can never buy the smallest machine of a family; empty where it can, or nothing is known."""
    smallest = SMALLEST.get(family)
    if smallest is None:
        return ""
    asked = [
        ("max_gpus_per_node", gpus_per_node, smallest.gpus),
        ("max_gpus", limits.gpus, smallest.gpus),
        ("max_cpus", limits.cpus, smallest.cpus),
        ("max_memory_gb", limits.memory_gb, smallest.memory_gb),
    ]
    wrong = [f"{key} {limit} must be at least {least}" for key, limit, least in asked if limit < least]
    return f"no machine of {family} fits: {', '.join(wrong)}" if wrong else ""
