"""A training run built by the library, on the real API server, with the real KubeRay operator and scheduler."""

import http.client

import pytest
from api import RefusedError, named
from planned import one

from modelyard.infra.jobs import TrainingRun, rayjob

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]  # the first run on a machine builds the tools

IMAGE = "registry.example/acme/churn@sha256:" + "a" * 64


def run(name, **changed):
    wanted = {"pool": "gpu", "gpus": 2, "workers": 2, "cpus": 4, "memory_gb": 16} | changed
    return TrainingRun(name=name, project="churn", image=IMAGE, **wanted)


def admitted(plane, name):
    """Do what Kueue does when a job's turn has come: start it."""
    plane.api.change(named("ray.io/v1", "RayJob", name, "training"), {"spec": {"suspend": False}})


def group(pod):
    return pod["metadata"]["labels"]["ray.io/node-type"]


@pytest.fixture(scope="session")  # a second run of this name would begin beside the first one's pods
def started(cluster):
    """A run with two GPU workers, admitted, as soon as all of its pods run."""
    cluster.api.apply(rayjob(run("on-gpus")))
    cluster.wait(lambda: _job(cluster, "on-gpus").get("jobDeploymentStatus") == "Suspended", "the job to be held back")
    held_back = cluster.api.all("v1", "Pod", "training")
    admitted(cluster, "on-gpus")
    placed = cluster.wait(lambda: _running(_of(cluster, "on-gpus")), "three running pods")
    return held_back, placed


def _job(plane, name):
    return plane.api.read(named("ray.io/v1", "RayJob", name, "training")).get("status", {})


def _running(found):
    running = [pod for pod in found if pod["status"].get("phase") == "Running"]
    return running if len(running) == 3 else None


def test_nothing_runs_before_the_queue_lets_it(started):
    held_back, _ = started
    assert held_back == []


def test_workers_stand_on_the_gpu_node_and_the_head_does_not(started):
    _, placed = started
    where = sorted((group(pod), pod["spec"]["nodeName"]) for pod in placed)
    assert where == [("head", "plain"), ("worker", "gpu-1"), ("worker", "gpu-1")]


def test_every_container_that_the_operator_made_is_unprivileged(started):
    _, placed = started
    for pod in placed:
        for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
            security = container["securityContext"]
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["cpu"]


def test_the_ray_cluster_becomes_ready(cluster, started):
    name = _job(cluster, "on-gpus")["rayClusterName"]
    ready = cluster.wait(
        lambda: cluster.api.read(named("ray.io/v1", "RayCluster", name, "training"))["status"].get("state") == "ready",
        "the Ray cluster",
    )
    assert ready


def test_the_operator_tells_the_state_of_jobs_in_the_words_that_the_alarm_waits_for(cluster, started):
    text = cluster.wait(lambda: _metrics(cluster.metrics_port), "the operator's metrics", 60)
    (line,) = [
        one for one in text.splitlines() if one.startswith("kuberay_job_deployment_status{") and "on-gpus" in one
    ]
    assert 'deployment_status="' in line


def _metrics(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return text if "kuberay_job_deployment_status{" in text else None


def test_workers_of_a_pool_that_does_not_exist_are_placed_nowhere(cluster, started):
    cluster.api.apply(rayjob(run("elsewhere", pool="missing", workers=1)))
    admitted(cluster, "elsewhere")
    worker = cluster.wait(lambda: [p for p in _of(cluster, "elsewhere") if group(p) == "worker"], "a worker")
    refused = cluster.wait(lambda: _unschedulable(cluster, worker[0]["metadata"]["name"]), "the scheduler's answer")
    assert "node affinity/selector" in refused


def test_workers_without_gpus_stay_off_the_gpu_nodes(cluster, started):
    cluster.api.apply(rayjob(run("plainly", pool=None, gpus=0, workers=1)))
    admitted(cluster, "plainly")
    placed = cluster.wait(lambda: _placed(_of(cluster, "plainly"), 2), "two placed pods")
    assert {pod["spec"]["nodeName"] for pod in placed} == {"plain"}


def _of(plane, job):
    name = _job(plane, job).get("rayClusterName")
    return plane.api.all("v1", "Pod", "training", f"ray.io/cluster={name}") if name else []


def _placed(found, count):
    placed = [pod for pod in found if pod["spec"].get("nodeName")]
    return placed if len(placed) == count else None


def _unschedulable(plane, name):
    conditions = plane.api.read(named("v1", "Pod", name, "training"))["status"].get("conditions", [])
    return next((one.get("message") for one in conditions if one.get("reason") == "Unschedulable"), None)


WRONG = {
    "a misspelt field": ("entrypointt", "modelyard run"),
    "a time limit below zero seconds in words": ("ttlSecondsAfterFinished", "never"),
    "a number of retries in words": ("backoffLimit", "twice"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_job_is_refused(plane, what):
    key, value = WRONG[what]
    job = rayjob(run("wrong"))
    job["spec"][key] = value
    with pytest.raises(RefusedError):
        plane.api.apply(job)


def test_a_job_with_root_in_it_gets_no_pods(cluster, started):
    job = rayjob(run("as-root", workers=0, pool=None, gpus=0))
    job["spec"]["suspend"] = False
    head = job["spec"]["rayClusterSpec"]["headGroupSpec"]["template"]["spec"]
    head["containers"][0]["securityContext"] = {"privileged": True}
    cluster.api.apply(job)
    told = cluster.wait(lambda: _forbidden(cluster), "the refusal")
    assert 'violates PodSecurity "restricted:latest"' in told
    assert _of(cluster, "as-root") == []


def _forbidden(plane):
    events = plane.api.all("v1", "Event", "training")
    return next((one["message"] for one in events if "PodSecurity" in one.get("message", "")), None)


def test_the_queue_of_a_run_exists(plane):
    job = rayjob(run("queued"))
    queue = job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"]
    assert one("LocalQueue", queue)["spec"]["clusterQueue"] == one("ClusterQueue")["metadata"]["name"]
    priority = job["metadata"]["labels"]["kueue.x-k8s.io/priority-class"]
    assert one("WorkloadPriorityClass", priority)
