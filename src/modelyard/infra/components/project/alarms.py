"""The alarms on a model in service: drift, calibration, age, lost captures, no traffic."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.monitoring.alarm import AlarmArgs, Series, alarm
from modelyard.infra.components.monitoring.metrics import SERVERS

_DAY = 86400
_LONGEST_QUESTION_MIN = 180  # Metrics Insights looks back three hours (CloudWatch user guide)


@dataclass(frozen=True, kw_only=True)
class ModelAlarmsArgs:
    """The limits.

    Drift and calibration have none: `modelyard monitor` judges them window by window, by what training itself varied,
    and emits its verdict, so that one datapoint is enough. A fixed distance would alarm at every season.

    Attributes:
        tell: Topics.
    """

    project: str
    env: str
    stale_model_days: int
    no_traffic_minutes: int
    tell: Sequence[pulumi.Input[str]] = ()


class ModelAlarms(pulumi.ComponentResource):
    """Makes a `cloudwatch.MetricAlarm` per question; `retrain` names those that ask for a new model."""

    retrain: tuple[pulumi.Output[str], ...]
    arns: tuple[pulumi.Output[str], ...]

    def __init__(self, name: str, args: ModelAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:project:ModelAlarms", name, None, opts)
        self._args = args
        mine = pulumi.ResourceOptions(parent=self)
        made = {what: alarm(f"{name}-{what}", wanted, mine) for what, wanted in self._wanted().items()}
        self.retrain = (made["drift"].name, made["calibration"].name)
        self.arns = tuple(one.arn for one in made.values())
        self.register_outputs({"retrain": self.retrain, "arns": self.arns})

    def _wanted(self) -> dict[str, AlarmArgs]:
        args = self._args
        quiet = min(args.no_traffic_minutes, _LONGEST_QUESTION_MIN) // 5
        return {
            "drift": self._watched("drift", "drift_alert", 0, "Served rows differ from training."),
            "calibration": self._watched("calibration", "calibration_alert", 0, "Predictions are off on average."),
            "stale-model": self._watched("stale-model", "model_age_days", args.stale_model_days, "The model is old."),
            "unwatched": AlarmArgs(
                alarm_name=self._called("unwatched"),
                says="`modelyard monitor` has not reported for two days. See the workflow `monitor`.",
                series={"age": self._series("model_age_days", "SampleCount")},
                below=True,
                limit=1,
                period=_DAY,
                of=2,
                times=2,
                missing="breaching",
                tell=args.tell,
            ),
            "captures": AlarmArgs(
                alarm_name=self._called("captures"),
                says="Captured predictions were lost. Is the store reachable from the service?",
                question=self._of_servers("SUM(capture_dropped)"),
                limit=0,
                period=300,
                of=3,
                times=2,
                tell=args.tell,
            ),
            "no-traffic": AlarmArgs(
                alarm_name=self._called("no-traffic"),
                says=f"Nobody has asked for {quiet * 5} minutes. Has a caller lost its way?",
                question=self._of_servers("SUM(requests)"),
                below=True,
                limit=1,
                period=300,
                of=quiet,
                times=quiet,
                tell=args.tell,
            ),
        }

    def _watched(self, what: str, metric: str, limit: float, says: str) -> AlarmArgs:
        return AlarmArgs(
            alarm_name=self._called(what),
            says=f"{says} See `modelyard report`, and retrain.",
            series={"found": self._series(metric, "Maximum")},
            limit=limit,
            period=_DAY,
            of=3,
            times=1,
            tell=self._args.tell,
        )

    def _series(self, metric: str, statistic: str) -> Series:
        mine = {"project": self._args.project, "env": self._args.env}
        return Series(namespace="Modelyard", metric=metric, statistic=statistic, dimensions=mine)

    def _of_servers(self, what: str) -> str:
        """Return a query over all versions and roles: an alarm cannot search for dimensions that change."""
        where = f"project = '{self._args.project}' AND env = '{self._args.env}'"
        return f'SELECT {what} FROM SCHEMA("Modelyard", {", ".join(SERVERS)}) WHERE {where}'  # noqa: S608 - names of our own pattern

    def _called(self, what: str) -> str:
        return names.physical(self._args.project, self._args.env, what, 255)
