"""Who is told what: closed topics, alarms on what is emitted, a way to GitHub that loses nothing."""

import pytest
from recorded import ACCOUNT, build

from modelyard.infra.components import monitoring
from modelyard.infra.components.monitoring.metrics import OURS, emitted
from modelyard.infra.components.monitoring.shown import platform_graphs

WHO = {"project": "acme", "env": "dev"}
ALARM = "cloudwatch/metricAlarm:MetricAlarm"
WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def topic(**changed):
    args = monitoring.TopicArgs(**WHO, account=ACCOUNT, key_arn="arn:key", **changed)
    return build(lambda: monitoring.Topic("alarms", args))


def test_a_topic_is_encrypted_and_open_to_services_of_this_account_only():
    made = topic()
    assert made.one("sns/topic:Topic").inputs["kmsMasterKeyId"] == "arn:key"
    publish, only_tls = made.one("sns/topicPolicy:TopicPolicy").json("policy")["Statement"]
    assert "*" not in publish["Principal"]["Service"]
    assert publish["Action"] == ["sns:Publish"]
    assert publish["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert (only_tls["Effect"], only_tls["Condition"]) == ("Deny", WITHOUT_TLS)


def test_each_address_subscribes_and_slack_only_reads():
    made = topic(emails=["a@example.com", "b@example.com"], slack=("T123", "C456"))
    endpoints = {one.inputs["endpoint"] for one in made.all("sns/topicSubscription:TopicSubscription")}
    assert endpoints == {"a@example.com", "b@example.com"}
    channel = made.one("chatbot/slackChannelConfiguration:SlackChannelConfiguration").inputs
    assert channel["guardrailPolicyArns"] == ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
    assert channel["snsTopicArns"] == ["arn:aws:mock:eu-central-1:111122223333:alarms"]


def test_without_slack_there_is_no_channel_and_no_role():
    made = topic()
    assert made.all("chatbot/slackChannelConfiguration:SlackChannelConfiguration") == []
    assert made.all("iam/role:Role") == []


def test_only_rules_of_this_account_put_dead_letters():
    args = monitoring.DeadLettersArgs(**WHO, account=ACCOUNT, region="eu-central-1")
    made = build(lambda: monitoring.DeadLetters("letters", args))
    assert made.one("sqs/queue:Queue").inputs["sqsManagedSseEnabled"] is True
    put, only_tls = made.one("sqs/queuePolicy:QueuePolicy").json("policy")["Statement"]
    assert (only_tls["Effect"], only_tls["Condition"]) == ("Deny", WITHOUT_TLS)
    assert put["Principal"] == {"Service": "events.amazonaws.com"}
    assert put["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/*"}


def test_the_token_of_github_stays_secret():
    args = monitoring.GithubConnectionArgs(**WHO, token_secret="arn:secret")
    made = build(lambda: monitoring.GithubConnection("github", args))
    connection = "cloudwatch/eventConnection:EventConnection"
    assert "Bearer ghp_hidden" in str(made.one(connection).inputs["authParameters"])  # what the provider gets
    assert made.secret(connection, "authParameters")  # and what nobody else is shown


def platform():
    args = monitoring.PlatformAlarmsArgs(
        **WHO,
        database="acme-dev",
        storage_gb=50,
        registry=("app/registry/1", "targetgroup/registry/1"),
        balancer_suffix="app/front/1",
        dead_letters="acme-dev-dead-letters",
        tell=["arn:topic"],
    )
    alarms = []

    def program():
        made = monitoring.PlatformAlarms("platform", args)
        alarms.append(
            monitoring.Outage("outage", monitoring.OutageArgs(**WHO, alarms=made.critical, tell=["arn:topic"]))
        )

    return build(program)


def test_an_outage_is_told_once():
    made = platform()
    rule = made.one("cloudwatch/compositeAlarm:CompositeAlarm").inputs
    told = {alarm.inputs["name"]: alarm.inputs.get("alarmActions", []) for alarm in made.all(ALARM)}
    inside = {name for name in told if f'ALARM("{name}")' in rule["alarmRule"]}
    assert inside == {"acme-dev-registry-down", "acme-dev-balancer-errors", "acme-dev-database-full"}
    assert all(told[name] == [] for name in inside)
    assert all(told[name] == ["arn:topic"] for name in told.keys() - inside)
    assert rule["alarmActions"] == ["arn:topic"]


def test_an_outage_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        monitoring.OutageArgs(**WHO, alarms=[])


def test_the_database_is_full_at_nine_tenths():
    alarm = platform().one(ALARM, "platform-database-full").inputs
    assert alarm["threshold"] == 5 * 1024**3
    assert alarm["comparisonOperator"] == "LessThanThreshold"
    assert alarm["dimensions"] == {"DBInstanceIdentifier": "acme-dev"}


def test_a_registry_that_reports_nothing_counts_as_down():
    assert platform().one(ALARM, "platform-registry-down").inputs["treatMissingData"] == "breaching"


def test_every_alarm_watches_a_metric_that_somebody_emits():
    args = monitoring.ClusterAlarmsArgs(**WHO, cluster="acme-dev-cluster", gpu_idle_percent=10)
    made = [*platform().all(ALARM), *build(lambda: monitoring.ClusterAlarms("cluster", args)).all(ALARM)]
    assert len(made) == 7
    for alarm in made:
        assert emitted(alarm.inputs["namespace"], alarm.inputs["metricName"])
        if alarm.inputs["namespace"] in OURS:
            wanted = OURS[alarm.inputs["namespace"]][alarm.inputs["metricName"]]
            assert tuple(alarm.inputs["dimensions"]) == wanted


def test_spending_more_than_the_budget_is_told_where_alarms_are():
    args = monitoring.SpendAlarmArgs(**WHO, monthly_usd=350, tell="arn:topic")
    budget = build(lambda: monitoring.SpendAlarm("spend", args)).one("budgets/budget:Budget").inputs
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == ("350.00", "USD", "MONTHLY")
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": ["user:modelyard:env$dev"]}]
    told = {one["notificationType"]: one for one in budget["notifications"]}
    assert set(told) == {"ACTUAL", "FORECASTED"}
    for one in told.values():
        assert (one["threshold"], one["thresholdType"]) == (100, "PERCENTAGE")
        assert one["comparisonOperator"] == "GREATER_THAN"
        assert one["subscriberSnsTopicArns"] == ["arn:topic"]


def test_what_rds_says_of_the_database_and_its_parameters_is_told():
    args = monitoring.DatabaseEventsArgs(**WHO, database="acme-dev-registry", parameters="acme-17", tell="arn:topic")
    made = build(lambda: monitoring.DatabaseEvents("database", args)).all("rds/eventSubscription:EventSubscription")
    heard = {one.inputs["sourceType"]: (one.inputs["sourceIds"], one.inputs["eventCategories"]) for one in made}
    assert heard == {
        "db-instance": (["acme-dev-registry"], ["configuration change", "failure", "maintenance"]),
        "db-parameter-group": (["acme-17"], ["configuration change"]),
    }
    assert all(one.inputs["snsTopic"] == "arn:topic" for one in made)


def test_grafana_reads_one_workspace_of_prometheus():
    args = monitoring.GrafanaArgs(**WHO, account=ACCOUNT, workspace_arn="arn:workspace", key_arn="arn:key")
    made = build(lambda: monitoring.Grafana("metrics", args))
    found = {one["Sid"]: one for one in made.statements("metrics-grafana")}
    assert found["Read"]["Resource"] == ["arn:workspace"]
    assert found["Key"] == {"Sid": "Key", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": ["arn:key"]}
    assert not any("*" in action for one in found.values() for action in one["Action"])
    assert made.one("grafana/workspace:Workspace").inputs["permissionType"] == "CUSTOMER_MANAGED"


def test_the_dashboards_graphs_do_not_overlap():
    args = monitoring.DashboardArgs(
        dashboard_name="acme", region="eu-central-1", graphs=platform_graphs("db", "app/front/1"), alarms=["arn:alarm"]
    )
    body = (
        build(lambda: monitoring.Dashboard("board", args)).one("cloudwatch/dashboard:Dashboard").json("dashboardBody")
    )
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(set(places)) == len(places) == 7
    assert all(widget["x"] + widget["width"] <= 24 for widget in body["widgets"])
