"""What the dashboard of a service shows: traffic, errors and time by version and role, drift, tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from modelyard.infra.components.monitoring.dashboard import Graph
from modelyard.infra.components.monitoring.metrics import SERVERS


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Whose dashboard, and where its metrics lie; `balancer` and `groups` are ARN suffixes."""

    project: str
    env: str
    balancer: pulumi.Input[str]
    groups: Sequence[pulumi.Input[str]]
    cluster: pulumi.Input[str]
    service: pulumi.Input[str]


def graphs(shown: Shown) -> list[Graph]:
    """Return the graphs of one service."""
    tasks = ["ClusterName", shown.cluster, "ServiceName", shown.service]
    means = _search(shown, "prediction_mean", "Average")
    p99 = _search(shown, "latency_ms", "p99")
    return [
        Graph(title="Requests by version", lines=[_search(shown, "requests", "Sum")]),
        Graph(title="Errors by version", lines=[_search(shown, "errors", "Sum")]),
        Graph(title="Scoring time, p99 in ms", lines=[p99], statistic="p99"),
        Graph(title="Mean prediction", lines=[means], statistic="Average"),
        Graph(title="Errors at the load balancer", lines=_targets("HTTPCode_Target_5XX_Count", shown)),
        Graph(
            title="Time at the load balancer, p99 in s",
            lines=_targets("TargetResponseTime", shown),
            statistic="p99",
        ),
        Graph(
            title="Distance from training",
            lines=[_monitor(shown, "drift_distance_max"), _monitor(shown, "calibration_gap")],
            statistic="Maximum",
            period=86400,
        ),
        Graph(
            title="CPU and memory of the tasks, %",
            lines=[["AWS/ECS", "CPUUtilization", *tasks], ["AWS/ECS", "MemoryUtilization", *tasks]],
            statistic="Average",
        ),
    ]  # fmt: skip


def _search(shown: Shown, metric: str, statistic: str) -> str:
    schema = ",".join(["Modelyard", *SERVERS])
    words = f'MetricName="{metric}" project="{shown.project}" env="{shown.env}"'
    return f"SEARCH('{{{schema}}} {words}', '{statistic}', 60)"


def _targets(metric: str, shown: Shown) -> list[list[Any]]:
    return [
        ["AWS/ApplicationELB", metric, "LoadBalancer", shown.balancer, "TargetGroup", group] for group in shown.groups
    ]


def _monitor(shown: Shown, metric: str) -> list[Any]:
    return ["Modelyard", metric, "project", shown.project, "env", shown.env]
