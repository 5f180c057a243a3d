"""The alarms on the cluster: GPUs that are paid for and idle, and training jobs that failed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.monitoring.alarm import AlarmArgs, Series, alarm

_IDLE_MINUTES = 60


@dataclass(frozen=True, kw_only=True)
class ClusterAlarmsArgs:
    """Name of the cluster, and below what share of use a GPU counts as idle."""

    project: str
    env: str
    cluster: pulumi.Input[str]
    gpu_idle_percent: float
    tell: Sequence[pulumi.Input[str]] = ()


class ClusterAlarms(pulumi.ComponentResource):
    """Makes two `cloudwatch.MetricAlarm` on what the agent in the cluster emits."""

    arns: tuple[pulumi.Output[str], ...]

    def __init__(self, name: str, args: ClusterAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:ClusterAlarms", name, None, opts)
        self._args = args
        mine = pulumi.ResourceOptions(parent=self)
        made = [alarm(f"{name}-{what}", wanted, mine) for what, wanted in self._wanted().items()]
        self.arns = tuple(one.arn for one in made)
        self.register_outputs({"arns": self.arns})

    def _wanted(self) -> dict[str, AlarmArgs]:
        args = self._args
        return {
            "gpu-idle": AlarmArgs(
                alarm_name=names.physical(args.project, args.env, "gpu-idle", 255),
                says=f"GPUs were used below {args.gpu_idle_percent:g} % for an hour and are paid for. Which job waits?",
                series={"used": self._series("DCGM_FI_DEV_GPU_UTIL", "Maximum")},
                below=True,
                limit=args.gpu_idle_percent,
                period=300,
                of=_IDLE_MINUTES // 5,
                times=_IDLE_MINUTES // 5,
                tell=args.tell,
            ),
            "job-failed": AlarmArgs(
                alarm_name=names.physical(args.project, args.env, "job-failed", 255),
                says="A training job failed. See it: kubectl -n training get rayjobs.",
                series={"failed": self._series("kuberay_job_deployment_status", "Maximum")},
                limit=0,
                period=300,
                of=1,
                times=1,
                tell=args.tell,
            ),
        }

    def _series(self, metric: str, statistic: str) -> Series:
        mine = {"cluster": self._args.cluster}
        return Series(namespace="Modelyard/Cluster", metric=metric, statistic=statistic, dimensions=mine)
