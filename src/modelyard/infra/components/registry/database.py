"""Postgres for the registry: private, encrypted, TLS only, with a password that nobody ever sees."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.infra.components import names
from modelyard.infra.components.registry.groups import DATABASE_PORT
from modelyard.infra.components.serving.logs import Logs, LogsArgs
from modelyard.infra.components.serving.role import ServiceRole, ServiceRoleArgs

_MONITORING = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
_EXPORTS = ("postgresql", "upgrade")
_PARAMETERS = {
    "rds.force_ssl": "1",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_min_duration_statement": "1000",
}


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """Its size and safety; `keep` refuses to delete it and takes a last snapshot if it is deleted all the same."""

    project: str
    env: str
    account: str
    instance_class: str
    postgres: str
    storage_gb: int
    max_storage_gb: int
    multi_az: bool
    backup_days: int
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    log_days: int
    keep: bool


class Database(pulumi.ComponentResource):
    """Produces the instance, its subnet and parameter groups, its log groups and the role of its metrics."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:registry:Database", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.identifier = names.physical(args.project, args.env, "registry")
        logs = [self._logs(what) for what in _EXPORTS]
        instance = self._instance(self._subnets(), self._parameters(), self._metrics(), logs)
        self.arn, self.address, self.parameters = instance.arn, instance.address, instance.parameter_group_name
        self.secret_arn = instance.master_user_secrets.apply(_first_secret)
        self.register_outputs({"arn": self.arn, "address": self.address, "secret_arn": self.secret_arn})

    def _logs(self, what: str) -> Logs:
        # RDS would make it itself, unencrypted and for ever
        args = LogsArgs(
            group_name=f"/aws/rds/instance/{self.identifier}/{what}",
            key_arn=self._args.logs_key_arn,
            days=self._args.log_days,
        )
        return Logs(f"{self._name}-{what}", args, self._child)

    def _subnets(self) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(self._name, name=self.identifier, subnet_ids=self._args.subnet_ids, opts=self._child)

    def _parameters(self) -> aws.rds.ParameterGroup:
        return aws.rds.ParameterGroup(
            self._name,
            name=f"{self.identifier}-{self._args.postgres}",
            family=f"postgres{self._args.postgres}",
            parameters=[{"name": name, "value": value} for name, value in _PARAMETERS.items()],
            opts=self._child,
        )

    def _metrics(self) -> ServiceRole:
        args = ServiceRoleArgs(
            role_name=names.physical(self._args.project, self._args.env, "registry-monitoring", 64),
            service="monitoring.rds.amazonaws.com",
            managed={"monitoring": _MONITORING},
            account=self._args.account,
        )
        return ServiceRole(f"{self._name}-monitoring", args, self._child)

    def _instance(
        self, subnets: aws.rds.SubnetGroup, parameters: aws.rds.ParameterGroup, metrics: ServiceRole, logs: list[Logs]
    ) -> aws.rds.Instance:
        args = self._args
        return aws.rds.Instance(
            self._name,
            identifier=self.identifier,
            engine="postgres",
            engine_version=args.postgres,
            instance_class=args.instance_class,
            allocated_storage=args.storage_gb,
            max_allocated_storage=args.max_storage_gb,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            db_name="mlflow",
            username="registry",
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            iam_database_authentication_enabled=True,
            port=DATABASE_PORT,
            publicly_accessible=False,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[args.security_group_id],
            parameter_group_name=parameters.name,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            multi_az=args.multi_az,
            backup_retention_period=args.backup_days,
            backup_window="02:00-03:00",
            maintenance_window="sun:03:30-sun:04:30",
            delete_automated_backups=not args.keep,
            copy_tags_to_snapshot=True,
            auto_minor_version_upgrade=True,
            apply_immediately=not args.keep,
            monitoring_interval=60,
            monitoring_role_arn=metrics.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=7,
            enabled_cloudwatch_logs_exports=list(_EXPORTS),
            deletion_protection=args.keep,
            skip_final_snapshot=not args.keep,
            final_snapshot_identifier=f"{self.identifier}-last" if args.keep else None,
            # a minor version that AWS has put in is not taken back
            opts=pulumi.ResourceOptions(
                parent=self, protect=args.keep, depends_on=logs, ignore_changes=["engineVersion"]
            ),
        )


def _first_secret(secrets: Sequence[aws.rds.outputs.InstanceMasterUserSecret] | None) -> str:
    return (secrets[0].secret_arn or "") if secrets else ""
