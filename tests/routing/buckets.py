"""Two S3 servers that share no code, each with the bucket `tried`; they give the environment of a client."""

from contextlib import contextmanager

import boto3
import gateway
import moto_aws


@contextmanager
def moto(_):
    """Run moto's server for the body."""
    with moto_aws.serving() as world:
        known = {"aws_access_key_id": "t", "aws_secret_access_key": "t", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=world["AWS_ENDPOINT_URL"], **known).create_bucket(Bucket="tried")
        yield world


@contextmanager
def versitygw(folder):
    """Run versitygw over a folder of `folder` for the body."""
    with gateway.gateway(folder / "s3") as one:
        yield one.world
