"""Downloads the objects that an `s3://` URI or glob names, through the same code that reads stores."""

import fnmatch
import glob
from pathlib import Path

from modelyard.data.load.spool import new_file
from modelyard.data.store import Store
from modelyard.errors import RequestError


def from_s3(source: str, name: str) -> list[Path]:
    """Download what `source` names; `name` is what messages call it.

    Raises:
        RequestError: No such object, or the URI is no s3://BUCKET/KEY.
        OutsideError: S3 failed or refused.
    """
    bucket, _, key = source.partition("://")[2].partition("/")
    if not bucket or not key or "@" in bucket:
        raise RequestError(
            f"{name} is not s3://BUCKET/KEY.",
            "Name an object; credentials belong in the AWS environment variables.",
            code="bad_uri",
        )
    store = _open(bucket)
    keys = [key] if not glob.has_magic(key) or store.exists(key) else _matching(store, key)
    if not keys or (len(keys) == 1 and not store.exists(keys[0])):
        raise RequestError(f"There is no object {name}.", "Check the bucket and the key.", code="no_data")
    return [store.fetch(each, new_file(Path(each).suffix)) for each in keys]


def _open(bucket: str) -> Store:
    try:
        import obstore  # noqa: F401 - says early, and in our words, that it is missing
    except ModuleNotFoundError as error:
        raise RequestError(
            "Reading from s3:// needs the extra `serve`.",
            "pip install 'modelyard[serve]'",
            code="missing_extra",
        ) from error
    return Store.open(f"s3://{bucket}", Path.cwd())


def _matching(store: Store, pattern: str) -> list[str]:
    """Match as a shell does: a star stays within its folder."""
    parts = pattern.split("/")
    fixed = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    found = store.list("/".join(parts[:fixed]))
    return [key for key in found if _fits(key.split("/"), parts)]


def _fits(key: list[str], pattern: list[str]) -> bool:
    if len(key) != len(pattern):
        return False
    return all(fnmatch.fnmatchcase(part, shape) for part, shape in zip(key, pattern, strict=True))
