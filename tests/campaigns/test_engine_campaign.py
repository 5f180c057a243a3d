"""Every create of every layer and environment fails once: `up`, run again and again, arrives at the whole platform.

As many fail together as the engine can begin: each late, when all that waits for nothing is under way. One at a time,
which takes an hour for each environment, would leave states that are fewer and simpler.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from engine_world import backend, cloud, pulumi  # noqa: F401 - fixtures
from standin_cloud.cloud import Fault
from test_engine_stacks import insist, made, platform, predicted

from modelyard.infra.engine.targets import Request
from modelyard.infra.plan import plan
from modelyard.infra.platform.words import ENVIRONMENTS

OPTIONS = {  # of every environment
    "as it comes": {},
    "without Kubernetes": {"kubernetes": False},
    "with every interface endpoint and a network way out per zone": {
        "network": {"nat": "per_zone", "endpoints": ["ecr.api", "ecr.dkr", "logs", "sts"]}
    },
    "with models on Kubernetes and their numbers in Prometheus": {
        "service": {"backend": "kubernetes", "auth": "token"},
        "monitoring": {"prometheus": True, "grafana": True},
    },
}


@pytest.mark.campaign
@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_create_fails_once(env, option, cloud, backend, results, monkeypatch):  # noqa: F811
    monkeypatch.setenv("PULUMI_PARALLEL", "60")
    config = platform(environments=dict.fromkeys(ENVIRONMENTS, OPTIONS[option]))
    planned = plan(config, env)
    cloud.faults = cloud.cluster.faults = [Fault(each=True, how="late")]
    for layer in planned.layers:
        insist(Request(config, env, layers=(layer.name,)), attempts=len(layer.resources) + 1)
    arrived = made(cloud) == predicted(planned)
    results.setdefault(option, {})[env] = {"resources": len(predicted(planned)), "arrived": arrived}
    assert arrived
