"""Whether the state can be reached."""

import os
from collections.abc import Iterator
from pathlib import Path

from modelyard.errors import OutsideError
from modelyard.infra import answers, aws
from modelyard.infra.doctor.check import Check
from modelyard.infra.engine.backend import Place, place
from modelyard.infra.platform import EnvName, Platform


class _Head(answers.Answer):
    bucket_region: str | None = None


def look(platform: Platform, env: EnvName) -> Iterator[Check]:
    """Check the backend that the engine would use."""
    named = os.environ.get("PULUMI_BACKEND_URL", "")
    yield _elsewhere(named) if named else _bucket(place(platform, env), env)


def _elsewhere(url: str) -> Check:
    folder = Path(url.removeprefix("file://")).expanduser()
    need = "a backend that can be written"
    if not url.startswith("file://") or os.access(folder if folder.is_dir() else folder.parent, os.W_OK):
        return Check(name="state", status="ok", found=f"{url} (PULUMI_BACKEND_URL)", need=need)
    return Check(name="state", status="fail", found=f"{folder} cannot be written", need=need, fix="Choose another.")


def _bucket(home: Place, env: EnvName) -> Check:
    need = f"the bucket for the state, in {home.region}"
    look_at = {"Bucket": home.bucket, "ExpectedBucketOwner": home.account}
    try:
        head = answers.ask(_Head, f"looking at {home.bucket}", aws.client("s3", home.region).head_bucket, **look_at)
    except OutsideError as error:
        if error.code == "not_found":
            fix = f"modelyard infra bootstrap --env {env}"
            return Check(name="state", status="fail", found=f"no bucket {home.bucket}", need=need, fix=fix)
        if error.code == "access_denied":
            fix = "Ask its owner for s3:ListBucket, GetObject, PutObject, DeleteObject; or choose another `name`."
            return Check(name="state", status="fail", found=f"{home.bucket} is closed to you", need=need, fix=fix)
        raise
    if head.bucket_region not in {None, home.region}:
        found = f"{home.bucket} is in {head.bucket_region}"
        return Check(
            name="state", status="fail", found=found, need=need, fix="Choose another `name`, or that `region`."
        )
    return Check(name="state", status="ok", found=f"s3://{home.bucket}", need=need)
