import ipaddress
from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from platforms import document

from modelyard.infra.components.network import layout
from modelyard.infra.plan import plan
from modelyard.infra.plan.checks.limits import LIMITS
from modelyard.infra.platform import parse

ENVS = st.sampled_from(["dev", "staging", "prod"])
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,1}", fullmatch=True)
RANGES = st.builds(
    "10.{}.{}.0/{}".format, st.integers(100, 200), st.sampled_from([0, 64, 128]), st.sampled_from([18, 19, 20, 21])
)
SIZES = st.sampled_from([(256, 512), (512, 1024), (1024, 4096), (4096, 30720)])
POOLS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["gpu", "big", "spot-only"]), "max_gpus": st.integers(1, 64)},
        optional={"families": st.just(["p5"]), "capacity": st.sampled_from([["spot"], ["on-demand"]])},
    ),
    max_size=3,
    unique_by=lambda pool: pool["name"],
)


@st.composite
def documents(draw):
    """Draw a platform as a person might write it, of every size and with every option."""
    env = draw(ENVS)
    cpu, memory = draw(SIZES)
    domain = draw(st.none() | st.just({"name": "ml.example.com", "zone_id": "Z0123456789"}))
    kubernetes = draw(st.booleans())
    environment = {
        "network": draw(
            st.fixed_dictionaries(
                {"cidr": RANGES, "zones": st.sampled_from([2, 3]), "nat": st.sampled_from(["single", "per_zone"])},
                optional={"endpoints": st.just(["ecr.api", "ecr.dkr", "logs"]), "flow_logs": st.booleans()},
            )
        ),
        "lake": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "replicate_to": st.just("eu-west-1"),
                    "keep": st.fixed_dictionaries({"lock_days": st.integers(1, 400)}),
                    "scan_cutoff_gb": st.integers(1, 7000),
                },
            )
        ),
        "registry": draw(
            st.fixed_dictionaries({}, optional={"allowed_cidrs": st.just(["10.9.0.0/16"]), "multi_az": st.booleans()})
        ),
        "ci": draw(st.fixed_dictionaries({"enabled": st.booleans()}, optional={"authorised": st.booleans()})),
        "cluster": {"admins": ["arn:aws:iam::123456789012:role/admin"]},
        "training": {"pools": draw(POOLS)},
        "service": {
            "cpu": cpu,
            "memory_mb": memory,
            "auth": draw(st.sampled_from(["token", "jwt"])),
            "max_tasks": draw(st.integers(2, 50)),
        },
        "domain": domain,
        "serving": {"public": draw(st.booleans()) and domain is not None},
        "monitoring": {"emails": draw(st.sampled_from([[], ["a@example.com"]])), **_prometheus(draw, kubernetes)},
        "kubernetes": kubernetes,
    }
    names = draw(st.lists(NAMES, max_size=2, unique=True))
    changes = {
        "name": draw(NAMES),
        "kubernetes": False,
        "repositories": [{"name": name, "repository_id": draw(st.integers(0, 10**9))} for name in names],
        f"environments.{env}": environment,
    }
    return env, document(changes)


def _prometheus(draw, kubernetes):
    """Only in a cluster is there somebody who writes to it, and only what is kept can be shown."""
    asked = kubernetes and draw(st.booleans())
    return {"prometheus": asked, "grafana": asked and draw(st.booleans())}


@pytest.mark.slow
# no shrinking: an example takes seconds, and the drawn document says enough
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(documents())
def test_a_valid_platform_is_planned_without_a_problem(drawn):
    env, given_document = drawn
    platform = parse(given_document, "platform.yaml")
    made = plan(platform, env)
    assert made.problems == ()
    for layer in made.layers:
        for one in layer.resources:
            token = one.type.removeprefix("aws:")
            name = one.inputs.get(LIMITS[token][0]) if token in LIMITS else None
            assert name is None or len(name) <= LIMITS[token][2]
            assert one.type.startswith("kubernetes:") or one.inputs.get("tags", {}).get("modelyard:env") in {
                None,
                env,
                "shared",
            }


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 255), st.integers(16, 21), st.sampled_from([2, 3]))
def test_subnets_are_apart_and_inside_and_large_enough(second, prefix, zones):
    cut = layout(f"10.{second}.0.0/{prefix}", zones)
    whole = ipaddress.IPv4Network(f"10.{second}.0.0/{prefix}")
    blocks = [ipaddress.IPv4Network(each) for each in (*cut.private, *cut.public, *cut.isolated)]
    assert len(blocks) == 3 * zones
    assert all(block.subnet_of(whole) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))
    assert all(block.prefixlen <= 27 for block in blocks)  # a load balancer takes no smaller one


@given(st.sampled_from(["10.0.0.0/16", "10.0.0.0/21"]))
def test_a_third_zone_moves_no_subnet_of_the_first_two(cidr):
    two, three = layout(cidr, 2), layout(cidr, 3)
    for kind in ("private", "public", "isolated"):
        assert getattr(three, kind)[:2] == getattr(two, kind)


@pytest.mark.parametrize(("cidr", "zones"), [("10.0.0.0/22", 2), ("10.0.0.0/16", 4)])
def test_what_cannot_be_cut_is_refused(cidr, zones):
    with pytest.raises(ValueError, match="at most three zones"):
        layout(cidr, zones)
