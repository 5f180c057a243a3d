"""One world for every test: no colours, a fixed width, an identity for git, and no settings of the machine."""

import os
import signal
from pathlib import Path

import pytest

_UV_CACHE = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))  # read before HOME is moved
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _quiet_world(monkeypatch, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("UV_CACHE_DIR", _UV_CACHE)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    for name in ("MODELYARD_PROJECT", "MODELYARD_ENV", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def aws(monkeypatch):
    """An empty AWS of this machine, which every client of the test speaks to; yields its variables."""
    import moto_aws

    with moto_aws.serving() as world:
        for name, value in world.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield world


@pytest.fixture
def asked(monkeypatch):
    """Every request of the stores that the test opens, but for what it puts there itself."""
    import recording

    return recording.notes(monkeypatch)


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """The database of an empty registry, which takes MLflow seconds to make."""
    from modelyard.registry.client import connect

    path = tmp_path_factory.mktemp("blank") / "mlflow.db"
    connect(f"sqlite:///{path}")
    return path
