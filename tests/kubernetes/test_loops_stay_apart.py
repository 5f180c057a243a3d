"""What the loop of one project may do where it shares namespaces with others, by the API server's own judgement."""

import copy

import pytest
from api import Api, RefusedError, named
from plane import LOOP
from planned import one

from modelyard.infra.jobs import TrainingRun, rayjob

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]  # the first run on a machine builds the tools

IMAGE = "registry.example/churn@sha256:" + "0" * 64
WORKERS = {"pool": "gpu", "gpus": 1, "workers": 1}


@pytest.fixture(scope="module")
def loop(plane):
    """The loop of churn; of `AmazonEKSViewPolicy` it has what is needed here."""
    rbac = "rbac.authorization.k8s.io"
    for namespace in ("serving", "training"):
        role = named(f"{rbac}/v1", "Role", "looks", namespace)
        role["rules"] = [{"apiGroups": ["", "apps"], "resources": ["pods", "deployments"], "verbs": ["get", "list"]}]
        binding = named(f"{rbac}/v1", "RoleBinding", "looks", namespace)
        binding["roleRef"] = {"apiGroup": rbac, "kind": "Role", "name": "looks"}
        binding["subjects"] = [{"apiGroup": rbac, "kind": "Group", "name": "modelyard:churn:loop"}]
        plane.api.apply(role)
        plane.api.apply(binding)
    other = copy.deepcopy(one("Deployment", "churn"))
    other["metadata"]["name"] = "fraud"
    plane.api.apply(other)
    found = Api(plane.port, LOOP)
    plane.wait(lambda: _refuses(found, job(project="fraud")), "the admission policy to be in force")
    return found


def job(project="churn", **changed):
    return rayjob(TrainingRun(name="tried", project=project, image=IMAGE, **(WORKERS | changed)))


def _refuses(api, thing):
    try:
        api.create(thing, dry=True)
    except RefusedError as error:
        return "of its own project only" in str(error)
    return False


def test_a_loop_changes_its_own_service(loop):
    mine = one("Deployment", "churn")
    loop.change(mine, {"metadata": {"annotations": {"modelyard.io/tried": "yes"}}})
    assert loop.read(mine)["metadata"]["annotations"]["modelyard.io/tried"] == "yes"
    assert loop.all("v1", "Pod", "serving") == []


@pytest.mark.parametrize(("name", "method"), [("fraud", "PATCH"), ("churn", "DELETE"), ("fraud", "DELETE")])
def test_a_loop_changes_no_other_service_and_removes_none(loop, name, method):
    path, change = f"/apis/apps/v1/namespaces/serving/deployments/{name}", {"spec": {"replicas": 0}}
    with pytest.raises(RefusedError, match=f"cannot {method.lower()} resource"):
        loop.ask(method, path, change if method == "PATCH" else None, "application/merge-patch+json")


@pytest.mark.parametrize("namespace", ["serving", "training"])
def test_a_loop_sees_no_secret_and_makes_no_pod(loop, namespace):
    with pytest.raises(RefusedError, match="cannot list resource"):
        loop.all("v1", "Secret", namespace)
    pod = named("v1", "Pod", "mine", namespace) | {"spec": {"containers": [{"name": "a", "image": IMAGE}]}}
    with pytest.raises(RefusedError, match="cannot create resource"):
        loop.create(pod, dry=True)


def test_a_loop_starts_a_job_of_its_project(loop):
    assert loop.create(job(), dry=True)["metadata"]["name"] == "tried"
    assert loop.create(job(workers=0, gpus=0, pool=None), dry=True)["metadata"]["name"] == "tried"


def _in_another_queue(thing):
    thing["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] = "fraud"


def _in_no_queue(thing):
    del thing["metadata"]["labels"]


def _with_anothers_cluster(thing):
    thing["spec"]["clusterSelector"] = {"ray.io/cluster": "fraud"}


def _without_submitter(thing):
    del thing["spec"]["submitterPodTemplate"]


def _with_anothers_account(*path):
    def change(thing):
        spec = thing["spec"]
        for key in path:
            spec = spec[key]
        spec["spec"]["serviceAccountName"] = "trainer-fraud"

    return change


def _without_account(thing):
    del thing["spec"]["rayClusterSpec"]["headGroupSpec"]["template"]["spec"]["serviceAccountName"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_in_another_queue, "queue of its own project"),
        (_in_no_queue, "queue of its own project"),
        (_with_anothers_cluster, "a Ray cluster of its own"),
        (_without_submitter, "account of their project"),
        (_without_account, "account of their project"),
        (_with_anothers_account("rayClusterSpec", "headGroupSpec", "template"), "account of their project"),
        (_with_anothers_account("rayClusterSpec", "workerGroupSpecs", 0, "template"), "account of their project"),
        (_with_anothers_account("submitterPodTemplate"), "account of their project"),
    ],
)
def test_a_loop_starts_no_job_as_another_project(loop, plane, change, said):
    thing = job()
    change(thing)
    with pytest.raises(RefusedError, match=said):
        loop.create(thing, dry=True)
    assert plane.api.create(thing, dry=True)  # the rule is the loop's: administrators and operators have none


def test_a_loop_changes_no_job(loop):
    with pytest.raises(RefusedError, match="cannot patch resource"):
        loop.change(job(), {"spec": {"suspend": False}})
