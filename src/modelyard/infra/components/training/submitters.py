"""The right of each project's loop to start training jobs: in its own queue, as its own account, and no other's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from modelyard.infra.components.cluster.groups import cel_is_loop, of_loop
from modelyard.infra.components.training.accounts import account_of
from modelyard.infra.components.training.apart import rules, words
from modelyard.infra.components.training.labels import NAMESPACE

_CALLED = "training-jobs"
_RBAC = "rbac.authorization.k8s.io"
_JOBS: Any = {"api_groups": ["ray.io"], "resources": ["rayjobs"]}


@dataclass(frozen=True, kw_only=True)
class SubmittersArgs:
    """Projects, each with a queue of its name and an account."""

    projects: Sequence[str]
    namespace: str = NAMESPACE
    provider: pulumi.ProviderResource | None = None


class Submitters(pulumi.ComponentResource):
    """Makes an `rbac.v1.Role` that creates RayJobs, bound to every loop, and an admission policy that keeps them apart.

    Rights cannot tell whose the job is that is created: without the policy a loop could start one as the account of
    another project, with that project's rights in AWS.
    """

    def __init__(self, name: str, args: SubmittersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:training:Submitters", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self, provider=args.provider)
        self._rights(after=self._apart())
        self.register_outputs({})

    def _rights(self, after: pulumi.Resource) -> None:
        opts = pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(depends_on=[after]))
        metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": _CALLED, "namespace": self._args.namespace}
        start: k8s.rbac.v1.PolicyRuleArgsDict = {**_JOBS, "verbs": ["create", "get", "list", "watch"]}
        k8s.rbac.v1.Role(self._name, metadata=metadata, rules=[start], opts=opts)
        k8s.rbac.v1.RoleBinding(
            self._name,
            metadata=metadata,
            role_ref={"api_group": _RBAC, "kind": "Role", "name": _CALLED},
            subjects=[{"api_group": _RBAC, "kind": "Group", "name": of_loop(one)} for one in self._args.projects],
            opts=opts,
        )

    def _apart(self) -> pulumi.Resource:
        accounts = {project: account_of(project) for project in self._args.projects}
        by_a_loop = f"request.userInfo.groups.exists(group, {cel_is_loop('group')})"
        created: k8s.admissionregistration.v1.NamedRuleWithOperationsArgsDict = {
            **_JOBS,
            "api_versions": ["*"],
            "operations": ["CREATE", "UPDATE"],
        }
        policy = k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
            self._name,
            metadata={"name": _CALLED},
            spec={
                "failure_policy": "Fail",
                "match_constraints": {"resource_rules": [created]},
                "match_conditions": [{"name": "by-a-loop", "expression": by_a_loop}],
                "variables": [{"name": word, "expression": cel} for word, cel in words(accounts).items()],
                "validations": [{"message": said, "expression": cel} for said, cel in rules().items()],
            },
            opts=self._mine,
        )
        return k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
            self._name,
            metadata={"name": _CALLED},
            spec={"policy_name": _CALLED, "validation_actions": ["Deny"]},
            opts=pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(depends_on=[policy])),
        )
