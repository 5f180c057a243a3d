"""Searches by service, for what costs money whether or not it was tagged by us."""

from collections.abc import Callable, Iterable

from modelyard.infra.leftovers import compute, data, metrics
from modelyard.infra.leftovers.clues import Clues
from modelyard.infra.leftovers.found import Found

Search = Callable[[Clues], Iterable[Found]]

SEARCHES: dict[str, Search] = {
    "clusters": compute.clusters,
    "instances": compute.instances,
    "services": compute.services,
    "load balancers": compute.balancers,
    "NAT gateways": compute.gateways,
    "addresses": compute.addresses,
    "endpoints": compute.endpoints,
    "volumes": data.volumes,
    "snapshots": data.snapshots,
    "databases": data.databases,
    "database snapshots": data.database_snapshots,
    "buckets": data.buckets,
    "log groups": data.log_groups,
    "images": data.images,
    "secrets": data.secrets,
    "alarms": data.alarms,
    "workspaces of Prometheus": metrics.workspaces,
}
