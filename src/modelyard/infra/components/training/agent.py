"""Brings what happens in the cluster to CloudWatch: use of the GPUs, and jobs that failed."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components import names
from modelyard.infra.components.cluster.identity import PodIdentity, PodIdentityArgs
from modelyard.infra.components.cluster.spaces import METRICS
from modelyard.infra.components.documents import allow
from modelyard.infra.components.training.collector import AGENT, IMAGE, config, pod

METRICS_NAMESPACE = METRICS


@dataclass(frozen=True, kw_only=True)
class AgentArgs:
    """Cluster, the log group that its lines go through, and where the KubeRay operator is.

    Attributes:
        gpus: Whether there is a DCGM exporter to ask.
    """

    project: str
    env: str
    account: pulumi.Input[str]
    region: str
    cluster: pulumi.Input[str]
    log_group: str
    log_group_arn: pulumi.Input[str]
    gpus: bool = True
    namespace: str = METRICS_NAMESPACE
    provider: pulumi.ProviderResource | None = None


class Agent(pulumi.ComponentResource):
    """Makes a service account that may write one log group, a `v1.ConfigMap`, an `apps.v1.Deployment`, and its traffic.

    Metrics travel as log lines in the embedded format: no right to put metrics is needed, and none is given.
    """

    def __init__(self, name: str, args: AgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Agent", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": AGENT, "namespace": args.namespace}
        self._identity()
        account = k8s.core.v1.ServiceAccount(
            name, metadata=metadata, automount_service_account_token=False, opts=self._mine
        )
        text = pulumi.Output.from_input(args.cluster).apply(
            lambda cluster: json.dumps(config(cluster, args.region, args.log_group, gpus=args.gpus), sort_keys=True)
        )
        settings = k8s.core.v1.ConfigMap(name, metadata=metadata, data={"config.yaml": text}, opts=self._mine)
        labels = {"app.kubernetes.io/name": AGENT}
        k8s.apps.v1.Deployment(
            name,
            metadata={**metadata, "labels": labels},
            spec={
                "replicas": 1,
                "strategy": {"type": "Recreate"},  # two would count everything twice
                "selector": {"match_labels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod(IMAGE)},
            },
            opts=pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(depends_on=[account, settings])),
        )
        k8s.networking.v1.NetworkPolicy(
            name,
            metadata=metadata,
            spec={"pod_selector": {}, "policy_types": ["Egress"], "egress": _out()},
            opts=self._mine,
        )
        self.register_outputs({})

    def _identity(self) -> None:
        args = self._args
        lines = pulumi.Output.concat(args.log_group_arn, ":*")
        write = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        identity = PodIdentityArgs(
            role_name=names.physical(args.project, args.env, "metrics-agent", 64),
            account=args.account,
            cluster=args.cluster,
            namespace=args.namespace,
            service_account=AGENT,
            statements=[allow("Write", write, [args.log_group_arn, lines])],
        )
        PodIdentity(f"{self._name}-role", identity, pulumi.ResourceOptions(parent=self))


def _out() -> list[k8s.networking.v1.NetworkPolicyEgressRuleArgsDict]:
    ports = [(53, "UDP"), (53, "TCP"), (80, "TCP"), (443, "TCP"), (8080, "TCP"), (9400, "TCP")]
    return [{"ports": [{"port": port, "protocol": protocol} for port, protocol in ports]}]
