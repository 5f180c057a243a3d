"""Who is signed in, where, with which rights, with which clock, and whether spending is watched."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from modelyard.errors import OutsideError
from modelyard.infra import answers, aws, caller
from modelyard.infra.answers import Answer, Page
from modelyard.infra.doctor.check import Check

_REFUSED_S = 300  # AWS refuses a request whose signature is older than five minutes
_SUSPECT_S = 60
# what `infra bootstrap` calls, and what `up` of the first layers cannot do without
BOOTSTRAP = (
    "s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock", "s3:PutLifecycleConfiguration", "s3:PutBucketTagging",
    "s3:PutBucketOwnershipControls", "tag:GetResources", "kms:CreateKey", "kms:CreateAlias", "kms:EnableKeyRotation",
    "kms:TagResource", "iam:CreateRole", "iam:CreateOpenIDConnectProvider",
)  # fmt: skip


class _Region(Answer):
    region_name: str
    opt_in_status: str


class _Regions(Answer):
    regions: tuple[_Region, ...]


class _Named(Answer):
    arn: str


class _Role(Answer):
    role: _Named


class _Verdict(Answer):
    eval_action_name: str
    eval_decision: str


class _Verdicts(Answer):
    evaluation_results: tuple[_Verdict, ...]


class _Budget(Answer):
    budget_name: str


class _Budgets(Page):
    budgets: tuple[_Budget, ...] = ()  # AWS leaves it out where there is none


def identity(account: str, region: str) -> Iterator[Check]:
    """Check the credentials and, in the same answer, this machine's clock."""
    try:
        found = caller.identity(region)
    except OutsideError as error:
        need = f"credentials for account {account}"
        yield Check(name="credentials", status="fail", found=error.message, need=need, fix=error.hint)
        return
    right = found.account == account
    yield Check(
        name="credentials",
        status="ok" if right else "fail",
        found=found.arn,
        need=f"account {account}",
        fix="" if right else "Sign in to that account (AWS_PROFILE), or correct `account` in platform.yaml.",
    )
    yield _clock(found.response_metadata.headers.get("date", ""))


def _clock(theirs: str) -> Check:
    need = f"at most {_REFUSED_S} s from AWS's clock"
    fix = "Set the clock of this machine (timedatectl set-ntp true)."
    try:
        moment = parsedate_to_datetime(theirs).astimezone(UTC)
    except ValueError:
        found = f"not checked: AWS's answer came with the date {theirs!r}"
        return Check(name="clock", status="warn", found=found, need=need, fix="See whether a proxy changes answers.")
    skew = abs((datetime.now(UTC) - moment).total_seconds())
    status = "fail" if skew > _REFUSED_S else "warn" if skew > _SUSPECT_S else "ok"
    return Check(name="clock", status=status, found=f"{skew:.0f} s off", need=need, fix="" if status == "ok" else fix)


def region(name: str) -> Iterator[Check]:
    """Check that the region exists and is open to this account."""
    listed = answers.ask(_Regions, "listing regions", aws.client("ec2", name).describe_regions, AllRegions=True)
    state = {r.region_name: r.opt_in_status for r in listed.regions}.get(name, "unknown")
    ok = state in {"opt-in-not-required", "opted-in"}
    fix = "" if ok else f"Enable {name} under Account > AWS Regions in the console, or choose another `region`."
    need = "open to this account"
    yield Check(name="region", status="ok" if ok else "fail", found=f"{name}: {state}", need=need, fix=fix)


def permissions(where: str) -> Iterator[Check]:
    """Check, by IAM's own simulator, that the signed-in role may make the state bucket and the first roles."""
    need = "to make the state bucket, its key, and roles"
    arn = caller.identity(where).arn
    if arn.endswith(":root"):
        fix = "Sign in with a role (IAM Identity Center): nothing limits the root user, and nothing should use it."
        yield Check(name="permissions", status="warn", found="the account's root user", need=need, fix=fix)
        return
    try:
        denied = _denied(where, arn)
    except OutsideError as error:
        if error.code != "access_denied":
            raise
        fix = "Allow iam:GetRole and iam:SimulatePrincipalPolicy, or just try `modelyard infra bootstrap`."
        yield Check(name="permissions", status="warn", found=f"not checked: {error.message}", need=need, fix=fix)
        return
    found = f"refused: {', '.join(denied)}" if denied else "all allowed"
    fix = "Give the signed-in role these actions." if denied else ""
    yield Check(name="permissions", status="fail" if denied else "ok", found=found, need=need, fix=fix)


def _denied(where: str, arn: str) -> list[str]:
    """Return the actions of which nobody says that they are allowed."""
    iam, source = aws.client("iam", where), arn
    if ":assumed-role/" in arn:
        name = arn.split("/")[1]
        source = answers.ask(_Role, f"reading the role {name}", iam.get_role, RoleName=name).role.arn
    asked = {"PolicySourceArn": source, "ActionNames": list(BOOTSTRAP)}
    told = answers.ask(_Verdicts, "asking what is allowed", iam.simulate_principal_policy, **asked)
    allowed = {each.eval_action_name for each in told.evaluation_results if each.eval_decision == "allowed"}
    return sorted(set(BOOTSTRAP) - allowed)


def budget(account: str) -> Iterator[Check]:
    """Check that somebody is told before the bill is."""
    client = aws.client("budgets", "us-east-1")
    pages = answers.pages(_Budgets, "listing budgets", client.describe_budgets, AccountId=account)
    found = [each for page in pages for each in page.budgets]
    names = ", ".join(each.budget_name for each in found) or "none"
    fix = "" if found else "`modelyard infra up --layer account` sets those of platform.yaml."
    yield Check(name="budget", status="ok" if found else "warn", found=names, need="at least one", fix=fix)
