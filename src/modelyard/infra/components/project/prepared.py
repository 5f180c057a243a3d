"""What must be there before a service starts on Fargate: its log, its token, its roles, its first task definition."""

from dataclasses import dataclass
from typing import Literal

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.project.images import Images
from modelyard.infra.components.project.roles import ServiceRoles, ServiceRolesArgs
from modelyard.infra.components.project.shared import Place
from modelyard.infra.components.project.task import Task, TaskArgs
from modelyard.infra.components.project.token import Token, TokenArgs
from modelyard.infra.components.serving.logs import Logs, LogsArgs

Auth = Literal["none", "token", "jwt"]
FIRST_TAG = "none"  # names no image: nothing pulls it while there are no tasks


@dataclass(frozen=True, kw_only=True)
class PreparedArgs:
    """Where, from which images, how large, and what callers must show."""

    place: Place
    images: Images
    cpu: int
    memory_mb: int
    log_days: int
    auth: Auth = "none"


class Prepared(pulumi.ComponentResource):
    """Composes Logs, Token, ServiceRoles and Task."""

    task_arn: pulumi.Output[str]
    roles: ServiceRoles
    log_group: pulumi.Output[str]

    def __init__(self, name: str, args: PreparedArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:Prepared", name, None, opts)
        self._name, self._args = name, args
        self._mine = pulumi.ResourceOptions(parent=self)
        secrets = self._secrets()
        logs = self._logs()
        self.log_group = logs.name
        self.roles = self._roles(logs, secrets)
        self.task_arn = self._task(secrets).arn
        self.register_outputs({"task_arn": self.task_arn, "log_group": self.log_group})

    def _secrets(self) -> dict[str, pulumi.Input[str]]:
        place = self._args.place
        if self._args.auth != "token":
            return {}
        kept = TokenArgs(project=place.project, env=place.env, key_arn=place.key_arn, production=place.production)
        return {"MODELYARD_TOKEN": Token(self._name, kept, self._mine).arn}

    def _logs(self) -> Logs:
        place = self._args.place
        group = names.path(place.project, place.env, "server")
        kept = LogsArgs(group_name=group, key_arn=place.logs_key_arn, days=self._args.log_days, keep=place.production)
        return Logs(f"{self._name}-server", kept, self._mine)

    def _roles(self, logs: Logs, secrets: dict[str, pulumi.Input[str]]) -> ServiceRoles:
        place = self._args.place
        wanted = ServiceRolesArgs(
            project=place.project,
            env=place.env,
            account=place.account,
            store_policy_arn=place.store_policy_arn,
            repository_arn=self._args.images.arn,
            log_group_arn=logs.arn,
            secrets=secrets,
            secrets_key_arn=place.key_arn,
        )
        return ServiceRoles(self._name, wanted, self._mine)

    def _task(self, secrets: dict[str, pulumi.Input[str]]) -> Task:
        args, place = self._args, self._args.place
        wanted = TaskArgs(
            project=place.project,
            env=place.env,
            region=place.region,
            image=pulumi.Output.concat(args.images.url, ":", FIRST_TAG),
            cpu=args.cpu,
            memory_mb=args.memory_mb,
            task_role_arn=self.roles.task_arn,
            execution_role_arn=self.roles.execution_arn,
            log_group=self.log_group,
            secrets=secrets,
        )
        return Task(self._name, wanted, self._mine)
