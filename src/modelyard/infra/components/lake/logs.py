"""The bucket that receives access logs of the other buckets and of the load balancers."""

from dataclasses import dataclass

import pulumi

from modelyard.infra.components.documents import Statement, allow
from modelyard.infra.components.lake.bucket import SafeBucket, SafeBucketArgs
from modelyard.infra.components.lake.lifecycle import Expiry


@dataclass(frozen=True, kw_only=True)
class LogBucketArgs:
    """Logs are kept `keep_days`."""

    bucket: str
    account: str
    region: str
    keep_days: int
    protect: bool


class LogBucket(pulumi.ComponentResource):
    """Produces one bucket with SSE-S3: neither S3 nor a load balancer can write access logs under a customer key."""

    def __init__(self, name: str, args: LogBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:LogBucket", name, None, opts)
        safe = SafeBucket(
            name,
            SafeBucketArgs(
                bucket=args.bucket,
                key_arn=None,
                noncurrent_days=30,
                protect=args.protect,
                expiries=[Expiry(prefix="", expire_days=args.keep_days)],
                statements=_writers(args),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.name, self.arn = safe.name, safe.arn
        self.register_outputs({"name": self.name, "arn": self.arn})


def _writers(args: LogBucketArgs) -> list[Statement]:
    """Let S3 and Elastic Load Balancing write, each to its own prefix and only for this account.

    Sources: S3 user guide, permissions for log delivery; Elastic Load Balancing, access logs of an ALB.
    """
    arn = f"arn:aws:s3:::{args.bucket}"
    ours = {"StringEquals": {"aws:SourceAccount": args.account}}
    balancers = {
        "ArnLike": {"aws:SourceArn": f"arn:aws:elasticloadbalancing:{args.region}:{args.account}:loadbalancer/*"}
    }
    return [
        allow(
            "S3AccessLogs",
            ["s3:PutObject"],
            [f"{arn}/s3/*"],
            principal={"Service": "logging.s3.amazonaws.com"},
            condition=ours,
        ),
        allow(
            "LoadBalancerAccessLogs",
            ["s3:PutObject"],
            [f"{arn}/alb/*"],
            principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            condition=balancers,
        ),
    ]
