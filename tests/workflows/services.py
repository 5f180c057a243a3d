"""The services of three environments in one AWS account: moto, and the deployments that it does not play.

Beside AWS there is `docker`, whose only known command pushes the image that was built under a digest of its own.
"""

import io
import json
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).parents[1] / "deploy"))

import played_ecs as played
from moto.backends import get_backend
from played_ecs import ACCOUNT, REGION, Cloud
from werkzeug.serving import make_server

from modelyard.deploy import Target

SHORT = [played.TO_THE_END[0], played.TO_THE_END[-1]]
BY_ALARM = [played.BY_ALARM[0], *played.BY_ALARM[-3:]]
OLD = f"sha256:{'0d' * 32}"
# moto takes the digest of an image's only layer for that of the image
_LAYER = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 1, "digest": "DIGEST"}
_KIND = "application/vnd.docker.distribution.manifest.v2+json"
_MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": _KIND, "config": _LAYER, "layers": [_LAYER]})
_DOCKER = '''\
#!{python}
"""Pushes to the stand-in of ECR what the workflow says; anything else is refused."""
import json, os, sys
import boto3

words = sys.argv[1:]
assert words[:4] == ["buildx", "imagetools", "create", "--tag"], words
name, _, tag = words[4].rpartition(":")
layout, _, digest = words[5].partition("@")
assert layout == "oci-layout://image" and os.path.isfile("image/index.json"), os.listdir()
assert json.load(open("image/index.json"))["manifests"][0]["digest"] == digest
manifest = {manifest!r}
ecr = boto3.client("ecr", region_name="{region}")
ecr.put_image(
    repositoryName=name.partition("/")[2], imageManifest=manifest.replace("DIGEST", digest),
    imageTag=tag, imageDigest=digest,
)
'''  # fmt: skip


class Service(Cloud):
    """The service of one environment."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target, self.course = target, SHORT
        self.alarms = {"alarmNames": list(target.alarms), "enable": True, "rollback": True}

    def _service(self, asked: dict) -> object:
        services = get_backend("ecs")[ACCOUNT][REGION].services
        return services[f"{self.target.cluster}:{self.target.service}"]

    @property
    def image(self) -> str:
        """Return the image that it runs."""
        revision = self._service({}).task_definition
        found = get_backend("ecs")[ACCOUNT][REGION].describe_task_definition(revision)
        return found.container_definitions[0]["image"]


class Account:
    """One AWS account: a call belongs to the environment whose cluster was named last."""

    def __init__(self, targets: list[Target]) -> None:
        self.services = {target.env: Service(target) for target in targets}
        self._last = next(iter(self.services.values()))

    def __call__(self, environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        for service in self.services.values():
            if service.target.cluster.encode() in body:
                self._last = service
        return self._last(environ, start_response)


@contextmanager
def account(targets: list[Target], running: tuple[str, ...] = ()):
    """Run the account with what `infra up` made; `running` are environments that run an older image already."""
    held = Account(targets)
    server = make_server("127.0.0.1", 0, held, threaded=True, request_handler=played._Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held.url = f"http://127.0.0.1:{server.server_port}"
    try:
        for target in targets:
            _made(held.url, target, old=target.env in running)
        yield held
    finally:
        server.shutdown()
        server.server_close()
        for name in ("ecs", "ecr", "cloudwatch"):
            for each in get_backend(name).values():
                for backend in each.values():
                    backend.reset()


def docker(folder: Path) -> Path:
    """Write the program `docker` into a folder for PATH."""
    folder.mkdir()
    (folder / "docker").write_text(_DOCKER.format(python=sys.executable, region=REGION, manifest=_MANIFEST))
    (folder / "docker").chmod(0o755)
    return folder


def _made(url: str, target: Target, *, old: bool) -> None:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}

    def client(name: str):
        return boto3.client(name, region_name=REGION, endpoint_url=url, **keys)

    ecr, ecs, watch = client("ecr"), client("ecs"), client("cloudwatch")
    ecr.create_repository(repositoryName=target.repository)
    ecr.put_image(
        repositoryName=target.repository,
        imageManifest=_MANIFEST.replace("DIGEST", OLD),
        imageTag="old",
        imageDigest=OLD,
    )
    ecs.create_cluster(clusterName=target.cluster)
    image = f"{target.repository_url}@{OLD}" if old else f"{target.repository_url}:none"
    server = {"name": "server", "image": image, "essential": True, "readonlyRootFilesystem": True, "environment": []}
    ecs.register_task_definition(
        family=target.service, containerDefinitions=[server], cpu="256", memory="512", networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
    )  # fmt: skip
    ecs.create_service(
        cluster=target.cluster, serviceName=target.service, taskDefinition=target.service, desiredCount=int(old)
    )
    for name in target.alarms:
        watch.put_metric_alarm(
            AlarmName=name, Namespace="AWS/ApplicationELB", MetricName="RequestCount", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        watch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="said the test")
