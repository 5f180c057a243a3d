"""A small program of three resources, for what has nothing to do with the platform's own."""

from modelyard.infra.engine.stacks import Target

PROGRAM = """\
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
bucket = aws.s3.Bucket("data", bucket=config.get("bucket") or "acme-data", tags={"size": config.get("size") or "1"})
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", tags={"Name": "main"})
aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
pulumi.export("bucket", bucket.arn)
pulumi.export("password", pulumi.Output.secret("hunter2"))
"""


def target(folder, program=PROGRAM, name="demo", **config):
    """Return a layer with this program; `config` is its own."""
    place = folder / name
    place.mkdir(exist_ok=True)
    (place / "__main__.py").write_text(program, "utf-8")
    given = {"aws:region": "eu-central-1", **{f"modelyard-{name}:{k}": v for k, v in config.items()}}
    return Target(name, f"modelyard-{name}", "dev", place, given)
