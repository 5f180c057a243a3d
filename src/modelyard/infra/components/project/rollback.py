"""The alarms that take a rollout back: failing answers, slow answers, tasks that do not become healthy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.monitoring.alarm import AlarmArgs, Series, alarm
from modelyard.infra.components.project.targets import COLOURS

_LEAST_REQUESTS = 20  # a minute, before a share of errors means anything


@dataclass(frozen=True, kw_only=True)
class RollbackAlarmsArgs:
    """What is too slow and too many, for the two target groups of one service.

    Attributes:
        suffixes: `arn_suffix` of the blue and of the green target group.
        tell: Topics.
    """

    project: str
    env: str
    balancer_suffix: pulumi.Input[str]
    suffixes: Sequence[pulumi.Input[str]]
    error_percent: float
    p99_ms: float
    tell: Sequence[pulumi.Input[str]] = ()


class RollbackAlarms(pulumi.ComponentResource):
    """Makes three `cloudwatch.MetricAlarm`, each over both target groups: traffic moves between them.

    None is in ALARM where there is no data: ECS ignores all alarms of a rollout that begins with one of them in ALARM.
    """

    names: tuple[pulumi.Output[str], ...]
    arns: tuple[pulumi.Output[str], ...]

    def __init__(self, name: str, args: RollbackAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:RollbackAlarms", name, None, opts)
        self._args = args
        mine = pulumi.ResourceOptions(parent=self)
        made = [alarm(f"{name}-{what}", wanted, mine) for what, wanted in self._wanted().items()]
        self.names = tuple(one.name for one in made)
        self.arns = tuple(one.arn for one in made)
        self.register_outputs({"names": self.names, "arns": self.arns})

    def _wanted(self) -> dict[str, AlarmArgs]:
        args = self._args
        failed = self._both("failed", "HTTPCode_Target_5XX_Count", "Sum")
        asked = self._both("asked", "RequestCount", "Sum")
        slow = self._both("slow", "TargetResponseTime", "p99")
        ill = self._both("ill", "UnHealthyHostCount", "Maximum")
        share = f"100 * ({_sum(failed)}) / ({_sum(asked)})"
        return {
            "errors": AlarmArgs(
                alarm_name=self._called("errors"),
                says=f"More than {args.error_percent:g} % errors; a rollout is undone. See its log.",
                series={**failed, **asked},
                expression=f"IF(({_sum(asked)}) >= {_LEAST_REQUESTS}, {share}, 0)",
                limit=args.error_percent,
                of=3,
                times=2,
                tell=args.tell,
            ),
            "latency": AlarmArgs(
                alarm_name=self._called("latency"),
                says=f"The p99 is above {args.p99_ms:g} ms. See CPU and request sizes; a rollout is undone.",
                series=slow,
                expression=f"MAX([{', '.join(slow)}]) * 1000",
                limit=args.p99_ms,
                of=5,
                times=3,
                tell=args.tell,
            ),
            "unhealthy": AlarmArgs(
                alarm_name=self._called("unhealthy"),
                says="A task does not answer /healthz. See why it stopped: aws ecs describe-tasks.",
                series=ill,
                expression=f"MAX([{', '.join(ill)}])",
                limit=0,
                of=5,
                times=5,
                tell=args.tell,
            ),
        }

    def _called(self, what: str) -> str:
        return names.physical(self._args.project, self._args.env, what, 255)

    def _both(self, identifier: str, metric: str, statistic: str) -> Mapping[str, Series]:
        return {
            f"{identifier}_{colour}": Series(
                namespace="AWS/ApplicationELB",
                metric=metric,
                statistic=statistic,
                dimensions={"LoadBalancer": self._args.balancer_suffix, "TargetGroup": suffix},
            )
            for colour, suffix in zip(COLOURS, self._args.suffixes, strict=True)
        }


def _sum(series: Mapping[str, Series]) -> str:
    # one of the two groups has no data most of the time
    return " + ".join(f"FILL({identifier}, 0)" for identifier in series)
