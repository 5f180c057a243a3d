"""A deployment finds what the platform's programs make: the same names, taken from a plan of them."""

import pytest
from platforms import only, planned, platform, resources

from modelyard.deploy import Target
from modelyard.deploy.ecs.checks import Ecs
from modelyard.deploy.kubernetes.roll import NAMESPACE
from modelyard.deploy.target import CONTAINER, is_placeholder
from modelyard.errors import RequestError
from modelyard.infra.components.project.on_kubernetes import SERVICES
from modelyard.infra.components.project.prepared import FIRST_TAG
from modelyard.infra.components.project.task import CONTAINER as MADE

pytestmark = pytest.mark.slow  # plans whole layers


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_names_are_those_of_the_plan(env):
    target = Target.of(platform(), env, "churn")
    made, front = planned(env, "project"), planned(env, "serving")
    service = only(made, "ecs/service:Service")
    assert target.service == service["name"] == only(made, "ecs/taskDefinition:TaskDefinition")["family"]
    assert target.cluster == only(front, "ecs/cluster:Cluster")["name"]
    assert target.repository == only(made, "ecr/repository:Repository")["name"]
    assert set(target.alarms) <= {one.inputs["name"] for one in resources(made, "cloudwatch/metricAlarm:MetricAlarm")}
    assert len(service["alarms"]["alarmNames"]) == len(target.alarms)
    assert target.least_tasks == platform().environments[env].service.min_tasks
    assert (CONTAINER, NAMESPACE) == (MADE, SERVICES)
    assert is_placeholder(f"{target.repository_url}:{FIRST_TAG}")


def test_the_name_of_a_kubernetes_cluster_is_that_of_the_plan():
    changes = {"environments.dev.service.backend": "kubernetes"}
    target = Target.of(platform(changes), "dev", "churn")
    assert target.cluster == only(planned("dev", "cluster"), "eks/cluster:Cluster")["name"]


def test_a_project_or_environment_that_the_platform_lacks_is_refused():
    with pytest.raises(RequestError, match="'other' is not among the repositories"):
        Target.of(platform(), "dev", "other")
    with pytest.raises(RequestError, match="'test' is not in"):
        Target.of(platform(), "test", "churn")


def test_nothing_is_asked_of_aws_before_it_is_needed():
    assert Ecs(Target.of(platform(), "dev", "churn")).alarms(()) == ()
