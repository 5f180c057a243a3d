"""What the dashboard of the platform shows: database, registry and load balancer."""

from typing import Any

import pulumi

from modelyard.infra.components.monitoring.dashboard import Graph


def platform_graphs(database: pulumi.Input[str], balancer: pulumi.Input[str]) -> list[Graph]:
    """Return the graphs; `balancer` is the ARN suffix of the services' load balancer."""
    return [
        Graph(title="Database CPU, %", lines=[_of(database, "CPUUtilization")], statistic="Average"),
        Graph(title="Database storage free, bytes", lines=[_of(database, "FreeStorageSpace")], statistic="Minimum"),
        Graph(title="Database connections", lines=[_of(database, "DatabaseConnections")], statistic="Maximum"),
        Graph(title="Requests to services", lines=[_at(balancer, "RequestCount")]),
        Graph(title="Errors of the load balancer", lines=[_at(balancer, "HTTPCode_ELB_5XX_Count")]),
        Graph(title="Time of services, p99 in s", lines=[_at(balancer, "TargetResponseTime")], statistic="p99"),
    ]


def _of(database: pulumi.Input[str], metric: str) -> list[Any]:
    return ["AWS/RDS", metric, "DBInstanceIdentifier", database]


def _at(balancer: pulumi.Input[str], metric: str) -> list[Any]:
    return ["AWS/ApplicationELB", metric, "LoadBalancer", balancer]
