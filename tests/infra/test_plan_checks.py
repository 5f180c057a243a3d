import pytest
from platforms import platform

from modelyard.infra.plan import Resource, plan
from modelyard.infra.plan.checks import Known, check

ACCOUNT = "123456789012"


def resource(type_, called="it", layer="network", **inputs):
    urn = f"urn:pulumi:dev::modelyard-{layer}::aws:{type_}::{called}"
    return Resource(layer=layer, type=f"aws:{type_}", name=called, urn=urn, parent=None, inputs=inputs)


def problems(*resources, texts=()):
    known = Known(texts=set(texts), account=ACCOUNT)
    return [(one.property, one.message) for one in check(list(resources), known)]


def test_what_is_right_has_no_problem():
    vpc = resource("ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", enableDnsSupport=True, tags={"a": "b"})
    rule = {"id": "tidy", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}
    life = resource("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", bucket="b-1", rules=[rule])
    assert problems(vpc, life) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (resource("ec2/vpc:Vpc", cidrBlok="10.0.0.0/16"), ("cidrBlok", "unknown property")),
        (resource("ec2/subnet:Subnet", cidrBlock="10.0.0.0/24"), ("vpcId", "required, but absent")),
        (
            resource("ec2/vpc:Vpc", enableDnsSupport="yes"),
            ("enableDnsSupport", "text where true or false is needed"),
        ),
        (resource("ec2/vpc:Vpc", cidrBlock=["10.0.0.0/16"]), ("cidrBlock", "a list where text is needed")),
        (resource("ec2/vpc:Vpc", tags={"a": 1}), ("tags.a", "a whole number where text is needed")),
        (resource("ec2/vpc:Vpc", tags="a"), ("tags", "text where an object is needed")),
        (resource("ec2/vpcc:Vpcc"), ("", "aws:ec2/vpcc:Vpcc is no resource of the installed SDK")),
    ],
)
def test_an_input_that_the_sdk_does_not_take_is_named(made, expected):
    assert expected in problems(made)


def test_a_mistake_deep_inside_is_named_with_its_path():
    rules = [{"id": "a", "status": "Enabled", "expiration": {"dayz": 1}}, {"id": "b"}]
    made = resource("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", bucket="b-1", rules=rules)
    assert problems(made) == [
        ("rules[0].expiration.dayz", "unknown property"),
        ("rules[1].status", "required, but absent"),
    ]


def test_the_nearest_property_is_offered():
    made = resource("ec2/vpc:Vpc", cidrBlok="10.0.0.0/16")
    assert check([made], Known())[0].fix == "Did you mean cidrBlock?"


def test_a_masked_secret_fits_any_type():
    assert problems(resource("ec2/vpc:Vpc", enableDnsSupport="[secret]")) == []


@pytest.mark.parametrize(
    ("type_", "key", "good", "bad"),
    [
        ("s3/bucket:Bucket", "bucket", "acme-dev-lake", "Acme_Lake"),
        ("s3/bucket:Bucket", "bucket", "a" * 63, "a" * 64),
        ("s3/bucket:Bucket", "bucket", "acme.lake", "acme..lake"),
        ("s3/bucket:Bucket", "bucket", "xacme", "xn--acme"),
        ("lb/targetGroup:TargetGroup", "name", "a" * 32, "a" * 33),
        ("lb/targetGroup:TargetGroup", "name", "acme-dev", "acme-"),
        ("lb/loadBalancer:LoadBalancer", "name", "acme-internal", "internal-acme"),
        ("rds/instance:Instance", "identifier", "acme-dev", "acme--dev"),
        ("kms/alias:Alias", "name", "alias/acme", "alias/aws/acme"),
        ("ecr/repository:Repository", "name", "acme/churn", "1churn"),
        ("secretsmanager/secret:Secret", "name", "acme/token", "acme/token-abc123"),
        ("budgets/budget:Budget", "name", "acme dev", "acme:dev"),
        ("glue/catalogDatabase:CatalogDatabase", "name", "acme_dev", "Acme-dev"),
        ("codeconnections/connection:Connection", "name", "a" * 32, "a" * 33),
    ],
)
def test_a_name_is_held_against_its_service(type_, key, good, bad):
    required = {"rds/instance:Instance": {"instanceClass": "db.t4g.micro"}, "kms/alias:Alias": {"targetKeyId": "k"},
                "budgets/budget:Budget": {"budgetType": "COST", "timeUnit": "MONTHLY"}}  # fmt: skip
    assert problems(resource(type_, **{key: good}, **required.get(type_, {}))) == []
    assert [found[0] for found in problems(resource(type_, **{key: bad}, **required.get(type_, {})))] == [key]


def test_a_description_with_an_arrow_is_refused_by_ec2():
    made = resource("ec2/securityGroup:SecurityGroup", called="a", description="in → out")
    assert ("description", "has characters that EC2 does not take") in problems(made)


def test_a_reference_leads_to_something_made_or_configured():
    there = resource("ec2/securityGroup:SecurityGroup", vpcId="vpc-0123456789abcdef0")
    assert problems(there, texts=["vpc-0123456789abcdef0"]) == []
    assert problems(there) == [("vpcId", "refers to nothing that is planned or configured")]


def test_an_arn_of_this_account_leads_somewhere_and_those_of_aws_may_stay():
    group = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/a"
    made = resource("sns/topic:Topic", kmsMasterKeyId=f"{group}:*")
    assert problems(made, texts=[group]) == []
    lost = resource(
        "iam/rolePolicyAttachment:RolePolicyAttachment", role="r", policyArn=f"arn:aws:iam::{ACCOUNT}:policy/x"
    )
    assert [found[0] for found in problems(lost)] == ["policyArn"]
    aws = resource("iam/rolePolicyAttachment:RolePolicyAttachment", role="r", policyArn="arn:aws:iam::aws:policy/X")
    assert problems(aws) == []


def test_subnets_lie_in_their_vpc_and_apart():
    vpc = resource("ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    where = {"vpcId": "vpc-1"}
    one = resource("ec2/subnet:Subnet", "one", cidrBlock="10.0.0.0/24", **where)
    same = resource("ec2/subnet:Subnet", "same", cidrBlock="10.0.0.128/25", **where)
    far = resource("ec2/subnet:Subnet", "far", cidrBlock="10.9.0.0/24", **where)
    none = resource("ec2/subnet:Subnet", "none", cidrBlock="10.0.0.1/24", **where)
    assert problems(vpc, one) == []
    assert problems(vpc, one, same) == [("cidrBlock", "overlaps one (10.0.0.0/24)")]
    assert problems(vpc, far) == [("cidrBlock", "lies outside the VPC")]
    assert problems(vpc, none) == [("cidrBlock", "is no IPv4 range")]


def test_a_physical_name_is_given_once():
    role = {"name": "acme-dev-loop", "assumeRolePolicy": "{}"}
    one, two = resource("iam/role:Role", "one", **role), resource("iam/role:Role", "two", "lake", **role)
    shouted = resource("iam/role:Role", "three", "lake", **(role | {"name": "Acme-dev-LOOP"}))
    assert problems(one) == []
    assert problems(one, two) == [("name", "is also the name of one in layer network")]
    assert problems(one, shouted) == [("name", "is also the name of one in layer network")]


def test_a_repository_named_like_its_platform_is_no_problem():
    assert plan(platform({"repositories": [{"name": "acme"}]}), "dev").problems == ()


def test_a_program_s_own_mistake_is_found(tmp_path):
    (tmp_path / "network").mkdir()
    text = (
        "import pulumi_aws as aws\nfrom modelyard.infra.platform.layers import NetworkLayer\n"
        "from modelyard.infra.platform.stack import read\nread(NetworkLayer)\n"
        "vpc = aws.ec2.Vpc('main', cidr_block='10.0.0.0/16', tags={'n': 1})\n"
        "aws.ec2.Subnet('a', vpc_id='vpc-0123456789abcdef0', cidr_block='10.1.0.0/24')\n"
    )
    (tmp_path / "network/__main__.py").write_text(text)
    found = {(one.property, one.value) for one in plan(platform(), "dev", ["network"], ejected=tmp_path).problems}
    assert found == {("tags.n", "1"), ("vpcId", "vpc-0123456789abcdef0"), ("cidrBlock", "10.1.0.0/24")}
