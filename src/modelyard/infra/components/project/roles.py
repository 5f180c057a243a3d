"""What the tasks of a service may do: start, read their models and routing, write their captures. Nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.documents import Statement, allow
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

TASKS = "ecs-tasks.amazonaws.com"
_BALANCING = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"


@dataclass(frozen=True, kw_only=True)
class ServiceRolesArgs:
    """Whose roles, and exactly what they may touch.

    Attributes:
        store_policy_arn: Models and routing are read, captures are written, below the project's prefix only.
        secrets: Variable -> ARN of the secret that fills it.
        secrets_key_arn: The key those are encrypted with.
    """

    project: str
    env: str
    account: pulumi.Input[str]
    store_policy_arn: pulumi.Input[str]
    repository_arn: pulumi.Input[str]
    log_group_arn: pulumi.Input[str]
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets_key_arn: pulumi.Input[str] | None = None


class ServiceRoles(pulumi.ComponentResource):
    """Makes three roles: `task` (the server), `execution` (starts it) and `balancing` (shifts traffic)."""

    task_arn: pulumi.Output[str]
    execution_arn: pulumi.Output[str]
    balancing_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:ServiceRoles", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self)
        self.task_arn = self._role("task", TASKS, managed={"store": args.store_policy_arn})
        self.execution_arn = self._role("execution", TASKS, _starts(args))
        self.balancing_arn = self._role("balancing", "ecs.amazonaws.com", managed={"shifts": _BALANCING})
        self.register_outputs({"task_arn": self.task_arn, "execution_arn": self.execution_arn})

    def _role(
        self,
        what: str,
        service: str,
        statements: Sequence[Statement] = (),
        managed: Mapping[str, pulumi.Input[str]] | None = None,
    ) -> pulumi.Output[str]:
        args = ServiceRoleArgs(
            role_name=names.ending(self._args.project, self._args.env, f"service-{what}", 64),
            service=service,
            statements=statements,
            managed=managed or {},
            account=self._args.account,
        )
        return ServiceRole(f"{self._name}-{what}", args, self._mine).arn


def _starts(args: ServiceRolesArgs) -> list[Statement]:
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
    statements = [
        allow("Pull", pull, [args.repository_arn]),
        allow("Login", ["ecr:GetAuthorizationToken"], ["*"]),  # has no resource level
        allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], [pulumi.Output.concat(args.log_group_arn, ":*")]),
    ]
    if args.secrets:
        statements.append(allow("Secrets", ["secretsmanager:GetSecretValue"], list(args.secrets.values())))
        statements.append(allow("Key", ["kms:Decrypt"], [args.secrets_key_arn]))
    return statements
