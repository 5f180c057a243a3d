"""Who is signed in, where, with which rights, with which clock, and whether spending is watched."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from modelyard.errors import OutsideError
from modelyard.infra import aws
from modelyard.infra.doctor.check import Check

_REFUSED_S = 300  # AWS refuses a request whose signature is older than five minutes
_SUSPECT_S = 60
# what `infra bootstrap` calls, and what `up` of the first layers cannot do without
BOOTSTRAP = (
    "s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock", "s3:PutLifecycleConfiguration", "s3:PutBucketTagging", "kms:CreateKey",
    "kms:CreateAlias", "kms:EnableKeyRotation", "kms:TagResource", "iam:CreateRole", "iam:CreateOpenIDConnectProvider",
)  # fmt: skip


def identity(account: str, region: str) -> Iterator[Check]:
    """Check the credentials and, in the same answer, this machine's clock."""
    try:
        found = aws.identity(region)
    except OutsideError as error:
        need = f"credentials for account {account}"
        yield Check(name="credentials", status="fail", found=error.message, need=need, fix=error.hint)
        return
    right = found["Account"] == account
    yield Check(
        name="credentials",
        status="ok" if right else "fail",
        found=found["Arn"],
        need=f"account {account}",
        fix="" if right else "Sign in to that account (AWS_PROFILE), or correct `account` in platform.yaml.",
    )
    yield _clock(found)


def _clock(answer: Any) -> Check:  # noqa: ANN401
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    skew = abs((datetime.now(UTC) - parsedate_to_datetime(headers["date"])).total_seconds())
    status = "fail" if skew > _REFUSED_S else "warn" if skew > _SUSPECT_S else "ok"
    fix = "" if status == "ok" else "Set the clock of this machine (timedatectl set-ntp true)."
    need = f"at most {_REFUSED_S} s from AWS's clock"
    return Check(name="clock", status=status, found=f"{skew:.0f} s off", need=need, fix=fix)


def region(name: str) -> Iterator[Check]:
    """Check that the region exists and is open to this account."""
    with aws.told("listing regions"):
        found = aws.client("ec2", name).describe_regions(AllRegions=True)["Regions"]
    state = {r["RegionName"]: r["OptInStatus"] for r in found}.get(name, "unknown")
    ok = state in {"opt-in-not-required", "opted-in"}
    fix = "" if ok else f"Enable {name} under Account > AWS Regions in the console, or choose another `region`."
    need = "open to this account"
    yield Check(name="region", status="ok" if ok else "fail", found=f"{name}: {state}", need=need, fix=fix)


def permissions(where: str) -> Iterator[Check]:
    """Check, by IAM's own simulator, that the signed-in role may make the state bucket and the first roles."""
    need = "to make the state bucket, its key, and roles"
    arn = aws.identity(where)["Arn"]
    if arn.endswith(":root"):
        fix = "Sign in with a role (IAM Identity Center): nothing limits the root user, and nothing should use it."
        yield Check(name="permissions", status="warn", found="the account's root user", need=need, fix=fix)
        return
    try:
        denied = _denied(where, arn)
    except ClientError as error:
        found = f"not checked: {aws.code(error)}"
        fix = "Allow iam:SimulatePrincipalPolicy to have this checked, or just try `modelyard infra bootstrap`."
        yield Check(name="permissions", status="warn", found=found, need=need, fix=fix)
        return
    found = f"refused: {', '.join(denied)}" if denied else "all allowed"
    fix = "Give the signed-in role these actions." if denied else ""
    yield Check(name="permissions", status="fail" if denied else "ok", found=found, need=need, fix=fix)


def _denied(where: str, arn: str) -> list[str]:
    iam = aws.client("iam", where)
    source = arn
    if ":assumed-role/" in arn:
        source = iam.get_role(RoleName=arn.split("/")[1])["Role"]["Arn"]
    results = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=list(BOOTSTRAP))["EvaluationResults"]
    return sorted(r["EvalActionName"] for r in results if r["EvalDecision"] != "allowed")


def budget(account: str) -> Iterator[Check]:
    """Check that somebody is told before the bill is."""
    with aws.told("listing budgets"):
        found = aws.client("budgets", "us-east-1").describe_budgets(AccountId=account).get("Budgets", [])
    names = ", ".join(b["BudgetName"] for b in found) or "none"
    fix = "" if found else "`modelyard infra up --layer account` sets those of platform.yaml."
    yield Check(name="budget", status="ok" if found else "warn", found=names, need="at least one", fix=fix)
