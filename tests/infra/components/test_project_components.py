"""The service of one repository: what it may do, how it rolls out, and who hears when it goes wrong."""

import json

import pytest
from recorded import ACCOUNT, build

from modelyard.infra.components.monitoring.alarm import Series
from modelyard.infra.components.monitoring.dashboard import Graph
from modelyard.infra.components.project import (
    Dispatch,
    Front,
    Images,
    ImagesArgs,
    OnEcs,
    OnEcsArgs,
    Place,
    Size,
    Watching,
    WatchingArgs,
)
from modelyard.infra.components.project.targets import priority

PLACE = Place(
    project="churn",
    env="dev",
    account=ACCOUNT,
    region="eu-central-1",
    vpc_id="vpc-1",
    subnets=["subnet-1", "subnet-2"],
    key_arn="arn:key",
    logs_key_arn="arn:logs-key",
    store_policy_arn="arn:policy/server",
    topics=["arn:topic"],
)
SIZE = Size(
    cpu=2048,
    memory_mb=4096,
    min_tasks=2,
    max_tasks=6,
    target_cpu_percent=55,
    canary_percent=5,
    canary_minutes=7,
    bake_minutes=9,
    p99_ms=400,
    error_percent=2,
)
ALARM = "cloudwatch/metricAlarm:MetricAlarm"


def service(public=False, auth="none"):
    front = Front(
        cluster_arn="arn:cluster",
        cluster_name="services",
        listener_arn="arn:listener",
        balancer_suffix="app/front/1",
        balancer_group_id="sg-front",
        public=public,
    )

    def program():
        images = Images("churn", ImagesArgs(project="churn", env="dev", key_arn="arn:key", keep=12))
        OnEcs("churn", OnEcsArgs(place=PLACE, front=front, size=SIZE, images=images, log_days=90, auth=auth))

    return build(program)


@pytest.fixture(scope="module")
def made():
    return service()


def test_image_tags_never_move_and_old_images_go(made):
    repository = made.one("ecr/repository:Repository").inputs
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": "arn:key"}]
    rules = made.one("ecr/lifecyclePolicy:LifecyclePolicy").json("policy")["rules"]
    assert [rule["selection"]["countNumber"] for rule in rules] == [14, 12]


def test_the_first_service_has_no_tasks_and_leaves_later_ones_alone(made):
    first = made.one("ecs/service:Service")
    assert first.inputs["desiredCount"] == 0
    assert sorted(first.options["ignore"]) == ["desiredCount", "taskDefinition"]


def test_a_new_image_rolls_out_as_a_canary_that_alarms_take_back(made):
    rolled = made.one("ecs/service:Service").inputs
    assert rolled["deploymentConfiguration"] == {
        "strategy": "CANARY",
        "bakeTimeInMinutes": "9",
        "canaryConfiguration": {"canaryPercent": 5, "canaryBakeTimeInMinutes": "7"},
    }
    alarms = {alarm.inputs["name"] for alarm in made.all(ALARM)}
    assert rolled["alarms"] == {"alarmNames": sorted(alarms), "enable": True, "rollback": True} | {
        "alarmNames": rolled["alarms"]["alarmNames"]
    }
    assert (
        set(rolled["alarms"]["alarmNames"])
        == alarms
        == {
            "churn-dev-errors",
            "churn-dev-latency",
            "churn-dev-unhealthy",
        }
    )
    assert rolled["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    (behind,) = rolled["loadBalancers"]
    assert behind["targetGroupArn"] != behind["advancedConfiguration"]["alternateTargetGroupArn"]


def test_tasks_have_no_public_address_and_only_the_balancer_asks_them(made):
    network = made.one("ecs/service:Service").inputs["networkConfiguration"]
    assert network["assignPublicIp"] is False
    assert network["subnets"] == ["subnet-1", "subnet-2"]
    (asked,) = made.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert asked.inputs["referencedSecurityGroupId"] == "sg-front"
    assert "cidrIpv4" not in asked.inputs
    out = made.one("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "churn-out").inputs
    assert (out["fromPort"], out["toPort"]) == (443, 443)


def test_the_container_is_unprivileged_and_its_disk_read_only(made):
    task = made.one("ecs/taskDefinition:TaskDefinition")
    (server,) = task.json("containerDefinitions")
    assert task.inputs["networkMode"] == "awsvpc"
    assert (task.inputs["cpu"], task.inputs["memory"]) == ("2048", "4096")
    assert server["readonlyRootFilesystem"] is True
    assert server["privileged"] is False
    assert server["user"].split(":")[0] not in ("", "0", "root")
    assert server["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert [mount["containerPath"] for mount in server["mountPoints"]] == ["/tmp"]
    assert server["logConfiguration"]["options"]["mode"] == "non-blocking"
    assert {"name": "MODELYARD_WORKERS", "value": "2"} in server["environment"]
    assert server["secrets"] == []


def test_a_token_reaches_the_container_as_a_secret_and_never_as_a_variable():
    made = service(auth="token")
    (server,) = made.one("ecs/taskDefinition:TaskDefinition").json("containerDefinitions")
    assert [secret["name"] for secret in server["secrets"]] == ["MODELYARD_TOKEN"]
    assert "MODELYARD_TOKEN" not in {variable["name"] for variable in server["environment"]}
    first = made.one("secretsmanager/secretVersion:SecretVersion")
    assert first.options["ignore"] == ["secretString"]
    assert made.one("secretsmanager/secret:Secret").inputs["kmsKeyId"] == "arn:key"
    reads = [s for s in made.statements("churn-execution") if "secretsmanager:GetSecretValue" in s["Action"]]
    assert [s["Resource"] for s in reads] == [[server["secrets"][0]["valueFrom"]]]


def test_the_server_has_the_policy_of_its_prefix_and_nothing_else(made):
    attached = made.one("iam/rolePolicyAttachment:RolePolicyAttachment", "churn-task-store").inputs
    assert attached["policyArn"] == "arn:policy/server"
    assert not [p for p in made.all("iam/rolePolicy:RolePolicy") if p.name.startswith("churn-task")]
    for statement in made.statements("churn-execution"):
        assert statement["Resource"] != ["*"] or statement["Action"] == ["ecr:GetAuthorizationToken"]


def test_the_service_answers_below_its_own_path(made):
    rule = made.one("lb/listenerRule:ListenerRule")
    assert rule.inputs["conditions"] == [{"pathPattern": {"values": ["/churn/*"]}}]
    (transform,) = rule.inputs["transforms"]
    assert transform["urlRewriteConfig"]["rewrite"] == {"regex": "^/churn/(.*)$", "replace": "/$1"}
    assert rule.options["ignore"] == ["actions"]
    checks = {group.inputs["healthCheck"]["path"] for group in made.all("lb/targetGroup:TargetGroup")}
    assert checks == {"/healthz"}


def test_to_the_internet_only_predictions_and_explanations_are_shown():
    rule = service(public=True, auth="jwt").one("lb/listenerRule:ListenerRule")
    assert rule.inputs["conditions"] == [{"pathPattern": {"values": ["/churn/predict", "/churn/explain"]}}]


def test_a_public_service_without_auth_is_refused():
    with pytest.raises(ValueError, match=r"service\.auth"):
        service(public=True)


def test_a_service_scales_between_its_bounds(made):
    target = made.one("appautoscaling/target:Target").inputs
    assert (target["minCapacity"], target["maxCapacity"]) == (2, 6)
    policy = made.one("appautoscaling/policy:Policy").inputs["targetTrackingScalingPolicyConfiguration"]
    assert policy["targetValue"] == 55


def test_rollback_alarms_watch_both_target_groups_and_are_quiet_without_data(made):
    for alarm in made.all(ALARM):
        queries = {query["id"]: query for query in alarm.inputs["metricQueries"]}
        watched = {query["metric"]["dimensions"]["TargetGroup"] for query in queries.values() if "metric" in query}
        assert watched == {"suffix/churn-blue", "suffix/churn-green"}
        assert alarm.inputs["treatMissingData"] == "notBreaching"
        assert [query["id"] for query in queries.values() if query["returnData"]] == ["result"]
        assert alarm.inputs["alarmActions"] == ["arn:topic"]


def test_every_log_group_is_encrypted_and_forgets(made):
    group = made.one("cloudwatch/logGroup:LogGroup").inputs
    assert (group["name"], group["kmsKeyId"], group["retentionInDays"]) == (
        "/modelyard/churn/dev/server",
        "arn:logs-key",
        90,
    )


@pytest.mark.parametrize("project", ["churn", "a", "fraud-2", "x" * 63])
def test_a_rule_has_a_priority_that_the_listener_takes(project):
    assert 1 <= priority(project) <= 50000
    assert priority(project) == priority(project)


def watched(dispatch=None):
    graphs = [Graph(title="Requests", lines=[["Modelyard", "requests"]])]
    args = WatchingArgs(place=PLACE, stale_model_days=90, no_traffic_minutes=60, graphs=graphs, dispatch=dispatch)
    return build(lambda: Watching("churn", args))


DISPATCH = Dispatch(repository="acme/churn", connection_arn="arn:connection", dead_letters_arn="arn:letters")


def test_drift_and_calibration_alarm_at_the_verdict_of_monitor_and_at_no_fixed_distance():
    alarms = watched().all("cloudwatch/metricAlarm:MetricAlarm")
    for name, metric in (("churn-dev-drift", "drift_alert"), ("churn-dev-calibration", "calibration_alert")):
        (made,) = [a.inputs for a in alarms if a.inputs["name"] == name]
        assert (made["metricName"], made["threshold"]) == (metric, 0)
        assert made["comparisonOperator"] == "GreaterThanThreshold"


def test_a_drift_alarm_asks_github_for_a_retraining():
    made = watched(DISPATCH)
    pattern = made.one("cloudwatch/eventRule:EventRule").json("eventPattern")
    assert pattern["detail"]["alarmName"] == ["churn-dev-drift", "churn-dev-calibration"]
    assert pattern["detail"]["state"] == {"value": ["ALARM"]}
    destination = made.one("cloudwatch/eventApiDestination:EventApiDestination").inputs
    assert destination["invocationEndpoint"] == "https://api.github.com/repos/acme/churn/dispatches"
    target = made.one("cloudwatch/eventTarget:EventTarget").inputs
    body = json.loads(target["inputTransformer"]["inputTemplate"])
    assert set(body) == {"event_type", "client_payload"}
    assert body["event_type"] == "modelyard-retrain"
    assert set(body["client_payload"]) == {"env", "window", "reason"}
    assert target["deadLetterConfig"] == {"arn": "arn:letters"}
    (may,) = made.statements("churn-role")
    assert may["Action"] == ["events:InvokeApiDestination"]
    assert may["Resource"] == ["arn:aws:mock:eu-central-1:111122223333:churn"]


def test_without_a_connection_nobody_is_asked():
    made = watched()
    assert made.all("cloudwatch/eventRule:EventRule") == []
    assert made.all(ALARM)


def test_alarms_on_servers_ask_for_all_versions_and_roles():
    questions = [
        alarm.inputs["metricQueries"][0]["expression"]
        for alarm in watched().all(ALARM)
        if "metricQueries" in alarm.inputs
    ]
    assert len(questions) == 2
    for question in questions:
        assert 'FROM SCHEMA("Modelyard", project, env, version, role)' in question
        assert question.endswith("WHERE project = 'churn' AND env = 'dev'")


def test_a_monitor_that_stops_reporting_is_noticed():
    alarm = watched().one(ALARM, "churn-unwatched").inputs
    assert alarm["treatMissingData"] == "breaching"


def test_no_alarm_is_set_on_a_metric_that_nobody_emits():
    with pytest.raises(ValueError, match="Nobody emits 'happiness'"):
        Series(namespace="Modelyard", metric="happiness", statistic="Sum")


def test_the_dashboard_shows_its_graphs_and_alarms():
    made = watched()
    body = made.one("cloudwatch/dashboard:Dashboard").json("dashboardBody")
    assert [widget["type"] for widget in body["widgets"]] == ["alarm", "metric"]
    assert len(body["widgets"][0]["properties"]["alarms"]) == len(made.all(ALARM))
