"""What is kept: volumes, snapshots, databases, buckets, logs, images, secrets, alarms."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from modelyard.infra import aws
from modelyard.infra.leftovers.clues import Clues, pairs
from modelyard.infra.leftovers.found import Found


def volumes(clues: Clues) -> Iterator[Found]:
    """Search EBS, volumes of Kubernetes claims included."""
    ec2 = aws.client("ec2", clues.region)
    for found in aws.pages(ec2, "describe_volumes", "Volumes"):
        tags, name = pairs(found.get("Tags")), found["VolumeId"]
        if why := clues.why(tags, name=tags.get("Name", "")):
            yield Found(kind="volume", id=name, why=why, fix=f"aws ec2 delete-volume --volume-id {name}")


def snapshots(clues: Clues) -> Iterator[Found]:
    """Search EBS snapshots of this account."""
    ec2 = aws.client("ec2", clues.region)
    for found in aws.pages(ec2, "describe_snapshots", "Snapshots", OwnerIds=["self"]):
        tags, name = pairs(found.get("Tags")), found["SnapshotId"]
        if why := clues.why(tags, name=tags.get("Name", "")):
            yield Found(kind="snapshot", id=name, why=why, fix=f"aws ec2 delete-snapshot --snapshot-id {name}")


def databases(clues: Clues) -> Iterator[Found]:
    """Search RDS instances."""
    rds = aws.client("rds", clues.region)
    for found in aws.pages(rds, "describe_db_instances", "DBInstances"):
        name = found["DBInstanceIdentifier"]
        if why := clues.why(pairs(found.get("TagList")), name=name):
            fix = (
                f"aws rds delete-db-instance --db-instance-identifier {name} --final-db-snapshot-identifier {name}-end"
            )
            yield Found(kind="database", id=name, why=why, fix=fix)


def database_snapshots(clues: Clues) -> Iterator[Found]:
    """Search RDS snapshots: a deletion leaves its last one, and it is paid by the gigabyte."""
    rds = aws.client("rds", clues.region)
    for found in aws.pages(rds, "describe_db_snapshots", "DBSnapshots", SnapshotType="manual"):
        name, of = found["DBSnapshotIdentifier"], found["DBInstanceIdentifier"]
        if why := clues.why(pairs(found.get("TagList")), name=of):
            fix = f"aws rds delete-db-snapshot --db-snapshot-identifier {name}"
            yield Found(kind="database snapshot", id=name, why=why, fix=fix)


def buckets(clues: Clues) -> Iterator[Found]:
    """Search S3. The bucket with the state is named otherwise and is kept."""
    s3 = aws.client("s3", clues.region)
    with aws.told("listing buckets"):
        found = s3.list_buckets()["Buckets"]
    for name in (each["Name"] for each in found):
        if why := clues.why(_tags(s3, name), name=name):
            fix = f"empty it in the S3 console, which deletes older versions too, then: aws s3 rb s3://{name}"
            yield Found(kind="bucket", id=name, why=why, fix=fix)


def _tags(s3: Any, bucket: str) -> dict[str, str]:  # noqa: ANN401
    try:
        return pairs(s3.get_bucket_tagging(Bucket=bucket)["TagSet"])
    except ClientError as error:
        if aws.code(error) in {"NoSuchTagSet", "NoSuchBucket", "AccessDenied", "PermanentRedirect"}:
            return {}
        raise


def log_groups(clues: Clues) -> Iterator[Found]:
    """Search log groups: services open their own, without tags."""
    logs = aws.client("logs", clues.region)
    for found in aws.pages(logs, "describe_log_groups", "logGroups"):
        name = found["logGroupName"]
        with aws.told(f"reading the tags of {name}"):
            tags = logs.list_tags_log_group(logGroupName=name)["tags"]
        if why := clues.why(tags, name=name):
            yield Found(kind="log group", id=name, why=why, fix=f"aws logs delete-log-group --log-group-name {name}")


def images(clues: Clues) -> Iterator[Found]:
    """Search ECR for repositories that hold images."""
    ecr = aws.client("ecr", clues.region)
    for found in aws.pages(ecr, "describe_repositories", "repositories"):
        name = found["repositoryName"]
        with aws.told(f"reading the tags of {name}"):
            tags = pairs(ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"])
        why = clues.why(tags, name=name)
        if why and aws.pages(ecr, "list_images", "imageIds", repositoryName=name):
            fix = f"aws ecr delete-repository --force --repository-name {name}"
            yield Found(kind="images", id=name, why=why, fix=fix)


def secrets(clues: Clues) -> Iterator[Found]:
    """Search Secrets Manager; those that wait for their deletion cost nothing."""
    client = aws.client("secretsmanager", clues.region)
    for found in aws.pages(client, "list_secrets", "SecretList"):
        name = found["Name"]
        why = clues.why(pairs(found.get("Tags")), name=name)
        if why and "DeletedDate" not in found:
            yield Found(kind="secret", id=name, why=why, fix=f"aws secretsmanager delete-secret --secret-id {name}")


def alarms(clues: Clues) -> Iterator[Found]:
    """Search alarms, paid each."""
    watch = aws.client("cloudwatch", clues.region)
    begin = [clues.prefix, *(f"{p}-{clues.env}-" for p in clues.projects)]
    for name in (a["AlarmName"] for a in aws.pages(watch, "describe_alarms", "MetricAlarms")):
        if name.startswith(tuple(begin)):
            fix = f"aws cloudwatch delete-alarms --alarm-names {name}"
            yield Found(kind="alarm", id=name, why=f"name {name}", fix=fix)
