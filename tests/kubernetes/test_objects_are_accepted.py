"""A real API server with the real definitions takes every planned object, and refuses what is wrong with one."""

import copy

import pytest
from api import RefusedError
from planned import objects, one

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]  # the first run on a machine builds the tools

KINDS = {
    "Namespace", "NetworkPolicy", "ConfigMap", "ServiceAccount", "ResourceQuota", "LimitRange", "Service", "Secret",
    "Deployment", "DaemonSet", "HorizontalPodAutoscaler", "PodDisruptionBudget",
    "Role", "RoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
    "NodeClass", "NodePool", "ResourceFlavor", "ClusterQueue", "LocalQueue", "WorkloadPriorityClass",
}  # fmt: skip


def test_the_plan_holds_every_kind_of_object():
    assert {thing["kind"] for thing in objects()} == KINDS


def test_every_planned_object_is_there_as_it_was_sent(plane):
    for thing in objects():
        meta = thing["metadata"]
        kept = plane.api.read(thing)
        assert meta.get("labels", {}).items() <= kept["metadata"].get("labels", {}).items()
        assert _within(thing.get("spec", {}), kept.get("spec", {})), (thing["kind"], meta["name"])


def _within(sent, kept):
    """Say whether all that was sent was kept; a server adds defaults and writes quantities its own way."""
    if isinstance(sent, dict):
        return isinstance(kept, dict) and all(key in kept and _within(value, kept[key]) for key, value in sent.items())
    if isinstance(sent, list):
        return len(sent) == len(kept) and all(_within(a, b) for a, b in zip(sent, kept, strict=True))
    return True


def changed(kind, name, path, value):
    thing = copy.deepcopy(one(kind, name))
    inner = thing
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return thing


TEMPLATE = ("spec", "template", "spec")
WRONG = {
    "a misspelt field of a pool": ("NodePool", "gpu", (*TEMPLATE, "expireAfterr"), "1h"),
    "a pool whose nodes never expire by a word": ("NodePool", "gpu", (*TEMPLATE, "expireAfter"), "sometimes"),
    "a pool without a node class": ("NodePool", "gpu", (*TEMPLATE, "nodeClassRef"), {}),
    "an operator that requirements do not know": (
        "NodePool", "gpu", (*TEMPLATE, "requirements", 0), {"key": "a", "operator": "Maybe", "values": ["b"]},
    ),
    "a disruption for no reason that exists": (
        "NodePool", "gpu", ("spec", "disruption", "budgets"), [{"nodes": "0", "reasons": ["Boredom"]}],
    ),
    "a misspelt field of a node class": ("NodeClass", "gpu", ("spec", "subnets"), []),
    "a queue that covers nothing": ("ClusterQueue", "training", ("spec", "resourceGroups", 0, "coveredResources"), []),
    "a quota that is no number": (
        "ClusterQueue", "training", ("spec", "resourceGroups", 0, "flavors", 0, "resources", 0, "nominalQuota"), "many",
    ),
    "an unknown strategy of a queue": ("ClusterQueue", "training", ("spec", "queueingStrategy"), "Whoever"),
    "a priority that is a word": ("WorkloadPriorityClass", "normal", ("value",), "high"),
    "a taint with an unknown effect": (
        "ResourceFlavor", "gpu", ("spec", "nodeTaints"), [{"key": "a", "value": "b", "effect": "Never"}],
    ),
    "a policy for no direction": ("NetworkPolicy", "aws", ("spec", "policyTypes"), ["Sideways"]),
    "a probe without a port": (
        "Deployment", "churn", (*TEMPLATE, "containers", 0, "readinessProbe"), {"httpGet": {"path": "/"}},
    ),
    "an autoscaler of fewer than none": ("HorizontalPodAutoscaler", "churn", ("spec", "maxReplicas"), 0),
    "a namespace with an unknown level of security": (
        "Namespace", "training", ("metadata", "labels", "pod-security.kubernetes.io/enforce"), "somewhat",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused(plane, what):
    with pytest.raises(RefusedError):
        plane.api.apply(changed(*WRONG[what]))


def pod_of(workload, namespace):
    """Return a pod as the controllers would make it of a workload's template."""
    template = copy.deepcopy(workload["spec"]["template"])
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "tried", "namespace": namespace, "labels": template["metadata"]["labels"]},
        "spec": template["spec"],
    }


@pytest.mark.parametrize(
    ("kind", "name", "namespace"),
    [
        ("Deployment", "churn", "serving"),
        ("Deployment", "metrics-agent", "monitoring"),
        ("DaemonSet", "dcgm-exporter", "gpu-monitoring"),
    ],
)
def test_our_pods_pass_the_security_of_their_namespace(plane, kind, name, namespace):
    assert plane.api.create(pod_of(one(kind, name), namespace), dry=True)["metadata"]["name"] == "tried"


@pytest.mark.parametrize("namespace", ["training", "serving", "monitoring", "ray-system", "kueue-system"])
def test_a_privileged_pod_gets_in_nowhere_else(plane, namespace):
    with pytest.raises(RefusedError, match=r'violates PodSecurity "restricted:latest": privileged'):
        plane.api.create(pod_of(one("DaemonSet", "dcgm-exporter"), namespace), dry=True)


LOOSENED = {
    "root": (("spec", "securityContext", "runAsUser"), 0),
    "a way to more rights": (("spec", "containers", 0, "securityContext", "allowPrivilegeEscalation"), True),
    "capabilities": (("spec", "containers", 0, "securityContext", "capabilities"), {"add": ["NET_ADMIN"]}),
    "the host's network": (("spec", "hostNetwork"), True),
    "a folder of the host": (("spec", "volumes", 0), {"name": "tmp", "hostPath": {"path": "/"}}),
    "no seccomp": (("spec", "securityContext", "seccompProfile"), {"type": "Unconfined"}),
}


@pytest.mark.parametrize("what", LOOSENED)
def test_a_server_that_asks_for_more_is_refused(plane, what):
    path, value = LOOSENED[what]
    pod = pod_of(one("Deployment", "churn"), "serving")
    inner = pod
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(RefusedError, match="violates PodSecurity"):
        plane.api.create(pod, dry=True)


def test_a_training_pod_that_asks_for_nothing_gets_limits(plane):
    pod = pod_of(one("Deployment", "churn"), "training")
    pod["spec"]["containers"][0].pop("resources")
    (given,) = plane.api.create(pod, dry=True)["spec"]["containers"]
    assert given["resources"]["limits"] == {"cpu": "1", "memory": "2Gi"}
