"""An image on its way to a Deployment of a real API server; the controllers' part of its status is played."""

import base64
import contextlib
import sys
import threading
import time
import urllib.parse
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from platforms import platform

sys.path.insert(0, str(Path(__file__).parents[1] / "kubernetes"))

from api import RefusedError
from moto.backends import get_backend
from plane import TOKEN, Plane
from planned import one

from modelyard.deploy import Target
from modelyard.deploy.kubernetes.access import Access, eks_token, of_eks
from modelyard.deploy.kubernetes.roll import roll
from modelyard.errors import OutcomeError, OutsideError, RequestError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]  # the first run on a machine builds the tools

URL = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn-dev"
GOOD, BETTER, BAD = (f"{URL}@sha256:{digit * 64}" for digit in "123")
STALLED = {
    "type": "Progressing",
    "status": "False",
    "reason": "ProgressDeadlineExceeded",
    "message": 'ReplicaSet "churn-6f" has timed out progressing.',
}


@pytest.fixture(scope="session")
def started(tmp_path_factory):
    plane = Plane(tmp_path_factory.mktemp("deployed"))
    try:
        yield plane.start()
    finally:
        plane.stop()


@pytest.fixture
def plane(started):
    """The cluster with the planned Deployment, as `infra up` leaves it."""
    started.api.apply(one("Namespace", "serving"))
    with contextlib.suppress(RefusedError):  # the first test finds none
        started.api.ask("DELETE", "/apis/apps/v1/namespaces/serving/deployments/churn")
    started.api.apply(one("Deployment", "churn"))
    return started


@pytest.fixture
def access(plane):
    """The way in, with the server's certificate checked."""
    certificate = (plane.folder / "certificates" / "apiserver.crt").read_text()
    return Access(f"https://127.0.0.1:{plane.port}", certificate, lambda: TOKEN)


@pytest.fixture
def target():
    found = Target.of(platform({"environments.dev.service.backend": "kubernetes"}), "dev", "churn")
    return replace(found, limit_s=60.0)


class Controllers:
    """Writes the status that controllers would: pods of an image become available in a moment, those of BAD never."""

    def __init__(self, plane):
        self.plane, self.stopped, self.stuck = plane, threading.Event(), False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def run(self):
        while not self.stopped.wait(0.05):
            found = self.plane.api.read(one("Deployment", "churn"))
            image = found["spec"]["template"]["spec"]["containers"][0]["image"]
            status = self.status(image, found["spec"]["replicas"])
            status["observedGeneration"] = found["metadata"]["generation"]
            path = "/apis/apps/v1/namespaces/serving/deployments/churn/status"
            self.plane.api.ask("PATCH", path, {"status": status}, "application/merge-patch+json")

    def status(self, image, wanted):
        if image == BAD:
            return counts(wanted + 1, 1, wanted) | {"conditions": [STALLED]}
        return counts(wanted + 1, 1, wanted) if self.stuck else counts(wanted, wanted, wanted)


def counts(whole, updated, available):
    known = {"replicas": whole, "updatedReplicas": updated, "readyReplicas": available}
    return known | {"availableReplicas": available, "conditions": []}


def rolled(image, target, access, said=None):
    tell = (lambda _: None) if said is None else said.append
    return roll(image, target, 0.05, lambda *_: None, tell, lambda _: access)


def now(plane):
    found = plane.api.read(one("Deployment", "churn"))["spec"]
    return found["replicas"], found["template"]["spec"]["containers"][0]["image"]


def test_images_come_one_after_the_other_and_nothing_else_of_the_pod_changes(plane, target, access):
    before = plane.api.read(one("Deployment", "churn"))["spec"]["template"]
    with Controllers(plane):
        first = rolled(GOOD, target, access)
        assert (first.state, first.previous) == ("completed", None)
        assert now(plane) == (1, GOOD)
        second = rolled(BETTER, target, access)
        assert (second.state, second.previous) == ("completed", GOOD)
        again = rolled(BETTER, target, access)
        assert (again.state, again.previous) == ("unchanged", BETTER)
    after = plane.api.read(one("Deployment", "churn"))["spec"]["template"]
    for template in (before, after):
        template["spec"]["containers"][0].pop("image")
    assert after == before


def test_an_image_that_stalls_is_taken_back_and_said_why(plane, target, access):
    with Controllers(plane):
        rolled(GOOD, target, access)
        result = rolled(BAD, target, access)
    assert (result.state, result.previous) == ("rolled_back", GOOD)
    assert "ProgressDeadlineExceeded" in result.reason
    assert result.failure().exit_code == 1
    assert now(plane) == (1, GOOD)


def test_a_first_image_that_stalls_leaves_no_pods(plane, target, access):
    with Controllers(plane):
        result = rolled(BAD, target, access)
    assert (result.state, result.previous) == ("failed", None)
    assert now(plane)[0] == 0


def test_another_rollout_is_not_disturbed_and_the_same_one_is_waited_for(plane, target, access):
    with Controllers(plane) as controllers:
        rolled(GOOD, target, access)
        controllers.stuck = True
        waiting, said = [], []
        thread = threading.Thread(target=lambda: waiting.append(rolled(BETTER, target, access, said)), daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not said and time.monotonic() < deadline:
            time.sleep(0.05)
        with pytest.raises(OutcomeError, match="in progress"):
            rolled(BAD, target, access)
        controllers.stuck = False
        second = rolled(BETTER, target, access)
        thread.join(60)
    assert waiting[0].state == "completed"
    assert second.state in {"completed", "unchanged"}
    assert second.image == BETTER


def test_who_may_not_or_does_not_exist_is_told_apart(plane, target, access):
    with pytest.raises(OutsideError) as error:
        rolled(GOOD, target, Access(access.endpoint, access.certificate, lambda: "another"))
    assert error.value.code == "access_denied"
    plane.api.ask("DELETE", "/apis/apps/v1/namespaces/serving/deployments/churn")
    with pytest.raises(RequestError, match="no Deployment churn"):
        rolled(GOOD, target, access)


def test_a_certificate_that_the_cluster_does_not_vouch_for_is_not_trusted(plane, target, access):
    other = plane.folder / "other.pem"
    _authority(other)
    with pytest.raises(OutsideError, match="certificate verify failed"):
        rolled(GOOD, target, Access(access.endpoint, other.read_text(), access.token))


def _authority(path):
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "another authority")])
    begin = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(begin).not_valid_after(begin + dt.timedelta(days=36500))
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def test_the_way_into_eks_comes_from_aws_and_its_token_is_a_signed_request(cloud, target, tmp_path):
    eks = boto3.client("eks", region_name=target.region)
    with pytest.raises(RequestError, match=f"no cluster {target.cluster}"):
        of_eks(target)
    eks.create_cluster(
        name=target.cluster, roleArn="arn:aws:iam::123456789012:role/r", resourcesVpcConfig={"subnetIds": ["a", "b"]}
    )
    _authority(tmp_path / "authority.pem")
    authority = (tmp_path / "authority.pem").read_bytes()
    kept = get_backend("eks")["123456789012"][target.region].clusters[target.cluster]
    kept.certificate_authority = {"data": base64.b64encode(authority).decode()}  # moto's own is noise
    found = of_eks(target)
    assert found.endpoint.startswith("https://")
    assert found.certificate == authority.decode()
    token = eks_token(target.cluster, target.region)
    assert token.startswith("k8s-aws-v1.")
    assert "=" not in token
    text = token.removeprefix("k8s-aws-v1.")
    url = urllib.parse.urlsplit(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    query = urllib.parse.parse_qs(url.query)
    assert url.netloc == f"sts.{target.region}.amazonaws.com"
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-Expires"] == ["60"]
