"""What each kind of resource is charged for; importing this package registers all meters."""

from modelyard.infra.cost.meters import cluster, compute, data, network, watch, web

__all__ = ["cluster", "compute", "data", "network", "watch", "web"]
