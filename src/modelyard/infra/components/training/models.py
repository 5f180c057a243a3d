"""How the numbers of the model servers are found and opened: one name for all of them, and a token for nothing else."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components import unseen
from modelyard.infra.components.cluster.spaces import METRICS, SERVING
from modelyard.infra.components.measured import CALLED, LABELS, PORT, TOKEN

_LENGTH = 48


@dataclass(frozen=True, kw_only=True)
class ModelMetricsArgs:
    """The namespaces of the servers, and of who asks them."""

    servers: str = SERVING
    asking: str = METRICS
    provider: pulumi.ProviderResource | None = None


class ModelMetrics(pulumi.ComponentResource):
    """Makes a `v1.Service` without address, and the token as a `v1.Secret` for the servers and one for the agent.

    Servers that ask callers for a credential would turn the agent away; this one opens /metrics alone.
    """

    def __init__(self, name: str, args: ModelMetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:ModelMetrics", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        k8s.core.v1.Service(
            name,
            metadata={"name": CALLED, "namespace": args.servers},
            spec={
                "cluster_ip": "None",
                "selector": LABELS,
                "ports": [{"name": "metrics", "port": PORT, "target_port": PORT}],
                "publish_not_ready_addresses": True,  # one that is not ready has the more to tell
            },
            opts=mine,
        )
        drawn = unseen.password(_LENGTH)
        kept = pulumi.ResourceOptions.merge(mine, pulumi.ResourceOptions(ignore_changes=["data", "stringData"]))
        for side, namespace in {"servers": args.servers, "agent": args.asking}.items():
            metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": CALLED, "namespace": namespace}
            k8s.core.v1.Secret(f"{name}-{side}", metadata=metadata, string_data={TOKEN: drawn}, opts=kept)
        self.register_outputs({})
