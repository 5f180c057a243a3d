"""The data of one environment: lake, store and logs, and the key of the first two."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from modelyard.infra.components import names
from modelyard.infra.components.key import CustomerKey, CustomerKeyArgs
from modelyard.infra.components.lake.bucket import RESULTS, SafeBucket, SafeBucketArgs
from modelyard.infra.components.lake.lifecycle import Expiry
from modelyard.infra.components.lake.logs import LogBucket, LogBucketArgs
from modelyard.infra.components.lake.replica import Replica, ReplicaArgs


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Days after which things go, or move to a cheaper class; `lock_days`: cannot be deleted before."""

    raw_tier_days: int
    temporary_days: int
    noncurrent_days: int
    captures_days: int
    logs_days: int
    lock_days: int | None


@dataclass(frozen=True, kw_only=True)
class DataLakeArgs:
    """`projects` are the folders of the store; `protect` keeps all of it when the stack is destroyed."""

    platform: str
    env: str
    account: str
    region: str
    projects: Sequence[str]
    keep: Keep
    replicate_to: str | None
    protect: bool


class DataLake(pulumi.ComponentResource):
    """Produces the customer key, the buckets `lake`, `store` and `logs`, and copies in a second region if wanted."""

    def __init__(self, name: str, args: DataLakeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelyard:lake:DataLake", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.key = CustomerKey(
            "data",
            CustomerKeyArgs(
                alias=names.physical(args.platform, args.env, "data"),
                description=f"Data of {args.platform} {args.env}",
                account=args.account,
                protect=args.protect,
            ),
            self._child,
        )
        self.logs = self._log_bucket()
        self.lake = self._bucket("lake", _of_the_lake(args.keep))
        self.store = self._bucket("store", _of_the_store(args.keep, args.projects), args.keep.lock_days)
        if args.replicate_to is not None:
            self._replica("lake", self.lake, args.replicate_to)
            self._replica("store", self.store, args.replicate_to, args.keep.lock_days)
        self.buckets: dict[str, SafeBucket | LogBucket] = {"lake": self.lake, "store": self.store, "logs": self.logs}
        self.register_outputs({"lake": self.lake.name, "store": self.store.name, "logs": self.logs.name})

    def _called(self, what: str) -> str:
        return names.bucket(self._args.platform, self._args.env, what, self._args.account)

    def _log_bucket(self) -> LogBucket:
        args = LogBucketArgs(
            bucket=self._called("logs"),
            account=self._args.account,
            region=self._args.region,
            keep_days=self._args.keep.logs_days,
            protect=self._args.protect,
        )
        return LogBucket("logs", args, self._child)

    def _bucket(self, what: str, expiries: Sequence[Expiry], lock_days: int | None = None) -> SafeBucket:
        args = SafeBucketArgs(
            bucket=self._called(what),
            key_arn=self.key.arn,
            noncurrent_days=self._args.keep.noncurrent_days,
            protect=self._args.protect,
            log_bucket=self.logs.name,
            expiries=expiries,
            lock_days=lock_days,
            events=True,
        )
        return SafeBucket(what, args, self._child)

    def _replica(self, what: str, source: SafeBucket, region: str, lock_days: int | None = None) -> None:
        copied = f"{what}-copy"
        args = ReplicaArgs(
            source=source,
            key_arn=self.key.arn,
            bucket=self._called(copied),
            name=names.physical(self._args.platform, self._args.env, copied, 64),
            account=self._args.account,
            region=region,
            noncurrent_days=self._args.keep.noncurrent_days,
            protect=self._args.protect,
            lock_days=lock_days,
        )
        Replica(copied, args, self._child)


def _of_the_lake(keep: Keep) -> list[Expiry]:
    passing = [Expiry(prefix=prefix, expire_days=keep.temporary_days) for prefix in ("_tmp/", RESULTS)]
    return [Expiry(prefix="raw/", tier_days=keep.raw_tier_days), *passing]


def _of_the_store(keep: Keep, projects: Sequence[str]) -> list[Expiry]:
    return [Expiry(prefix=f"{project}/captures/", expire_days=keep.captures_days) for project in projects]
