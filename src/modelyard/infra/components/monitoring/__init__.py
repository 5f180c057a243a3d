"""Who is told what: topics, alarms of the platform, dashboards, and the way back to GitHub."""

from modelyard.infra.components.monitoring.cluster import ClusterAlarms, ClusterAlarmsArgs
from modelyard.infra.components.monitoring.connection import GithubConnection, GithubConnectionArgs
from modelyard.infra.components.monitoring.dashboard import Dashboard, DashboardArgs, Graph
from modelyard.infra.components.monitoring.database import DatabaseEvents, DatabaseEventsArgs
from modelyard.infra.components.monitoring.grafana import Grafana, GrafanaArgs
from modelyard.infra.components.monitoring.letters import DeadLetters, DeadLettersArgs
from modelyard.infra.components.monitoring.outage import Outage, OutageArgs
from modelyard.infra.components.monitoring.platform import PlatformAlarms, PlatformAlarmsArgs
from modelyard.infra.components.monitoring.spend import SpendAlarm, SpendAlarmArgs
from modelyard.infra.components.monitoring.topic import PUBLISHERS, Topic, TopicArgs

__all__ = [
    "PUBLISHERS",
    "ClusterAlarms",
    "ClusterAlarmsArgs",
    "Dashboard",
    "DashboardArgs",
    "DatabaseEvents",
    "DatabaseEventsArgs",
    "DeadLetters",
    "DeadLettersArgs",
    "GithubConnection",
    "GithubConnectionArgs",
    "Grafana",
    "GrafanaArgs",
    "Graph",
    "Outage",
    "OutageArgs",
    "PlatformAlarms",
    "PlatformAlarmsArgs",
    "SpendAlarm",
    "SpendAlarmArgs",
    "Topic",
    "TopicArgs",
]
