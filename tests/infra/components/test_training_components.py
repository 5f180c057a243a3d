"""Where jobs run: GPUs with a ceiling, quotas that nothing passes by, traffic that is named, numbers that arrive."""

import ipaddress
import json

import pytest
from pydantic import TypeAdapter, ValidationError
from recorded import ACCOUNT, build

from modelyard.infra.components import training
from modelyard.infra.components.monitoring.metrics import OURS
from modelyard.infra.components.training.accounts import account_of
from modelyard.infra.platform.words import ProjectName

POOL = "karpenter.sh/v1:NodePool"
CLASS = "eks.amazonaws.com/v1:NodeClass"
POLICY = "networking.k8s.io/v1:NetworkPolicy"
KEPT = f"arn:aws:mock:eu-central-1:{ACCOUNT}:kept"
KUEUE = "kueue.x-k8s.io/v1beta2"


def pool(**changed):
    wanted = {"families": ["g6"], "capacity": ["spot"], "max_gpus": 6, "max_gpus_per_node": 2} | changed
    place = {"node_role": "node", "subnets": ["subnet-1"], "security_group_id": "sg-1"}
    return build(lambda: training.GpuPool("gpu", training.GpuPoolArgs(pool="gpu", **place, **wanted)))


def requirements(made):
    spec = made.one(POOL).inputs["spec"]["template"]["spec"]
    return {one["key"]: (one["operator"], one["values"]) for one in spec["requirements"]}


def test_a_pool_has_a_ceiling():
    assert pool(max_cpus=96, max_memory_gb=384).one(POOL).inputs["spec"]["limits"] == {
        "nvidia.com/gpu": "6",
        "cpu": "96",
        "memory": "384Gi",
    }


def test_a_pool_shrinks_to_nothing_and_moves_no_running_job():
    disruption = pool().one(POOL).inputs["spec"]["disruption"]
    assert disruption["consolidationPolicy"] == "WhenEmpty"
    assert {"nodes": "0", "reasons": ["Drifted", "Underutilized"]} in disruption["budgets"]


def test_nobody_lands_on_a_gpu_node_by_accident():
    spec = pool().one(POOL).inputs["spec"]["template"]["spec"]
    assert spec["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]


def test_a_pool_buys_what_was_asked_for():
    bought = requirements(pool(families=["g5", "g6e"], capacity=["spot", "on-demand"]))
    assert bought["eks.amazonaws.com/instance-family"] == ("In", ["g5", "g6e"])
    assert bought["eks.amazonaws.com/instance-gpu-count"] == ("Lt", ["3"])
    assert bought["karpenter.sh/capacity-type"] == ("In", ["spot", "on-demand"])


def test_a_reserved_pool_names_its_reservations():
    made = pool(capacity=["reserved", "on-demand"], reservations=["cr-0123456789abcdef0"])
    terms = made.one(CLASS).inputs["spec"]["capacityReservationSelectorTerms"]
    assert terms == [{"id": "cr-0123456789abcdef0"}]
    with pytest.raises(ValueError, match="reservations"):
        pool(capacity=["reserved"])


@pytest.mark.parametrize(("hours", "fits"), [(336, True), (479, True), (480, False), (500, False)])
def test_a_node_expires_before_auto_mode_ends_it(hours, fits):
    if not fits:
        with pytest.raises(ValueError, match=f"expire_hours {hours}"):
            pool(expire_hours=hours)
        return
    assert pool(expire_hours=hours).one(POOL).inputs["spec"]["template"]["spec"]["expireAfter"] == f"{hours}h"


@pytest.fixture(scope="module")
def queues():
    args = training.QueuesArgs(gpus={"gpu": 6, "big": 8}, cpus=32, memory_gb=128, projects=["churn", "fraud"])
    return build(lambda: training.Queues("queues", args))


def test_the_quota_of_gpus_is_that_of_their_pools(queues):
    (group,) = queues.one(f"{KUEUE}:ClusterQueue").inputs["spec"]["resourceGroups"]
    gpus = {
        flavor["name"]: next(one["nominalQuota"] for one in flavor["resources"] if one["name"] == "nvidia.com/gpu")
        for flavor in group["flavors"]
    }
    assert gpus == {"cpu.only": "0", "gpu": "6", "big": "8"}
    assert set(gpus) == {one.inputs["metadata"]["name"] for one in queues.all(f"{KUEUE}:ResourceFlavor")}


def test_a_gpu_flavour_asks_for_the_taint_and_the_labels_of_its_pool(queues):
    flavors = {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in queues.all(f"{KUEUE}:ResourceFlavor")}
    node = pool().one(POOL).inputs["spec"]["template"]
    assert flavors["gpu"]["nodeTaints"] == node["spec"]["taints"]
    assert flavors["gpu"]["nodeLabels"].items() <= node["metadata"]["labels"].items()
    assert "nodeTaints" not in flavors["cpu.only"]


def test_each_project_has_its_queue_and_there_are_three_priorities(queues):
    local = {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in queues.all(f"{KUEUE}:LocalQueue")}
    assert local == {"churn": {"clusterQueue": "training"}, "fraud": {"clusterQueue": "training"}}
    values = {
        one.inputs["metadata"]["name"]: one.inputs["value"] for one in queues.all(f"{KUEUE}:WorkloadPriorityClass")
    }
    assert values["production"] > values["normal"] > values["experiment"]


def test_the_namespace_has_a_last_line_behind_the_queue():
    made = build(lambda: training.Limits("limits", training.LimitsArgs(cpus=32, memory_gb=128, gpus=6)))
    hard = made.one("core/v1:ResourceQuota").inputs["spec"]["hard"]
    assert (hard["requests.cpu"], hard["requests.nvidia.com/gpu"]) == ("32", "6")
    assert (hard["services.loadbalancers"], hard["services.nodeports"]) == ("0", "0")
    (default,) = made.one("core/v1:LimitRange").inputs["spec"]["limits"]
    assert default["default"] == {"cpu": "1", "memory": "2Gi"}


@pytest.fixture(scope="module")
def traffic():
    args = training.TrafficArgs(operator_namespace="ray-system", registry_cidr="10.20.0.0/16")
    made = build(lambda: training.Traffic("traffic", args))
    return {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in made.all(POLICY)}


def test_jobs_never_reach_the_credentials_of_their_node(traffic):
    reached = [
        block["ipBlock"]
        for spec in traffic.values()
        for rule in spec.get("egress", [])
        for block in rule.get("to", [])
        if "ipBlock" in block and _ports(rule) & {80, 443}
    ]
    metadata = ipaddress.ip_address("169.254.169.254")
    for block in reached:
        inside = metadata in ipaddress.ip_network(block["cidr"])
        assert not inside or "169.254.169.254/32" in block.get("except", [])
    assert reached


def _ports(rule):
    return {one["port"] for one in rule.get("ports", [])}


def test_the_world_is_reached_by_tls_only(traffic):
    for spec in traffic.values():
        for rule in spec.get("egress", []):
            everywhere = [block for block in rule.get("to", []) if block.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"]
            assert not everywhere or _ports(rule) == {443}


def test_only_the_operator_comes_in_from_elsewhere(traffic):
    sources = {
        name: rule["from"] for name, spec in traffic.items() for rule in spec.get("ingress", []) if "from" in rule
    }
    assert sources == {
        "each-other": [{"podSelector": {}}],
        "operator": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ray-system"}}}],
    }


def test_each_project_trains_as_itself():
    args = training.TrainersArgs(
        project="acme",
        env="dev",
        account=ACCOUNT,
        cluster="acme",
        policies={"churn": "arn:churn/trainer", "fraud": "arn:fraud/trainer"},
    )
    made = build(lambda: training.Trainers("trainers", args))
    joined = {
        one.inputs["serviceAccount"]: one.inputs["roleArn"]
        for one in made.all("eks/podIdentityAssociation:PodIdentityAssociation")
    }
    assert set(joined) == {"trainer-churn", "trainer-fraud"}
    assert len(set(joined.values())) == 2
    for account in made.all("core/v1:ServiceAccount"):
        assert account.inputs["automountServiceAccountToken"] is False
    attached = {one.inputs["policyArn"] for one in made.all("iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert attached == {"arn:churn/trainer", "arn:fraud/trainer"}


def test_the_account_of_a_long_name_is_a_name():
    assert len(account_of("x" * 80)) == 63


AGENT = {
    "project": "acme",
    "env": "dev",
    "account": ACCOUNT,
    "region": "eu-central-1",
    "cluster": "acme-dev-cluster",
    "log_group": "/modelyard/acme/dev/cluster-metrics",
    "log_group_arn": "arn:group",
}


def agent(gpus=True, *, remembers=False):
    def program():
        kept = training.WorkspaceArgs(project="acme", env="dev", account=ACCOUNT)
        workspace = training.Workspace("kept", kept) if remembers else None
        training.Agent("agent", training.AgentArgs(**AGENT, gpus=gpus, workspace=workspace))

    return build(program)


def collector(made):
    return json.loads(made.one("core/v1:ConfigMap").inputs["data"]["config.yaml"])


def test_the_agent_emits_what_alarms_wait_for():
    config = collector(agent())
    exporter = config["exporters"]["awsemf"]
    space = exporter["namespace"]
    emitted = {
        selector.strip("^$"): tuple(one["dimensions"][0])
        for one in exporter["metric_declarations"]
        for selector in one["metric_name_selectors"]
    }
    assert emitted == dict(OURS[space])
    for job in config["receivers"]["prometheus"]["config"]["scrape_configs"]:
        assert job["relabel_configs"] == [{"target_label": "cluster", "replacement": "acme-dev-cluster"}]


def test_only_failed_jobs_are_counted_as_failed():
    (jobs, _) = collector(agent())["exporters"]["awsemf"]["metric_declarations"]
    assert jobs["label_matchers"] == [{"label_names": ["deployment_status"], "regex": "^Failed$"}]


def test_without_gpu_metrics_the_agent_asks_the_operator_only():
    config = collector(agent(gpus=False))
    jobs = [job["job_name"] for job in config["receivers"]["prometheus"]["config"]["scrape_configs"]]
    assert jobs == ["kuberay"]


def test_the_agent_may_write_its_lines_and_nothing_else():
    (write,) = agent().statements("agent-role")
    assert all(action.startswith("logs:") for action in write["Action"])
    assert write["Resource"] == ["arn:group", "arn:group:*"]


def pod_of(made):
    return made.one("apps/v1:Deployment").inputs["spec"]["template"]


def test_with_a_workspace_the_agent_also_writes_there_and_reads_the_models():
    config, before = collector(agent(remembers=True)), collector(agent())
    lines = config["service"]["pipelines"]
    assert lines["metrics"]["exporters"] == ["awsemf", "prometheusremotewrite"]
    assert lines["metrics/models"]["exporters"] == ["prometheusremotewrite"]  # CloudWatch has these from the servers
    assert config["exporters"]["awsemf"] == before["exporters"]["awsemf"]
    assert config["receivers"]["prometheus"] == before["receivers"]["prometheus"]
    for kind in ("receivers", "processors", "exporters"):
        assert {name for line in lines.values() for name in line[kind]} == set(config[kind])
    assert set(config["service"]["extensions"]) == set(config["extensions"])


def test_what_is_written_is_signed_and_keeps_its_names():
    config = collector(agent(remembers=True))
    writes = config["exporters"]["prometheusremotewrite"]
    assert writes["endpoint"] == "https://kept.example/workspaces/ws-1/api/v1/remote_write"
    assert config["extensions"][writes["auth"]["authenticator"]] == {"region": "eu-central-1", "service": "aps"}
    assert writes["translation_strategy"] == "UnderscoreEscapingWithoutSuffixes"


def test_the_agent_shows_the_models_a_token_that_lies_in_its_pod():
    made = agent(remembers=True)
    (job,) = collector(made)["receivers"]["prometheus/models"]["config"]["scrape_configs"]
    folder, _, key = job["authorization"]["credentials_file"].rpartition("/")
    (container,) = pod_of(made)["spec"]["containers"]
    (mount,) = [one for one in container["volumeMounts"] if one["mountPath"] == folder]
    (volume,) = [one for one in pod_of(made)["spec"]["volumes"] if one["name"] == mount["name"]]
    models = build(lambda: training.ModelMetrics("models", training.ModelMetricsArgs()))
    secrets = {one.inputs["metadata"]["namespace"]: one for one in models.all("core/v1:Secret")}
    secret = secrets["monitoring"]
    assert volume["secret"] == {"secretName": secret.inputs["metadata"]["name"]}
    assert key in secret.inputs["stringData"]["value"]
    assert secret.inputs["stringData"] == secrets["serving"].inputs["stringData"]
    assert all("stringData" in one.options["secret"] for one in secrets.values())
    assert all("stringData" in one.options["ignore"] for one in secrets.values())


def test_each_model_server_is_found_whether_it_is_ready_or_not():
    (job,) = collector(agent(remembers=True))["receivers"]["prometheus/models"]["config"]["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    service = build(lambda: training.ModelMetrics("models", training.ModelMetricsArgs())).one("core/v1:Service").inputs
    assert found["names"] == [f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc"]
    assert (service["spec"]["clusterIP"], service["spec"]["publishNotReadyAddresses"]) == ("None", True)
    assert found["port"] == service["spec"]["ports"][0]["targetPort"]
    with pytest.raises(ValidationError):  # so no project has a Service of that name
        TypeAdapter(ProjectName).validate_python(service["metadata"]["name"])


def test_the_agent_may_write_that_workspace_with_its_key_and_nothing_else_of_prometheus():
    made = agent(remembers=True)
    found = {one["Sid"]: one for one in made.statements("agent-role")}
    assert (found["Remember"]["Action"], found["Remember"]["Resource"]) == (["aps:RemoteWrite"], [KEPT])
    assert found["Key"]["Resource"] == [KEPT]  # of the same name, under these mocks
    assert all(action.startswith("kms:") and "*" not in action for action in found["Key"]["Action"])
    assert made.one("amp/workspace:Workspace").inputs["kmsKeyArn"] == KEPT


def test_the_agent_reaches_models_only_where_it_reads_them():
    for remembers in (True, False):
        (policy,) = agent(remembers=remembers).all(POLICY)
        (rule,) = policy.inputs["spec"]["egress"]
        assert (8000 in _ports(rule)) is remembers


def test_a_pod_is_made_anew_when_its_configuration_changes():
    digests = {
        json.dumps(pod_of(agent(gpus, remembers=remembers))["metadata"]["annotations"])
        for gpus in (True, False)
        for remembers in (True, False)
    }
    assert len(digests) == 4


def test_releases_may_ask_that_workspace_and_nothing_else():
    args = training.ReadersArgs(
        project="acme", env="dev", workspace_arn="arn:kept", key_arn="arn:key", roles={"churn": "churn-dev-loop"}
    )
    made = build(lambda: training.Readers("readers", args))
    ask, key = made.one("iam/policy:Policy").json("policy")["Statement"]
    assert (ask["Action"], ask["Resource"]) == (["aps:QueryMetrics"], ["arn:kept"])
    assert (key["Action"], key["Resource"]) == (["kms:Decrypt"], ["arn:key"])
    assert made.one("iam/rolePolicyAttachment:RolePolicyAttachment").inputs["role"] == "churn-dev-loop"


def test_dcgm_runs_on_gpu_nodes_only_and_is_asked_by_the_agent_only():
    made = build(lambda: training.Dcgm("dcgm", training.DcgmArgs()))
    spec = made.one("apps/v1:DaemonSet").inputs["spec"]["template"]["spec"]
    assert spec["nodeSelector"] == {"accelerator": "nvidia"}
    assert spec["automountServiceAccountToken"] is False
    (rule,) = made.one(POLICY).inputs["spec"]["ingress"]
    assert rule["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
