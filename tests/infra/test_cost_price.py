"""What a plan costs: by hand and by the table, and what the table does not know."""

from typing import Any

import pytest

from modelyard.infra.cost import Cost, book, price
from modelyard.infra.plan.records import Layer, Plan, Resource
from modelyard.infra.platform import Platform

HOURS = 730


def resource(type_: str, name: str, layer: str = "network", /, **inputs: Any) -> Resource:
    urn = f"urn:pulumi:dev::modelyard-{layer}::{type_}::{name}"
    return Resource(layer=layer, type=type_, name=name, urn=urn, parent=None, inputs=inputs)


def plan(*resources: Resource, region: str = "us-east-1") -> Plan:
    layers = {one.layer for one in resources}
    made = tuple(
        Layer(name=name, resources=tuple(one for one in resources if one.layer == name), outputs={}) for name in layers
    )
    return Plan(env="dev", region=region, account="1" * 12, project=None, layers=made, problems=())


def platform(**usage: float) -> Platform:
    return Platform.model_validate(
        {
            "name": "acme",
            "account": "1" * 12,
            "region": "us-east-1",
            "github": {"owner": "acme"},
            "environments": {"dev": {"usage": usage}},
        }
    )


def cost(*resources: Resource, region: str = "us-east-1", **usage: float) -> Cost:
    return price(plan(*resources, region=region), platform(**usage))


def priced(found: Cost, what: str) -> float:
    return sum(one.usd for one in found.items if what in one.what)


def test_a_gateway_costs_its_hours_and_what_goes_through():
    found = cost(resource("aws:ec2/natGateway:NatGateway", "nat"), nat_gb=100)

    assert found.monthly_usd == pytest.approx(HOURS * 0.045 + 100 * 0.045, abs=0.01)
    assert found.unpriced == ()
    assert all(one.source and one.date and one.unit for one in found.items)


def test_use_in_the_configuration_changes_the_price():
    nat = resource("aws:ec2/natGateway:NatGateway", "nat")

    assert cost(nat, nat_gb=1000).monthly_usd - cost(nat, nat_gb=0).monthly_usd == pytest.approx(45, abs=0.01)
    assert cost(nat, nat_gb=1000).assumptions["nat_gb"] == 1000


def test_a_price_is_the_regions_own():
    nat = resource("aws:ec2/natGateway:NatGateway", "nat")

    assert cost(nat, region="eu-west-1", nat_gb=0).monthly_usd == pytest.approx(HOURS * 0.048, abs=0.01)


def test_an_unknown_region_is_listed_and_never_taken_as_zero():
    found = cost(resource("aws:ec2/natGateway:NatGateway", "nat"), region="sa-east-1")

    assert found.items == ()
    assert {one.what for one in found.unpriced} == {"NAT gateway", "data through a NAT gateway"}
    assert all("sa-east-1" in one.why and "us-east-1" in one.why for one in found.unpriced)


def test_of_a_share_it_is_said_where_the_price_of_the_whole_is_known():
    found = cost(resource("aws:eks/cluster:Cluster", "cluster", version="1.36"), region="eu-west-1")

    (why,) = (one.why for one in found.unpriced if one.what == "EKS Auto Mode on c6g.large")
    assert why.startswith("no price in eu-west-1; there is one in us-east-1:")


def test_a_type_that_nobody_knows_is_listed():
    found = cost(resource("aws:mwaa/environment:Environment", "airflow"))

    (unknown,) = found.unpriced
    assert (unknown.what, unknown.resource) == ("aws:mwaa/environment:Environment", "Environment airflow")


def test_what_is_free_is_counted_and_not_listed():
    found = cost(resource("aws:iam/role:Role", "role"), resource("kubernetes:core/v1:Namespace", "names"))

    assert (found.monthly_usd, found.free, found.items, found.unpriced) == (0, 2, (), ())


def test_a_database_costs_more_with_a_standby():
    one = {"engine": "postgres", "instanceClass": "db.t4g.micro", "allocatedStorage": 20, "storageType": "gp3"}
    single = cost(resource("aws:rds/instance:Instance", "db", **one))
    double = cost(resource("aws:rds/instance:Instance", "db", **one, multiAz=True))

    assert single.monthly_usd == pytest.approx(HOURS * 0.016 + 20 * 0.115, abs=0.01)
    assert double.monthly_usd == pytest.approx(HOURS * 0.032 + 20 * 0.23, abs=0.01)


def test_a_database_class_without_a_price_is_listed_while_its_storage_is_priced():
    found = cost(
        resource(
            "aws:rds/instance:Instance",
            "db",
            engine="postgres",
            instanceClass="db.x9.huge",
            allocatedStorage=20,
            storageType="gp3",
        )
    )

    assert [one.what for one in found.unpriced] == ["db.x9.huge, single-AZ"]
    assert found.monthly_usd == pytest.approx(2.3, abs=0.01)


def service(**more: Any) -> tuple[Resource, ...]:
    task = {"family": "churn", "cpu": "512", "memory": "1024", **more}
    return (
        resource("aws:ecs/taskDefinition:TaskDefinition", "task", "project", **task),
        resource("aws:ecs/service:Service", "churn", "project", name="churn", taskDefinition="churn:1", desiredCount=0),
        resource(
            "aws:appautoscaling/target:Target",
            "scale",
            "project",
            resourceId="service/cluster/churn",
            minCapacity=2,
            maxCapacity=9,
        ),
    )


def test_a_service_costs_the_tasks_that_autoscaling_keeps():
    found = cost(*service())

    assert found.monthly_usd == pytest.approx(2 * HOURS * (0.5 * 0.04048 + 1 * 0.004445), abs=0.01)


def test_a_service_on_arm_costs_less():
    assert cost(*service(runtimePlatform={"cpuArchitecture": "ARM64"})).monthly_usd < cost(*service()).monthly_usd


def test_a_public_load_balancer_costs_its_addresses_and_its_answers():
    balancer = {"name": "front", "subnets": ["a", "b"]}
    inside = cost(resource("aws:lb/loadBalancer:LoadBalancer", "front", internal=True, **balancer))
    outside = cost(resource("aws:lb/loadBalancer:LoadBalancer", "front", internal=False, **balancer))

    assert outside.monthly_usd - inside.monthly_usd == pytest.approx(2 * HOURS * 0.005 + 2 * 0.09, abs=0.01)


def pool(families: list[str], gpus: int, **limits: str) -> Resource:
    requirements = [{"key": "eks.amazonaws.com/instance-family", "operator": "In", "values": families}]
    spec = {
        "limits": {"nvidia.com/gpu": str(gpus), **limits},
        "template": {"spec": {"requirements": requirements, "taints": [{"key": "nvidia.com/gpu"}]}},
    }
    return resource("kubernetes:karpenter.sh/v1:NodePool", "gpu", "training", spec=spec)


def test_gpu_hours_are_those_of_all_pools_together():
    one = pool(["g4dn"], 2)
    two = one.model_copy(update={"name": "second", "urn": f"{one.urn}-second"})

    assert cost(one, two, gpu_hours_low=10).monthly_usd == cost(one, gpu_hours_low=10).monthly_usd > 0


def test_gpu_hours_are_a_range_up_to_the_pools_limit():
    none = cost(pool(["g4dn"], 2), gpu_hours_low=0)
    some = cost(pool(["g4dn"], 2), gpu_hours_low=10)

    assert none.monthly_usd == 0
    assert none.high_usd == pytest.approx(2 * HOURS * (4.352 * 1.078 + 0.08 * 80 / HOURS), rel=0.001)
    assert some.low_usd == pytest.approx(10 * (0.526 * 1.078 + 0.08 * 80 / HOURS), rel=0.01)
    assert some.high_usd == none.high_usd


def test_a_larger_limit_raises_the_high_end_only():
    small, large = cost(pool(["g5"], 2)), cost(pool(["g5"], 8))

    assert large.low_usd == small.low_usd
    assert large.high_usd == pytest.approx(4 * small.high_usd, rel=0.001)


def test_gpu_families_that_the_region_does_not_price_are_listed():
    found = cost(pool(["g5", "g6"], 4), region="eu-west-1")

    assert found.high_usd > 0
    assert [one.what for one in found.unpriced] == ["GPU machines of g6"]
    assert [one.what for one in cost(pool(["g6"], 4), region="eu-west-1").unpriced] == ["GPU machines of g6"]


def test_a_cluster_costs_its_control_plane_and_the_nodes_that_always_run():
    cluster = resource("aws:eks/cluster:Cluster", "cluster", "cluster", version="1.36")
    found = cost(cluster, cpu_node_hours=0)

    assert found.monthly_usd == pytest.approx(HOURS * (0.1 + 0.068 * 1.12) + 80 * 0.08, abs=0.01)


def test_pods_that_ask_for_more_than_one_node_get_more_nodes():
    cluster = resource("aws:eks/cluster:Cluster", "cluster", "cluster", version="1.36")
    containers = [{"name": "app", "resources": {"requests": {"cpu": "1500m"}}}]
    spec = {"replicas": 3, "template": {"spec": {"containers": containers}}}
    pods = resource("kubernetes:apps/v1:Deployment", "churn", "serving", spec=spec)

    more = cost(cluster, pods, cpu_node_hours=0).monthly_usd - cost(cluster, cpu_node_hours=0).monthly_usd
    assert more == pytest.approx(2 * (HOURS * 0.068 * 1.12 + 80 * 0.08), abs=0.01)


def test_an_alarm_costs_by_the_metrics_it_looks_at():
    kind = "aws:cloudwatch/metricAlarm:MetricAlarm"
    series = {"metric": {"metricName": "m"}}
    one = cost(resource(kind, "one", "monitoring", metricName="m", period=60))
    two = cost(resource(kind, "two", "monitoring", metricQueries=[series, series, {"expression": "a / b"}]))
    fast = cost(resource(kind, "fast", "monitoring", metricName="m", period=10))

    assert (one.monthly_usd, two.monthly_usd, fast.monthly_usd) == (0.1, 0.2, 0.3)


def test_a_disk_that_pods_claim_is_a_volume():
    spec = {"resources": {"requests": {"storage": "100Gi"}}}
    found = cost(resource("kubernetes:core/v1:PersistentVolumeClaim", "disk", "training", spec=spec))

    assert found.monthly_usd == pytest.approx(8, abs=0.01)


def test_the_sums_are_those_of_the_items():
    found = cost(*service(), pool(["g5"], 1), resource("aws:kms/key:Key", "key", "lake"))

    assert found.monthly_usd == found.low_usd == pytest.approx(sum(one.usd for one in found.items), abs=0.01)
    assert found.high_usd == pytest.approx(sum(one.usd_high for one in found.items), abs=0.01)


def test_every_price_names_a_public_source_and_a_date():
    for key, entry in book().entries.items():
        for region, one in entry.prices.items():
            where = f"{key} in {region}"
            assert "/" in one.source, where
            assert one.date[:2] == "20", where
            assert entry.what, where
            assert entry.unit, where


def test_prices_of_ones_own_go_before_the_shipped_ones(tmp_path):
    own = tmp_path / "prices.yaml"
    own.write_text(
        "date: 2030-01-01\nprices:\n  nat.hour:\n    what: NAT\n    unit: hour\n    in:\n"
        "      us-east-1: {usd: 1.0, date: '2030-01-01', source: mine/file}\n"
    )
    nat = resource("aws:ec2/natGateway:NatGateway", "nat")
    found = price(plan(nat), platform(nat_gb=100), prices=book(own))

    assert found.monthly_usd == pytest.approx(HOURS + 4.5, abs=0.01)
    assert found.date == "2030-01-01"
    assert {one.source for one in found.items if one.what == "NAT gateway"} == {"mine/file"}


def test_a_workspace_of_prometheus_costs_by_the_servers_that_are_asked():
    kept = resource("aws:amp/workspace:Workspace", "metrics", "training")
    spec = {"minReplicas": 2, "maxReplicas": 9}
    servers = resource("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "churn", "project", spec=spec)
    alone, asked = cost(kept), cost(kept, servers)
    assert (alone.unpriced, asked.unpriced) == ((), ())
    samples = 2 * 250 * HOURS * 3600 / 15
    assert asked.monthly_usd - alone.monthly_usd == pytest.approx(samples / 1e7 * 0.9, abs=0.01)
