"""One CloudWatch alarm: on a series, on arithmetic over several, or on a question to CloudWatch Metrics Insights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from modelyard.infra.components.monitoring.metrics import emitted


@dataclass(frozen=True, kw_only=True)
class Series:
    """One metric of one thing. `statistic` is CloudWatch's: `Sum`, `Maximum`, `p99`."""

    namespace: str
    metric: str
    statistic: str
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not emitted(self.namespace, self.metric):
            raise ValueError(f"Nobody emits {self.metric!r} in {self.namespace!r}: an alarm on it would wait for ever.")


@dataclass(frozen=True, kw_only=True)
class AlarmArgs:
    """What is watched, when it is too much, and who hears of it.

    Attributes:
        says: What is wrong and what to do, as the message shows it.
        series: Id -> series; exactly one, or an `expression` over their ids.
        question: A Metrics Insights query instead; one is all that an alarm may have.
        period: Seconds of one datapoint; `times` of the last `of` datapoints must be beyond `limit`.
        missing: What no data means.
        tell: ARNs of topics, told on alarm and on recovery.
    """

    alarm_name: str
    says: str
    limit: float
    series: Mapping[str, Series] = field(default_factory=dict)
    expression: str | None = None
    question: str | None = None
    below: bool = False
    period: int = 60
    of: int = 5
    times: int = 5
    missing: Literal["breaching", "notBreaching", "ignore", "missing"] = "notBreaching"
    tell: Sequence[pulumi.Input[str]] = ()


def alarm(name: str, args: AlarmArgs, opts: pulumi.ResourceOptions) -> aws.cloudwatch.MetricAlarm:
    """Make a `cloudwatch.MetricAlarm`."""
    return aws.cloudwatch.MetricAlarm(
        name,
        name=args.alarm_name,
        alarm_description=args.says,
        comparison_operator="LessThanThreshold" if args.below else "GreaterThanThreshold",
        threshold=args.limit,
        evaluation_periods=args.of,
        datapoints_to_alarm=args.times,
        treat_missing_data=args.missing,
        alarm_actions=list(args.tell),
        ok_actions=list(args.tell),
        opts=opts,
        **_watched(args),
    )


def _watched(args: AlarmArgs) -> dict[str, Any]:
    if args.question is not None:
        asked = {"id": "asked", "expression": args.question, "period": args.period, "return_data": True}
        return {"metric_queries": [asked]}
    if args.expression is None:
        (one,) = args.series.values()
        percentile = one.statistic.startswith("p")
        return {
            "namespace": one.namespace,
            "metric_name": one.metric,
            "dimensions": dict(one.dimensions),
            "period": args.period,
            ("extended_statistic" if percentile else "statistic"): one.statistic,
        }
    result = {"id": "result", "expression": args.expression, "label": args.alarm_name, "return_data": True}
    return {"metric_queries": [*(_query(i, one, args.period) for i, one in args.series.items()), result]}


def _query(identifier: str, one: Series, period: int) -> dict[str, Any]:
    metric = {
        "namespace": one.namespace,
        "metric_name": one.metric,
        "dimensions": dict(one.dimensions),
        "stat": one.statistic,
        "period": period,
    }
    return {"id": identifier, "metric": metric, "return_data": False}
