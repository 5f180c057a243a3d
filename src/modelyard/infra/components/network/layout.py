"""How a range is cut into subnets: always the same way, so that a third zone never moves the first two."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """One range per zone and kind. Private: with a way out. Isolated: without one."""

    private: tuple[str, ...]
    public: tuple[str, ...]
    isolated: tuple[str, ...]


def layout(cidr: str, zones: int) -> Layout:
    """Cut `cidr` into eighths: the first three are private; the last holds three public and three isolated ones.

    A /16 gives private /19, public and isolated /22; a /21 gives /24 and /27, the least that a load balancer takes.

    Raises:
        ValueError: More than three zones, or a range too small.
    """
    network = ipaddress.IPv4Network(cidr)
    if zones > 3 or network.prefixlen > 21:
        raise ValueError(f"{cidr} in {zones} zones: at most three zones, and a /21 or larger.")
    eighths = [str(block) for block in network.subnets(prefixlen_diff=3)]
    small = [str(block) for block in ipaddress.IPv4Network(eighths[7]).subnets(prefixlen_diff=3)]
    return Layout(tuple(eighths[:zones]), tuple(small[:zones]), tuple(small[3 : 3 + zones]))
