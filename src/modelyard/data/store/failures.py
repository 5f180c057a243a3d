"""What the failures of disks and of S3 mean, and what to do about them."""

import errno
from pathlib import Path

from modelyard.errors import DISK_FULL, NOT_PERMITTED, ModelyardError, OutsideError, RequestError

_NOT_A_FOLDER = {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG}


def disk_failure(verb: str, key: str, root: Path, error: OSError) -> ModelyardError:
    """Turn an error of the operating system into ours."""
    what = f"Cannot {verb} {key or 'the contents'} in the store {root}"
    if error.errno in DISK_FULL:
        return OutsideError(
            f"{what}: the disk is full.",
            "Free some space and run it again; nothing half written is left.",
            code="disk_full",
        )
    if error.errno in NOT_PERMITTED:
        reason = "its file system is read-only" if error.errno == errno.EROFS else "not permitted"
        return OutsideError(
            f"{what}: {reason}.",
            "Make the folder writable for this user, or name another store in modelyard.yaml.",
            code="not_permitted",
        )
    if error.errno in _NOT_A_FOLDER:
        return RequestError(
            f"{what}: {(error.strerror or str(error)).lower()} ({error.filename}).",
            "Name a folder as `environments.ENV.store` in modelyard.yaml.",
            code="bad_store",
        )
    return OutsideError(f"{what}: {error.strerror or error}.", "Check the disk and run it again.", code="disk_failed")


def bucket_failure(verb: str, key: str, bucket: str, error: Exception) -> ModelyardError:
    """Turn an error of the S3 client into ours; its own text is long, so only its kind is told."""
    what = f"Cannot {verb} {key or 'the contents'} in s3://{bucket}"
    text = str(error)
    if isinstance(error, OSError) and error.errno is not None:  # a local file, on its way in or out
        return OutsideError(f"{what}: {error.strerror} ({error.filename}).", "Check the disk.", code="disk_failed")
    for marks, reason, hint, code in _S3:
        if any(mark in text for mark in marks):
            kind = RequestError if code == "no_bucket" else OutsideError
            return kind(f"{what}: {reason}.", hint, code=code)
    first = (text or type(error).__name__).strip().partition("\n")[0][:200]
    return OutsideError(
        f"{what}: {first}", "Run it again; if it stays, check the bucket and the network.", code="s3_failed"
    )


_S3 = (
    (
        ("NoSuchBucket",),
        "there is no such bucket",
        "Create the bucket, or correct `environments.ENV.store` in modelyard.yaml.",
        "no_bucket",
    ),
    (
        (
            "PermanentRedirect",
            "301 Moved",
            "AuthorizationHeaderMalformed",
            "bare redirect",
            "IllegalLocationConstraint",
        ),
        "the bucket is in another region",
        "Set AWS_REGION to the bucket's region.",
        "wrong_region",
    ),
    (
        (
            "169.254.",
            "/latest/",
            "MissingToken",
            "credential",
            "Credential",
            "InvalidAccessKeyId",
            "ExpiredToken",
        ),
        "no valid AWS credentials were found",
        "Export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (see `aws configure export-credentials`).",
        "no_credentials",
    ),
    (
        ("SignatureDoesNotMatch",),
        "the secret key does not match the access key",
        "Check AWS_SECRET_ACCESS_KEY.",
        "no_credentials",
    ),
    (
        ("403 Forbidden", "401 Unauthorized", "AccessDenied"),
        "access denied",
        "Grant s3:ListBucket on the bucket, s3:GetObject, s3:PutObject and s3:DeleteObject on its objects.",
        "access_denied",
    ),
    (
        ("error sending request", "Connect", "timed out", "TimedOut", "dns error"),
        "no connection",
        "Check the network, AWS_REGION and AWS_ENDPOINT_URL, then run it again.",
        "no_connection",
    ),
)
