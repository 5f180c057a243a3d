"""A platform's service before its first image, in a cloud that plays its deployments."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import moto.backends
import played_ecs as clouds
from platforms import platform
from played_ecs import ring, settings

from modelyard.deploy import Target

MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
}


@pytest.fixture
def cloud(monkeypatch):
    """An AWS account with credentials for it, and nothing in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with clouds.running() as (found, address):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        yield found
    for name in ("ecs", "ecr", "cloudwatch"):
        for account in moto.backends.get_backend(name).values():
            for backend in account.values():
                backend.reset()


@pytest.fixture
def target():
    return Target.of(platform(), "dev", "churn")


@pytest.fixture
def made(cloud, target):
    """What `infra up` leaves: repository, cluster, a service without tasks, and its alarms."""
    clouds.client("ecr").create_repository(repositoryName=target.repository)
    ecs = clouds.client("ecs")
    ecs.create_cluster(clusterName=target.cluster)
    settings(target, 512)
    ecs.create_service(
        cluster=target.cluster, serviceName=target.service, taskDefinition=target.service, desiredCount=0
    )
    for name in target.alarms:
        ring(name, "OK")
    return cloud


@pytest.fixture
def push(made, target):
    """Return a function that pushes an image under a tag and returns its digest."""

    def pushed(tag):
        digest = f"sha256:{tag.encode().hex():0>64}"
        layer = {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 1, "digest": digest}
        manifest = json.dumps({**MANIFEST, "config": layer, "layers": [layer]})  # moto makes the digest of the layers
        put = clouds.client("ecr").put_image(repositoryName=target.repository, imageManifest=manifest, imageTag=tag)
        return put["image"]["imageId"]["imageDigest"]

    return pushed
