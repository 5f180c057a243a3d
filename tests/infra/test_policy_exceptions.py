"""What the configuration excuses, and for how long."""

from datetime import date
from typing import Any

import pytest

from modelyard.infra.plan.records import Layer, Plan, Resource
from modelyard.infra.platform import Platform
from modelyard.infra.policy import coverage, judge

TODAY = date(2026, 11, 21)
URN = "urn:pulumi:dev::modelyard-registry::aws:rds/proxy:Proxy::proxy"
TAGS = {"modelyard:project": "p", "modelyard:env": "e", "modelyard:layer": "l", "ManagedBy": "modelyard"}
REASON = "the old client cannot do TLS yet"


def plan() -> Plan:
    proxy = Resource(
        layer="registry", type="aws:rds/proxy:Proxy", name="proxy", urn=URN, parent=None, inputs={"tags": TAGS}
    )
    layer = Layer(name="registry", resources=(proxy,), outputs={})
    return Plan(env="dev", region="eu-west-1", account="1" * 12, project=None, layers=(layer,), problems=())


def platform(**exception: Any) -> Platform:
    given = {"control": "RDS.43", "reason": REASON, "until": "2026-12-31", **exception}
    return Platform.model_validate(
        {
            "name": "acme",
            "account": "1" * 12,
            "region": "eu-west-1",
            "github": {"owner": "acme"},
            "exceptions": [given],
        }
    )


def found(**exception: Any) -> list[tuple[str, str]]:
    return [(one.control, one.severity) for one in judge(plan(), platform(**exception), today=TODAY).findings]


@pytest.mark.parametrize("names", [{}, {"resource": "proxy"}, {"resource": "registry/*"}, {"environments": ["dev"]}])
def test_a_valid_exception_sets_its_finding_aside(names):
    result = judge(plan(), platform(**names), today=TODAY)

    assert result.findings == ()
    (excused,) = result.excused
    assert (excused.finding.control, excused.reason, excused.until) == ("RDS.43", REASON, date(2026, 12, 31))


def test_an_exception_holds_on_its_last_day():
    assert judge(plan(), platform(until="2026-11-21"), today=TODAY).findings == ()


def test_an_exception_that_has_run_out_is_a_finding_beside_the_one_it_excused():
    assert found(until="2026-11-20") == [("Modelyard.exceptions", "mandatory"), ("RDS.43", "mandatory")]


@pytest.mark.parametrize("names", [{"resource": "other"}, {"control": "RDS.2"}])
def test_an_exception_that_excuses_nothing_is_said(names):
    assert found(**names) == [("RDS.43", "mandatory"), ("Modelyard.exceptions", "advisory")]


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        ("rds.43", "rds.43 is no control; did you mean RDS.43?"),
        ("Nothing", "Nothing is no control; `modelyard infra controls` lists them."),
        ("RDS.2", "Remove it from platform.yaml, or correct its `resource`."),
    ],
)
def test_an_exception_for_no_control_at_all_is_told_which_was_meant(control, expected):
    (about,) = (
        one
        for one in judge(plan(), platform(control=control), today=TODAY).findings
        if one.control == "Modelyard.exceptions"
    )
    assert about.fix == expected


def test_an_exception_of_another_environment_changes_nothing():
    assert found(environments=["prod"]) == [("RDS.43", "mandatory")]


def test_one_control_of_a_row_of_several_can_be_named():
    assert "IAM.2" in {row.control for row in coverage().controls}
    bucket = Resource(
        layer="lake",
        type="aws:s3/bucketPolicy:BucketPolicy",
        name="open",
        urn="urn:pulumi:dev::modelyard-lake::aws:s3/bucketPolicy:BucketPolicy::open",
        parent=None,
        inputs={"policy": '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}}'},
    )
    given = plan().model_copy(update={"layers": (Layer(name="lake", resources=(bucket,), outputs={}),)})

    assert judge(given, platform(control="S3.3"), today=TODAY).findings == ()


def test_coverage_says_what_applies_and_why_the_rest_does_not():
    known = {one.control: one for one in coverage([plan()], platform(resource="other")).controls}

    assert (known["RDS.43"].state, known["RDS.43"].resources, known["RDS.43"].broken) == ("broken", 1, 1)
    assert (known["RDS.2"].state, known["RDS.2"].applies, known["RDS.2"].why) == (
        "not applicable",
        False,
        "the plan has no Instance",
    )
    assert known["RDS.7"].why == "the registry uses an RDS instance, not Aurora"
    assert known["EC2.172"].state == "never"
    assert known["EC2.172"].why
    assert known["Modelyard.tags"].state == "enforced"
    assert all(one.why for one in known.values() if not one.applies)


def test_coverage_counts_what_is_excused():
    known = {one.control: one for one in coverage([plan()], platform()).controls}

    assert known["RDS.43"].state == "excused"
