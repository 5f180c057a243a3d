"""The same service on Kubernetes: unprivileged, spread, drained one by one, and reached by those who are named."""

import pytest
from recorded import ACCOUNT, build

from modelyard.infra.components.measured import TOKEN
from modelyard.infra.components.project import Images, ImagesArgs, OnKubernetes, OnKubernetesArgs, Place, Size
from modelyard.serving.auth import METRICS_TOKEN

PLACE = Place(
    project="churn",
    env="dev",
    account=ACCOUNT,
    region="eu-central-1",
    vpc_id="vpc-1",
    subnets=["subnet-1"],
    key_arn="arn:key",
    logs_key_arn="arn:logs-key",
    store_policy_arn="arn:policy/server",
)
SIZE = Size(
    cpu=512,
    memory_mb=1024,
    min_tasks=2,
    max_tasks=5,
    target_cpu_percent=70,
    canary_percent=5,
    canary_minutes=7,
    bake_minutes=9,
    p99_ms=400,
    error_percent=2,
)


def service(**changed):
    def program():
        images = Images("churn", ImagesArgs(project="churn", env="dev", key_arn="arn:key"))
        OnKubernetes("churn", OnKubernetesArgs(place=PLACE, size=SIZE, images=images, cluster="acme", **changed))

    return build(program)


@pytest.fixture(scope="module")
def made():
    return service(caller_cidr="10.20.0.0/16")


def pod(made):
    return made.one("apps/v1:Deployment").inputs["spec"]["template"]["spec"]


def test_the_first_rollout_has_no_replicas_and_leaves_later_ones_alone(made):
    first = made.one("apps/v1:Deployment")
    assert first.inputs["spec"]["replicas"] == 0
    assert first.options["ignore"] == ["spec.replicas", "spec.template.spec.containers[0].image"]
    assert first.inputs["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


def test_the_pod_is_unprivileged(made):
    spec = pod(made)
    (server,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    assert server["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert server["resources"]["limits"] == {"cpu": "500m", "memory": "1024Mi"}


def test_the_pod_is_probed_where_a_server_without_a_model_answers(made):
    (server,) = pod(made)["containers"]
    probes = [server[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")]
    assert probes == ["/healthz"] * 3
    assert pod(made)["terminationGracePeriodSeconds"] == 60


def test_it_scales_between_its_bounds_and_drains_one_by_one(made):
    scaler = made.one("autoscaling/v2:HorizontalPodAutoscaler").inputs["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 5)
    assert made.one("policy/v1:PodDisruptionBudget").inputs["spec"]["maxUnavailable"] == 1


def traffic(made):
    return made.one("networking.k8s.io/v1:NetworkPolicy").inputs["spec"]


def test_only_its_namespace_and_the_named_range_may_ask(made):
    (rule,) = traffic(made)["ingress"]
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "serving"}}},
        {"ipBlock": {"cidr": "10.20.0.0/16"}},
    ]
    assert [port["port"] for port in rule["ports"]] == [8000]


def test_without_a_range_nobody_from_outside_asks():
    (rule,) = traffic(service())["ingress"]
    assert not any("ipBlock" in source for source in rule["from"])


def test_its_rights_are_those_of_its_prefix(made):
    joined = made.one("eks/podIdentityAssociation:PodIdentityAssociation").inputs
    assert (joined["namespace"], joined["serviceAccount"]) == ("serving", "server-churn")
    assert pod(made)["serviceAccountName"] == "server-churn"
    attached = made.one("iam/rolePolicyAttachment:RolePolicyAttachment").inputs
    assert attached["policyArn"] == "arn:policy/server"


def test_a_token_is_read_from_a_secret():
    made = service(token=True)
    (server,) = pod(made)["containers"]
    assert server["envFrom"] == [{"secretRef": {"name": "churn-token"}}]
    assert not any(variable["name"] == "MODELYARD_TOKEN" for variable in server["env"])
    assert made.secret("core/v1:Secret", "stringData")
    assert made.one("core/v1:Secret").options["ignore"] == ["data", "stringData"]


def test_without_a_token_there_is_no_secret(made):
    assert made.all("core/v1:Secret") == []


def test_a_service_that_is_measured_is_open_to_the_metrics_agent_and_serves_without_its_token_too():
    made = service(token=True, measured=True)
    (server,) = pod(made)["containers"]
    assert server["envFrom"] == [
        {"secretRef": {"name": "churn-token"}},
        {"secretRef": {"name": "internal-metrics", "optional": True}},
    ]
    (rule,) = traffic(made)["ingress"]
    agent = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    assert agent in rule["from"]
    (unmeasured,) = traffic(service(token=True))["ingress"]
    assert agent not in unmeasured["from"]


def test_the_token_of_metrics_is_the_variable_that_servers_read():
    assert TOKEN == METRICS_TOKEN
