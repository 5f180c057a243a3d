"""Topics, alarms and dashboard of what all projects of one environment share."""

import pulumi

from modelyard.infra.components import monitoring, names
from modelyard.infra.components.key import CustomerKey, CustomerKeyArgs
from modelyard.infra.components.monitoring.shown import platform_graphs
from modelyard.infra.components.serving import bound_every_role
from modelyard.infra.platform.layers import MonitoringLayer
from modelyard.infra.platform.stack import read, upstream

settings = read(MonitoringLayer)
config, account, region = settings.monitoring, settings.account, settings.region
registry, serving = upstream(settings, "registry"), upstream(settings, "serving")
who = {"project": settings.platform, "env": settings.env}
bound_every_role(upstream(settings, "account").output("boundary_arn"))

# AWS's own key for SNS would silently keep alarms and events from being published
alias = names.physical(settings.platform, settings.env, "topics")
publish = CustomerKeyArgs(alias=alias, description="Topics", account=account, services=monitoring.PUBLISHERS)
key = CustomerKey("topics", publish)
slack = (config.slack.team_id, config.slack.channel_id) if config.slack else None
told = monitoring.TopicArgs(**who, account=account, key_arn=key.arn, emails=config.emails, slack=slack)
topic = monitoring.Topic("alarms", told)
letters = monitoring.DeadLetters("letters", monitoring.DeadLettersArgs(**who, account=account, region=region))

alarms = monitoring.PlatformAlarms(
    "platform",
    monitoring.PlatformAlarmsArgs(
        **who,
        database=registry.output("database_identifier"),
        storage_gb=settings.registry.storage_gb,
        registry=(registry.output("load_balancer_arn_suffix"), registry.output("target_group_arn_suffix")),
        balancer_suffix=serving.output("load_balancer_arn_suffix"),
        dead_letters=letters.name,
        tell=[topic.arn],
    ),
)
spend = monitoring.SpendAlarmArgs(**who, monthly_usd=settings.budget.monthly_usd, tell=topic.arn)
monitoring.SpendAlarm("spend", spend)
events = monitoring.DatabaseEventsArgs(
    **who,
    database=registry.output("database_identifier"),
    parameters=registry.output("database_parameters"),
    tell=topic.arn,
)
monitoring.DatabaseEvents("database", events)
shown = [
    *alarms.arns,
    monitoring.Outage("outage", monitoring.OutageArgs(**who, alarms=alarms.critical, tell=[topic.arn])).arn,
]
if settings.kubernetes:
    cluster = upstream(settings, "cluster").output("name")
    idle = monitoring.ClusterAlarmsArgs(
        **who, cluster=cluster, gpu_idle_percent=config.gpu_idle_percent, tell=[topic.arn]
    )
    shown += monitoring.ClusterAlarms("cluster", idle).arns
if config.grafana:
    kept = upstream(settings, "training").output("prometheus")
    source = {"workspace_arn": kept["workspace_arn"], "key_arn": kept["key_arn"]}
    monitoring.Grafana("metrics", monitoring.GrafanaArgs(**who, account=account, **source))
if config.retrain_on_drift and config.github_token_secret:
    token = monitoring.GithubConnectionArgs(**who, token_secret=config.github_token_secret)
    pulumi.export("connection_arn", monitoring.GithubConnection("github", token).arn)
graphs = platform_graphs(registry.output("database_identifier"), serving.output("load_balancer_arn_suffix"))
called = names.physical(settings.platform, settings.env, "platform", 255)
board = monitoring.DashboardArgs(dashboard_name=called, region=region, graphs=graphs, alarms=shown)
pulumi.export("dashboard", monitoring.Dashboard("platform", board).name)
pulumi.export("topic_arn", topic.arn)
pulumi.export("dead_letters_arn", letters.arn)
