"""The RayJob of a training run: admitted as a whole, unprivileged, with an end."""

import pytest
from pydantic import ValidationError

from modelyard.infra.jobs import TrainingRun, rayjob

IMAGE = "registry.example/acme/churn@sha256:" + "0" * 64


def run(**changed):
    return TrainingRun(**({"name": "run-1", "project": "churn", "image": IMAGE} | changed))


def pods(job):
    spec = job["spec"]["rayClusterSpec"]
    workers = [group["template"] for group in spec["workerGroupSpecs"]]
    return [spec["headGroupSpec"]["template"], *workers, job["spec"]["submitterPodTemplate"]]


def test_a_job_waits_in_its_projects_queue():
    job = rayjob(run(priority="production"))
    labels = job["metadata"]["labels"]
    assert labels["kueue.x-k8s.io/queue-name"] == "churn"
    assert labels["kueue.x-k8s.io/priority-class"] == "production"
    assert job["spec"]["suspend"] is True


def test_a_job_ends_and_takes_its_cluster_with_it():
    spec = rayjob(run(hours=1.5, keep_hours=2))["spec"]
    assert spec["activeDeadlineSeconds"] == 5400
    assert spec["shutdownAfterJobFinishes"] is True
    assert spec["ttlSecondsAfterFinished"] == 7200


def test_the_size_of_a_job_is_fixed():
    (workers,) = rayjob(run(workers=3))["spec"]["rayClusterSpec"]["workerGroupSpecs"]
    assert workers["replicas"] == workers["minReplicas"] == workers["maxReplicas"] == 3


def test_gpus_are_asked_for_on_workers_only():
    head, worker, submitter = pods(rayjob(run(pool="gpu", gpus=2)))
    assert worker["spec"]["nodeSelector"] == {"accelerator": "nvidia", "modelyard.io/pool": "gpu"}
    (container,) = worker["spec"]["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "2"
    for other in (head, submitter):
        assert "tolerations" not in other["spec"]
        assert "nvidia.com/gpu" not in other["spec"]["containers"][0]["resources"]["limits"]


def test_a_job_without_gpus_tolerates_no_gpu_node():
    for pod in pods(rayjob(run())):
        assert "tolerations" not in pod["spec"]
        assert "nodeSelector" not in pod["spec"]


def test_every_pod_is_unprivileged_limited_and_left_where_it_is():
    for pod in pods(rayjob(run(pool="gpu", gpus=1))):
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["metadata"]["annotations"] == {"karpenter.sh/do-not-disrupt": "true"}
        (container,) = pod["spec"]["containers"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["cpu"]
        assert pod["spec"]["serviceAccountName"] == "trainer-churn"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"image": "registry.example/churn:latest"}, "image"),
        ({"name": "Run 1"}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"gpus": 1}, "pool"),
        ({"pool": "gpu"}, "pool"),
        ({"pool": "gpu", "gpus": 1, "workers": 0}, "at least one"),
        ({"hours": 0}, "hours"),
        ({"workers": 1000}, "workers"),
        ({"unknown": 1}, "unknown"),
        ({"command": ""}, "command"),
    ],
)
def test_a_run_that_cannot_be_is_refused(changed, word):
    with pytest.raises(ValidationError, match=word):
        run(**changed)


def test_a_run_without_workers_is_a_head_alone():
    assert rayjob(run(workers=0))["spec"]["rayClusterSpec"]["workerGroupSpecs"] == []
