"""AWS's regions, so that a slip of the pen is found before files are written."""

import difflib

from modelyard.errors import RequestError

DEFAULT = "us-east-1"

# AWS Regions, partition `aws`, as boto3 1.43 lists them; the programs name no other partition
KNOWN = (
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
    "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1",
    "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1",
    "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip


def refuse_unknown(region: str) -> None:
    """Raise RequestError for a region that is none, or that is newer than this list."""
    if region in KNOWN:
        return
    close = difflib.get_close_matches(region, KNOWN, n=3, cutoff=0.6)
    meant = f"Did you mean {', '.join(close)}?" if close else f"For example {DEFAULT} or eu-west-1."
    raise RequestError(
        f"--region {region!r} is no region of AWS that this modelyard knows.",
        f"{meant} One that is newer can be written into platform.yaml afterwards.",
        code="no_region",
    )
