"""`modelyard infra leftovers` against moto, with things left behind on purpose."""

import json

import boto3
import pytest
from moto import mock_aws

from modelyard.errors import RequestError
from modelyard.infra.leftovers import leftovers
from modelyard.infra.platform import parse

REGION = "eu-central-1"
pytestmark = pytest.mark.slow  # moto fills a region with images and networks for each test
IMAGE = "application/vnd.docker.container.image.v1+json"
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"mediaType": IMAGE, "size": 1, "digest": f"sha256:{'0' * 64}"},
    "layers": [],
}
TAGS = {"modelyard:project": "acme", "modelyard:env": "dev", "modelyard:layer": "network"}
AS_LIST = [{"Key": k, "Value": v} for k, v in TAGS.items()]


@pytest.fixture
def platform():
    document = {
        "name": "acme",
        "account": "123456789012",
        "region": REGION,
        "github": {"owner": "acme"},
        "repositories": [{"name": "churn"}],
    }
    return parse(document, "platform.yaml")


@pytest.fixture(autouse=True)
def _aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield


def client(service):
    return boto3.client(service, region_name=REGION)


def kinds(platform, env="dev"):
    return sorted(found.kind for found in leftovers(platform, env).resources)


def tagged(kind):
    return [{"ResourceType": kind, "Tags": AS_LIST}]


def volume():
    client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1, TagSpecifications=tagged("volume"))


def volume_of_a_claim():
    tags = [{"Key": "kubernetes.io/cluster/acme-dev-main", "Value": "owned"}]
    spec = [{"ResourceType": "volume", "Tags": tags}]
    client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1, TagSpecifications=spec)


def node():
    image = client("ec2").describe_images()["Images"][0]["ImageId"]
    tags = [{"Key": "karpenter.sh/nodepool", "Value": "gpu"}, {"Key": "eks:eks-cluster-name", "Value": "acme-dev-main"}]
    spec = [{"ResourceType": "instance", "Tags": tags}]
    client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=spec)


def address():
    client("ec2").allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))


def subnet():
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24", AvailabilityZone=f"{REGION}a")["Subnet"]["SubnetId"]


def gateway():
    ec2 = client("ec2")
    ip = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnet(), AllocationId=ip, TagSpecifications=tagged("natgateway"))


def balancer():
    name = "acme-dev-serving"
    client("elbv2").create_load_balancer(Name=name, Subnets=[subnet()], Type="network")


def snapshot():
    ec2 = client("ec2")
    made = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    ec2.create_snapshot(VolumeId=made, TagSpecifications=tagged("snapshot"))
    ec2.delete_volume(VolumeId=made)


def log_group():
    client("logs").create_log_group(logGroupName="/modelyard/acme/dev/serving")


def bucket():
    s3 = client("s3")
    s3.create_bucket(Bucket="acme-dev-lake-1", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_tagging(Bucket="acme-dev-lake-1", Tagging={"TagSet": AS_LIST})


def database():
    client("rds").create_db_instance(
        DBInstanceIdentifier="acme-dev-registry",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="u",
        MasterUserPassword="password1",
        Tags=AS_LIST,
    )


def last_snapshot():
    database()
    rds = client("rds")
    rds.create_db_snapshot(DBSnapshotIdentifier="acme-dev-registry-last", DBInstanceIdentifier="acme-dev-registry")
    rds.delete_db_instance(DBInstanceIdentifier="acme-dev-registry", SkipFinalSnapshot=True)


def images():
    ecr = client("ecr")
    ecr.create_repository(repositoryName="acme-dev-churn", tags=AS_LIST)
    ecr.put_image(repositoryName="acme-dev-churn", imageManifest=json.dumps(MANIFEST), imageTag="1")


def workspace():
    client("amp").create_workspace(alias="acme-dev-metrics")


def secret():
    client("secretsmanager").create_secret(Name="/modelyard/acme/dev/mlflow", SecretString="s", Tags=AS_LIST)


def alarm():
    client("cloudwatch").put_metric_alarm(
        AlarmName="acme-dev-registry-cpu",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="CPU",
        Namespace="AWS/RDS",
        Period=60,
        Threshold=1,
        Statistic="Average",
    )


def cluster():
    client("eks").create_cluster(
        name="acme-dev-main",
        roleArn="arn:aws:iam::123456789012:role/x",
        resourcesVpcConfig={"subnetIds": [subnet()]},
        tags=TAGS,
    )


def key():
    client("kms").create_key(Tags=[{"TagKey": k, "TagValue": v} for k, v in TAGS.items()])


LEFT = {
    "volume": (volume, "volume"),
    "volume of a Kubernetes claim": (volume_of_a_claim, "volume"),
    "karpenter node": (node, "karpenter node"),
    "address": (address, "address"),
    "nat gateway": (gateway, "nat gateway"),
    "load balancer without tags": (balancer, "load balancer"),
    "snapshot": (snapshot, "snapshot"),
    "log group without tags": (log_group, "log group"),
    "bucket": (bucket, "bucket"),
    "database": (database, "database"),
    "last snapshot of a database": (last_snapshot, "database snapshot"),
    "images": (images, "images"),
    "secret": (secret, "secret"),
    "alarm": (alarm, "alarm"),
    "workspace of Prometheus": (workspace, "workspace of Prometheus"),
    "cluster": (cluster, "eks cluster"),
    "key": (key, "kms"),
}


def test_an_empty_account_has_nothing_left(platform):
    assert kinds(platform) == []


@pytest.mark.parametrize("what", LEFT)
def test_finds_what_was_left(platform, what):
    leave, kind = LEFT[what]
    leave()
    found = leftovers(platform, "dev").resources
    assert kind in {f.kind for f in found}
    assert all(f.id and f.fix and f.why for f in found)


def test_each_thing_is_named_once(platform):
    database()
    volume()
    secret()
    found = leftovers(platform, "dev").resources
    assert sorted(f.kind for f in found) == ["database", "secret", "volume"]


def test_the_command_beside_each_works_in_any_shell_and_on_a_bucket_with_versions(platform):
    volume()
    bucket()
    fixes = {f.kind: f.fix for f in leftovers(platform, "dev").resources}
    assert fixes["volume"].endswith(f" --region {REGION}")
    assert fixes["bucket"].startswith("empty it in the S3 console")


def test_other_environments_and_other_platforms_are_not_ours(platform):
    volume()
    bucket()
    log_group()
    other = platform.model_copy(update={"name": "zeta", "repositories": ()})
    assert kinds(platform, "prod") == []
    assert kinds(other) == []
    assert kinds(platform) == ["bucket", "log group", "volume"]


def test_a_platform_whose_name_continues_ours_is_not_ours(platform):
    s3 = client("s3")
    s3.create_bucket(Bucket="acme-dev-prod-lake", CreateBucketConfiguration={"LocationConstraint": REGION})
    tags = [{"Key": "modelyard:project", "Value": "acme-dev"}, {"Key": "modelyard:env", "Value": "prod"}]
    s3.put_bucket_tagging(Bucket="acme-dev-prod-lake", Tagging={"TagSet": tags})
    assert kinds(platform) == []


def test_what_costs_nothing_is_not_listed(platform):
    ec2 = client("ec2")
    ec2.create_vpc(CidrBlock="10.8.0.0/16", TagSpecifications=tagged("vpc"))
    client("ecr").create_repository(repositoryName="acme-dev-empty", tags=AS_LIST)
    made = client("kms").create_key(Tags=[{"TagKey": k, "TagValue": v} for k, v in TAGS.items()])["KeyMetadata"]
    client("kms").schedule_key_deletion(KeyId=made["KeyId"])
    assert kinds(platform) == []


def test_what_was_deleted_is_not_listed_although_its_tags_stay_for_a_while(platform):
    ec2 = client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=tagged("instance"))
    ec2.terminate_instances(InstanceIds=[made["Instances"][0]["InstanceId"]])
    specification = tagged("natgateway")
    made = ec2.create_nat_gateway(SubnetId=subnet(), ConnectivityType="private", TagSpecifications=specification)
    ec2.delete_nat_gateway(NatGatewayId=made["NatGateway"]["NatGatewayId"])
    secret()
    client("secretsmanager").delete_secret(SecretId="/modelyard/acme/dev/mlflow", RecoveryWindowInDays=7)
    assert kinds(platform) == []


def test_refuses_to_say_anything_about_another_account(platform):
    other = platform.model_copy(update={"account": "999999999999"})
    with pytest.raises(RequestError, match="belong to account 123456789012"):
        leftovers(other, "dev")
