"""A real Pulumi CLI, a stand-in cloud in this process, and state in a folder: everything but AWS is real."""

import os
from pathlib import Path

import pytest
from standin_cloud.aws import Aws
from standin_cloud.cloud import Cloud
from standin_cloud.kubernetes import Kubernetes
from standin_cloud.service import serve
from toolchain import tool

from modelyard.infra.engine import executable, pending
from modelyard.infra.engine.backend import Backend
from modelyard.infra.engine.session import Run

REGION = "eu-central-1"


@pytest.fixture
def pulumi(monkeypatch, tmp_path_factory):
    """The CLI on PATH; it asks nobody for updates or plugins."""
    monkeypatch.setenv("PATH", f"{Path(tool('pulumi')).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path_factory.mktemp("pulumi-home")))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase of the tests")
    monkeypatch.setenv("PULUMI_SKIP_UPDATE_CHECK", "true")
    monkeypatch.setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)


@pytest.fixture
def cloud(monkeypatch, pulumi):
    """AWS: what is in it, what was asked of it, and what shall go wrong."""
    held = Cloud()
    service = Aws(held)
    server, port = serve(service)
    below = Cloud(strict=False)  # its objects name things of AWS, which it does not know
    other, at = serve(Kubernetes(below))
    held.cluster = below
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", f"aws:{port},kubernetes:{at}")
    yield held
    service.stopping.set()
    server.stop(None)
    other.stop(None)


@pytest.fixture
def backend(tmp_path, monkeypatch, pulumi):
    folder = tmp_path / "state"
    folder.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{folder}")
    return Backend(f"file://{folder}", "passphrase")


@pytest.fixture
def notes():
    return []


@pytest.fixture
def run(backend, cloud, notes):
    return Run(executable.find(), backend, pending.Look("123456789012", REGION), note=notes.append)
