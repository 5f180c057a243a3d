"""Makes what must exist before the engine can run: the bucket for its state and the key for its secrets.

They are made with boto3, not with Pulumi, because Pulumi's own state has to lie in them. Every step looks first and
changes only what differs, so that it can be repeated, and finishes what a crash left.
"""

from modelyard.infra import caller
from modelyard.infra.bootstrap import bucket, key
from modelyard.infra.components import tags
from modelyard.infra.engine.backend import place
from modelyard.infra.platform import EnvName, Platform, ready
from modelyard.progress import Progress, silent
from modelyard.record import Record

STEPS = ("account", "key", "bucket", "settings")


class Bootstrap(Record):
    """Where the state of an environment lies. `changes` is empty when everything was there."""

    bucket: str
    key: str
    backend: str
    secrets: str
    changes: tuple[str, ...] = ()


def bootstrap(platform: Platform, env: EnvName, report: Progress = silent) -> Bootstrap:
    """Make the bucket and the key of an environment's account and region; do nothing where they are right.

    Raises:
        RequestError: No account yet, or the credentials belong to another one.
        OutsideError: AWS cannot be reached, refuses, or the bucket's name belongs to somebody else.
    """
    ready.refuse_no_account(platform, env)
    home = place(platform, env)
    report("bootstrap", 0, len(STEPS))
    caller.must_be(home.account, home.region)
    wanted = tags.tags("shared", "state", platform.name)
    report("bootstrap", 1, len(STEPS))
    arn, made_key = key.ensure(home, wanted)
    report("bootstrap", 2, len(STEPS))
    made_bucket = bucket.ensure(home, arn, wanted)
    report("bootstrap", len(STEPS), len(STEPS))
    changes = (*made_key, *made_bucket)
    return Bootstrap(bucket=home.bucket, key=arn, backend=home.url, secrets=home.provider, changes=changes)


__all__ = ["Bootstrap", "bootstrap"]
