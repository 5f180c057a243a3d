"""Brings what happens in the cluster to CloudWatch, and to Prometheus: use of the GPUs, jobs that failed, models."""

import hashlib
import json
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components import names
from modelyard.infra.components.cluster.identity import PodIdentity, PodIdentityArgs
from modelyard.infra.components.cluster.spaces import METRICS
from modelyard.infra.components.documents import allow
from modelyard.infra.components.measured import PORT
from modelyard.infra.components.training.collector import AGENT, IMAGE, config, pod
from modelyard.infra.components.training.workspace import Workspace

METRICS_NAMESPACE = METRICS


@dataclass(frozen=True, kw_only=True)
class AgentArgs:
    """Cluster, the log group that its lines go through, and where the KubeRay operator is.

    Attributes:
        gpus: Whether there is a DCGM exporter to ask.
        workspace: Keeps all of it, and what the model servers count; None: CloudWatch alone has the metrics.
    """

    project: str
    env: str
    account: pulumi.Input[str]
    region: str
    cluster: pulumi.Input[str]
    log_group: str
    log_group_arn: pulumi.Input[str]
    gpus: bool = True
    workspace: Workspace | None = None
    namespace: str = METRICS_NAMESPACE
    provider: pulumi.ProviderResource | None = None


class Agent(pulumi.ComponentResource):
    """Makes a service account that may write one log group, a `v1.ConfigMap`, an `apps.v1.Deployment`, and its traffic.

    To CloudWatch metrics travel as log lines in the embedded format: no right to put metrics is needed, and none is
    given. With a workspace it may write that as well.
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
        text, asks_models = self._config(), args.workspace is not None
        settings = k8s.core.v1.ConfigMap(name, metadata=metadata, data={"config.yaml": text}, opts=self._mine)
        labels = {"app.kubernetes.io/name": AGENT}
        k8s.apps.v1.Deployment(
            name,
            metadata={**metadata, "labels": labels},
            spec={
                "replicas": 1,
                "strategy": {"type": "Recreate"},  # two would count everything twice
                "selector": {"match_labels": labels},
                "template": {
                    # a collector reads its file once
                    "metadata": {"labels": labels, "annotations": {"modelyard.io/config": text.apply(_digest)}},
                    "spec": pod(IMAGE, asks_models=asks_models),
                },
            },
            opts=pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(depends_on=[account, settings])),
        )
        k8s.networking.v1.NetworkPolicy(
            name,
            metadata=metadata,
            spec={"pod_selector": {}, "policy_types": ["Egress"], "egress": _out(asks_models=asks_models)},
            opts=self._mine,
        )
        self.register_outputs({})

    def _config(self) -> pulumi.Output[str]:
        workspace = self._args.workspace
        remote = None if workspace is None else workspace.endpoint
        return pulumi.Output.all(self._args.cluster, remote).apply(lambda known: self._written(*known))

    def _written(self, cluster: str, remote: str | None) -> str:
        args = self._args
        return json.dumps(config(cluster, args.region, args.log_group, gpus=args.gpus, remote=remote), sort_keys=True)

    def _identity(self) -> None:
        args = self._args
        lines = pulumi.Output.concat(args.log_group_arn, ":*")
        write = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        remembers = [] if args.workspace is None else args.workspace.writing()
        identity = PodIdentityArgs(
            role_name=names.physical(args.project, args.env, "metrics-agent", 64),
            account=args.account,
            cluster=args.cluster,
            namespace=args.namespace,
            service_account=AGENT,
            statements=[allow("Write", write, [args.log_group_arn, lines]), *remembers],
        )
        PodIdentity(f"{self._name}-role", identity, pulumi.ResourceOptions(parent=self))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _out(*, asks_models: bool) -> list[k8s.networking.v1.NetworkPolicyEgressRuleArgsDict]:
    ports = [(53, "UDP"), (53, "TCP"), (80, "TCP"), (443, "TCP"), (8080, "TCP"), (9400, "TCP")]
    ports += [(PORT, "TCP")] * asks_models
    return [{"ports": [{"port": port, "protocol": protocol} for port, protocol in ports]}]
