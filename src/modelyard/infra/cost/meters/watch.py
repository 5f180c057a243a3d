"""What watches: alarms, dashboards, metrics, logs, messages."""

from collections.abc import Iterator

from modelyard.infra.cost.charge import Charge, Use, meter, pool
from modelyard.infra.cost.meters.compute import SERVICE, tasks
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import as_list, at

CLUSTER = "aws:ecs/cluster:Cluster"
SERVED = (SERVICE, "kubernetes:apps/v1:Deployment")
HIGH_RESOLUTION = 60  # seconds; a shorter period costs more


@meter("aws:cloudwatch/metricAlarm:MetricAlarm")
def alarm(item: Item, use: Use) -> Iterator[Charge]:
    """By the metrics it looks at; a question to Metrics Insights by the series that answer."""
    queries = as_list(item.get("metricQueries"))
    named = sum(1 for query in queries if at(query, "metric") is not None)
    asked = sum(1 for query in queries if str(at(query, "expression", "")).lstrip().upper().startswith("SELECT"))
    count = named + asked * use.assume.series if queries else 1
    fast = int(item.get("period", HIGH_RESOLUTION)) < HIGH_RESOLUTION
    yield Charge("alarm.high.month" if fast else "alarm.month", count)


@meter("aws:cloudwatch/compositeAlarm:CompositeAlarm")
def composite(_item: Item, _use: Use) -> Iterator[Charge]:
    """Each one."""
    yield Charge("alarm.composite.month", 1)


@meter("aws:cloudwatch/dashboard:Dashboard")
def dashboard(_item: Item, _use: Use) -> Iterator[Charge]:
    """Each one; the account's first three are free, and left out here since accounts are shared."""
    yield Charge("dashboard.month", 1)


@pool("aws:cloudwatch/logGroup:LogGroup", "log groups")
def logs(_items: list[Item], use: Use) -> Iterator[Charge]:
    """What all log groups take in, and keep."""
    yield Charge("log.in.gb", use.assume.log_gb)
    yield Charge("log.kept.gb", use.assume.log_gb * use.assume.retained_months)


@pool(CLUSTER, "metrics of the models")
def model_metrics(_items: list[Item], use: Use) -> Iterator[Charge]:
    """What servers and `modelyard monitor` emit for each project."""
    served = [item for item in use.world.of(*SERVED) if item.layer == "project"]
    each = use.assume.server_metrics * use.assume.series + use.assume.monitor_metrics
    if served:
        yield Charge("metric.month", each * len(served))


@meter(CLUSTER)
def insights(item: Item, use: Use) -> Iterator[Charge]:
    """Container Insights, by the metrics of the cluster, its services and their tasks."""
    modes = [at(one, "value") for one in as_list(item.get("settings")) if at(one, "name") == "containerInsights"]
    services = [one for one in use.world.of(SERVICE) if use.world.points(one, "cluster", item)]
    running = sum(tasks(one, use) for one in services)
    own, each = use.assume.insight_metrics_cluster, use.assume.insight_metrics_service
    if "enhanced" in modes:
        yield Charge("insight.month", own + each * len(services) + use.assume.insight_metrics_task * running)
    elif "enabled" in modes:
        yield Charge("metric.month", own + each * len(services), what="metric of Container Insights")


@pool("aws:sns/topic:Topic", "topics")
def messages(_items: list[Item], use: Use) -> Iterator[Charge]:
    """Messages to all topics, and those that go out by e-mail."""
    yield Charge("sns.requests", use.assume.messages / 1_000_000)
    if any(one.get("protocol") == "email" for one in use.world.of("aws:sns/topicSubscription:TopicSubscription")):
        yield Charge("sns.email", use.assume.emails / 100_000)


@pool("aws:sqs/queue:Queue", "queues")
def queues(_items: list[Item], use: Use) -> Iterator[Charge]:
    """Requests to all queues."""
    yield Charge("sqs.requests", use.assume.messages / 1_000_000)


@meter("aws:cloudwatch/eventApiDestination:EventApiDestination")
def destination(_item: Item, use: Use) -> Iterator[Charge]:
    """A call for each retraining."""
    yield Charge("events.destination", use.assume.retrainings / 1_000_000)


@meter("aws:amp/workspace:Workspace")
def prometheus(_item: Item, use: Use) -> Iterator[Charge]:
    """Samples, and what they take up: few of the cluster, and those of each model server four times a minute."""
    services = use.world.of("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    servers = sum(float(one.get("spec.minReplicas", 1)) for one in services)
    samples = use.assume.prometheus_samples + servers * use.assume.prometheus_server_samples
    yield Charge("prometheus.samples", samples / 10_000_000)
    yield Charge("prometheus.gb", use.assume.prometheus_gb)


@meter("aws:amp/scraper:Scraper")
def scraper(_item: Item, _use: Use) -> Iterator[Charge]:
    """A collector, all month."""
    yield Charge("prometheus.collector.hour", 730)


@meter("aws:grafana/workspace:Workspace")
def grafana(_item: Item, _use: Use) -> Iterator[Charge]:
    """At least one editor."""
    yield Charge("grafana.editor", 1)
