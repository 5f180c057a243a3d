"""Runners of one repository: each queued job starts a fresh machine in a private subnet, which ends with the job."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.ci.permissions import in_a_network, told_and_connected
from modelyard.infra.components.documents import Statement
from modelyard.infra.components.serving.logs import Logs, LogsArgs
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs


@dataclass(frozen=True, kw_only=True)
class RunnerNetwork:
    """Where the machines stand; `group_ids` are further groups, such as that of the registry's clients."""

    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    group_ids: Sequence[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class RunnerArgs:
    """`repository` is `owner/name`. `authorised`: the connection works, so the webhook can be made."""

    project: str
    env: str
    region: str
    account: str
    repository: str
    network: RunnerNetwork
    connection_arn: pulumi.Input[str]
    authorised: bool
    workflows: Sequence[str]
    compute: str
    image: str
    docker: bool
    concurrency: int
    timeout_minutes: int
    queued_minutes: int
    logs_key_arn: pulumi.Input[str]
    log_days: int


class Runner(pulumi.ComponentResource):
    """Produces a CodeBuild project with its role, group and log group, and the webhook of queued jobs.

    The role may open its network interface and write its log: jobs take the roles of the workflows by themselves.
    """

    def __init__(self, name: str, args: RunnerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:ci:Runner", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.called = names.physical(args.project, args.env, "runner", 150)
        group = names.path(args.project, args.env, "runner")
        self.logs = Logs(name, LogsArgs(group_name=group, key_arn=args.logs_key_arn, days=args.log_days), self._child)
        self.security_group = self._group()
        self.project_name = self._project().name
        if args.authorised:
            self._webhook()
        self.register_outputs({"project_name": self.project_name})

    def _group(self) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            self._name,
            name=self.called,
            description="Runners: nothing comes in",
            vpc_id=self._args.network.vpc_id,
            opts=self._child,
        )
        # GitHub and AWS over TLS; inside, the cluster's endpoint and the registry answer on these ports too
        aws.vpc.SecurityGroupEgressRule(
            self._name,
            security_group_id=group.id,
            cidr_ipv4="0.0.0.0/0",
            description="GitHub, AWS and package indexes, over TLS",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=self._child,
        )
        return group

    def _role(self) -> ServiceRole:
        return ServiceRole(
            self._name,
            ServiceRoleArgs(
                role_name=names.physical(self._args.project, self._args.env, "runner", 64),
                service="codebuild.amazonaws.com",
                statements=self._may(),
                account=self._args.account,
            ),
            self._child,
        )

    def _may(self) -> list[Statement]:
        args = self._args
        network = in_a_network(args.region, args.account, args.network.subnet_ids)
        return network + told_and_connected(self.logs.arn, args.connection_arn)

    def _project(self) -> aws.codebuild.Project:
        args = self._args
        return aws.codebuild.Project(
            self._name,
            name=self.called,
            description=f"GitHub Actions runners of {args.repository} in {args.env}",
            service_role=self._role().arn,
            source={
                "type": "GITHUB",
                "location": f"https://github.com/{args.repository}.git",
                "git_clone_depth": 1,
                "auth": {"type": "CODECONNECTIONS", "resource": args.connection_arn},
            },
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "compute_type": f"BUILD_GENERAL1_{args.compute.upper()}",
                "image": args.image,
                "image_pull_credentials_type": "CODEBUILD",
                "privileged_mode": args.docker,
            },
            vpc_config={
                "vpc_id": args.network.vpc_id,
                "subnets": args.network.subnet_ids,
                "security_group_ids": [self.security_group.id, *args.network.group_ids],
            },
            logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": self.logs.name}},
            concurrent_build_limit=args.concurrency,
            build_timeout=args.timeout_minutes,
            queued_timeout=args.queued_minutes,
            opts=self._child,
        )

    def _webhook(self) -> None:
        only = "|".join(self._args.workflows)
        filters: list[aws.codebuild.WebhookFilterGroupFilterArgsDict] = [
            {"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"},
            {"type": "WORKFLOW_NAME", "pattern": f"^({only})$"},
        ]
        aws.codebuild.Webhook(
            self._name,
            project_name=self.project_name,
            build_type="BUILD",
            filter_groups=[{"filters": filters}],
            opts=self._child,
        )
