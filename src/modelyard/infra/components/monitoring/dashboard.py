"""A CloudWatch dashboard, two graphs a row: one for the platform, one for each service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

_WIDTH, _HEIGHT = 12, 6  # of 24 columns


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A title and its lines, in CloudWatch's array form: `[namespace, metric, dimension, value, .., {options}]`.

    A line that is a single text is an expression, such as a search over versions.
    """

    title: str
    lines: Sequence[Sequence[Any] | str]
    statistic: str = "Sum"
    period: int = 60


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """Its physical name, the region of its metrics, its graphs, and the alarms shown on top."""

    dashboard_name: str
    region: str
    graphs: Sequence[Graph]
    alarms: Sequence[pulumi.Input[str]] = ()


class Dashboard(pulumi.ComponentResource):
    """Makes a `cloudwatch.Dashboard`."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:monitoring:Dashboard", name, None, opts)
        widgets = [_alarms(args.alarms)] if args.alarms else []
        top = 3 * len(widgets)
        widgets += [_graph(graph, place, top, args.region) for place, graph in enumerate(args.graphs)]
        dashboard = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=args.dashboard_name,
            dashboard_body=pulumi.Output.json_dumps({"widgets": widgets}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = dashboard.dashboard_name
        self.register_outputs({"name": self.name})


def _alarms(arns: Sequence[pulumi.Input[str]]) -> dict[str, Any]:
    shown = {"title": "Alarms", "alarms": list(arns)}
    return {"type": "alarm", "x": 0, "y": 0, "width": 24, "height": 3, "properties": shown}


def _graph(graph: Graph, place: int, top: int, region: str) -> dict[str, Any]:
    lines = [[{"expression": line}] if isinstance(line, str) else list(line) for line in graph.lines]
    shown: Mapping[str, Any] = {
        "title": graph.title,
        "metrics": lines,
        "stat": graph.statistic,
        "period": graph.period,
        "region": region,
        "view": "timeSeries",
    }
    row, column = divmod(place, 2)
    x, y = column * _WIDTH, top + row * _HEIGHT
    return {"type": "metric", "x": x, "y": y, "width": _WIDTH, "height": _HEIGHT, "properties": shown}
