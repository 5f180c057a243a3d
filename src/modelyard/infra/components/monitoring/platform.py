"""The alarms on what all projects share: database, registry, load balancer, queue of dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.monitoring.alarm import AlarmArgs, Series, alarm

_GB = 1024**3


@dataclass(frozen=True, kw_only=True)
class PlatformAlarmsArgs:
    """What there is to watch.

    Attributes:
        database: Identifier of the RDS instance, and its storage in GB.
        registry: `arn_suffix` of MLflow's load balancer and of its target group.
        balancer_suffix: `arn_suffix` of the load balancer that the services share.
        dead_letters: Name of the queue.
        tell: Topics; what is critical is told once, by the composite alarm over it.
    """

    project: str
    env: str
    database: pulumi.Input[str]
    storage_gb: int
    registry: tuple[pulumi.Input[str], pulumi.Input[str]]
    balancer_suffix: pulumi.Input[str]
    dead_letters: pulumi.Input[str]
    tell: Sequence[pulumi.Input[str]] = ()


class PlatformAlarms(pulumi.ComponentResource):
    """Makes a `cloudwatch.MetricAlarm` per question; `critical` names those that mean an outage."""

    critical: tuple[pulumi.Output[str], ...]
    arns: tuple[pulumi.Output[str], ...]

    def __init__(self, name: str, args: PlatformAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:PlatformAlarms", name, None, opts)
        self._args = args
        mine = pulumi.ResourceOptions(parent=self)
        critical = [alarm(f"{name}-{what}", wanted, mine) for what, wanted in self._critical().items()]
        warning = [alarm(f"{name}-{what}", wanted, mine) for what, wanted in self._warning().items()]
        self.critical = tuple(one.name for one in critical)
        self.arns = tuple(one.arn for one in (*critical, *warning))
        self.register_outputs({"critical": self.critical, "arns": self.arns})

    def _critical(self) -> dict[str, AlarmArgs]:
        balancer, group = self._args.registry
        registry = {"LoadBalancer": balancer, "TargetGroup": group}
        return {
            "registry-down": AlarmArgs(
                alarm_name=self._called("registry-down"),
                says="No MLflow task is healthy. See its log group and the database.",
                series={"up": Series(**_ALB, metric="HealthyHostCount", statistic="Maximum", dimensions=registry)},
                below=True,
                limit=1,
                missing="breaching",
            ),
            "balancer-errors": AlarmArgs(
                alarm_name=self._called("balancer-errors"),
                says="The load balancer itself answers with errors: no healthy target, or a time-out.",
                series={
                    "failed": Series(
                        **_ALB,
                        metric="HTTPCode_ELB_5XX_Count",
                        statistic="Sum",
                        dimensions={"LoadBalancer": self._args.balancer_suffix},
                    )
                },
                limit=10,
                of=3,
                times=2,
            ),
            "database-full": AlarmArgs(
                alarm_name=self._called("database-full"),
                says="Less than a tenth of the database's storage is free. Raise registry.max_storage_gb.",
                series={"free": self._database("FreeStorageSpace", "Minimum")},
                below=True,
                limit=self._args.storage_gb * _GB / 10,
                period=300,
                of=3,
                times=3,
            ),
        }

    def _warning(self) -> dict[str, AlarmArgs]:
        letters = {"QueueName": self._args.dead_letters}
        return {
            "database-busy": AlarmArgs(
                alarm_name=self._called("database-busy"),
                says="The database has been above 80 % CPU for a quarter of an hour. Raise registry.instance_class.",
                series={"cpu": self._database("CPUUtilization", "Average")},
                limit=80,
                period=300,
                of=3,
                times=3,
                tell=self._args.tell,
            ),
            "dead-letters": AlarmArgs(
                alarm_name=self._called("dead-letters"),
                says="GitHub did not take a retraining. Has the token expired? The events wait in the queue.",
                series={
                    "waiting": Series(
                        namespace="AWS/SQS",
                        metric="ApproximateNumberOfMessagesVisible",
                        statistic="Maximum",
                        dimensions=letters,
                    )
                },
                limit=0,
                period=300,
                of=1,
                times=1,
                tell=self._args.tell,
            ),
        }

    def _database(self, metric: str, statistic: str) -> Series:
        one = {"DBInstanceIdentifier": self._args.database}
        return Series(namespace="AWS/RDS", metric=metric, statistic=statistic, dimensions=one)

    def _called(self, what: str) -> str:
        return names.physical(self._args.project, self._args.env, what, 255)


_ALB = {"namespace": "AWS/ApplicationELB"}
