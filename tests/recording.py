"""A store that notes what it is asked for, as requests of a bucket that IAM would judge."""

from pathlib import Path

from policy_verdicts import store_arn

from modelyard.data.store import Store
from modelyard.data.store.folder import Folder

ASKS = {
    **dict.fromkeys(("get", "get_aged", "fetch", "exists"), "s3:GetObject"),
    **dict.fromkeys(("put", "put_new", "put_if", "put_file"), "s3:PutObject"),
    "list": "s3:ListBucket",
    "delete": "s3:DeleteObject",
}


class Bucket(Folder):
    """A folder that notes what a bucket would have been asked for, and keeps no file where it can be opened."""

    asked: set[tuple[str, str]]

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name not in ASKS:
            return found
        return lambda key, *more: self.asked.add((ASKS[name], key)) or found(key, *more)

    def local(self, key):
        return None


def notes(monkeypatch):
    """Return every request, from now on, of the stores that are opened from now on."""
    monkeypatch.setattr(Bucket, "asked", set(), raising=False)
    monkeypatch.setattr(Store, "open", classmethod(lambda _, uri, base: Store(uri, Bucket(Path(base, uri)))))
    return Bucket.asked


def request(action, key):
    """Return what IAM is asked: a list is a request of the bucket, with a prefix."""
    if action == "s3:ListBucket":
        return {"action": action, "resource": store_arn(), "s3__prefix": f"churn/{key}/"}
    return {"action": action, "resource": f"{store_arn()}/churn/{key}"}
