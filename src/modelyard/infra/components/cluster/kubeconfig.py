"""How Kubernetes objects reach the cluster: by `aws eks get-token`, so that no credential is ever in the state."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s


def kubeconfig(
    name: pulumi.Input[str], endpoint: pulumi.Input[str], certificate: pulumi.Input[str], region: str
) -> pulumi.Output[str]:
    """Return a kubeconfig; `certificate` is the cluster's, in base64."""
    facts = pulumi.Output.all(name=name, endpoint=endpoint, certificate=certificate)
    return facts.apply(lambda found: json.dumps(_config(**found, region=region), sort_keys=True))


def provider(
    name: str, config: pulumi.Input[str], cluster: pulumi.Input[str], after: Sequence[pulumi.Resource] = ()
) -> k8s.Provider:
    """Make the provider of a stack's Kubernetes objects; `after` is what must exist before it can enter."""
    return k8s.Provider(
        name,
        kubeconfig=config,
        cluster_identifier=cluster,
        enable_server_side_apply=True,
        opts=pulumi.ResourceOptions(depends_on=list(after)),
        skip_update_unreachable=True,  # a private endpoint is out of reach from a laptop; that is no reason to delete
    )


def _config(name: str, endpoint: str, certificate: str, region: str) -> dict[str, object]:
    command = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
        "interactiveMode": "Never",
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": certificate}}],
        "users": [{"name": name, "user": {"exec": command}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
