"""The right of a project's loop to bring out its own image: services of all projects share a namespace."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.cluster.groups import of_loop


@dataclass(frozen=True, kw_only=True)
class RolloutsArgs:
    """The project, whose Deployment is called as it is, and the namespace."""

    project: str
    namespace: str
    provider: pulumi.ProviderResource | None = None


class Rollouts(pulumi.ComponentResource):
    """Makes an `rbac.v1.Role` that changes one Deployment, bound to the group of the project's loop."""

    def __init__(self, name: str, args: RolloutsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Rollouts", name, None, opts)
        mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        called = f"{args.project}-rollouts"
        metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": called, "namespace": args.namespace}
        one: k8s.rbac.v1.PolicyRuleArgsDict = {
            "api_groups": ["apps"],
            "resources": ["deployments"],
            "resource_names": [args.project],
            "verbs": ["get", "patch"],
        }
        role = k8s.rbac.v1.Role(name, metadata=metadata, rules=[one], opts=mine)
        k8s.rbac.v1.RoleBinding(
            name,
            metadata=metadata,
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": called},
            subjects=[{"api_group": "rbac.authorization.k8s.io", "kind": "Group", "name": of_loop(args.project)}],
            opts=pulumi.ResourceOptions.merge(mine, pulumi.ResourceOptions(depends_on=[role])),
        )
        self.register_outputs({})
