"""The namespaces of the cluster, each as closed as its pods can bear."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from modelyard.infra.components.cluster.namespace import Namespace, NamespaceArgs
from modelyard.infra.components.cluster.operators import QUEUE_NAMESPACE, RAY_NAMESPACE

TRAINING, SERVING, METRICS, GPUS = "training", "serving", "monitoring", "gpu-monitoring"
_OPEN = (RAY_NAMESPACE, QUEUE_NAMESPACE)  # operators speak to the API server, and it to their webhooks
_ALL = (TRAINING, SERVING, METRICS, GPUS, *_OPEN)


@dataclass(frozen=True, kw_only=True)
class SpacesArgs:
    """Labels of all of them."""

    labels: Mapping[str, str] = field(default_factory=dict)
    provider: pulumi.ProviderResource | None = None


class Spaces(pulumi.ComponentResource):
    """Makes a Namespace for training, services, the metrics agent, DCGM (the only privileged one) and each operator."""

    names: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: SpacesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:cluster:Spaces", name, None, opts)
        self.names = {
            space: Namespace(
                space,
                NamespaceArgs(
                    namespace=space,
                    labels=args.labels,
                    security="privileged" if space == GPUS else "restricted",
                    closed=space not in _OPEN,
                    provider=args.provider,
                ),
                pulumi.ResourceOptions(parent=self),
            ).name
            for space in _ALL
        }
        self.register_outputs({"names": dict(self.names)})
