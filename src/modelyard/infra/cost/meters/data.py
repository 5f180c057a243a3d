"""What keeps data: the database, buckets, keys, secrets, queries."""

from collections.abc import Iterator

from modelyard.infra.cost.assumptions import HOURS
from modelyard.infra.cost.charge import Charge, Use, meter, pool
from modelyard.infra.policy.item import Item

BUCKET = "aws:s3/bucket:Bucket"
_QUANTITY = {"Ki": 1 / 1024**2, "Mi": 1 / 1024, "Gi": 1.0, "Ti": 1024.0}


@meter("aws:rds/instance:Instance")
def database(item: Item, _use: Use) -> Iterator[Charge]:
    """Hours, storage, and the secret in which RDS keeps the password. Backups up to its size are free."""
    zones = "multi" if item.get("multiAz") is True else "single"
    engine = "" if item.get("engine", "postgres") == "postgres" else f"{item.get('engine')}."
    kind = item.get("storageType", "gp2")
    yield Charge(
        f"rds.{engine}{item.get('instanceClass')}.{zones}", HOURS, what=f"{item.get('instanceClass')}, {zones}-AZ"
    )
    yield Charge(f"rds.{kind}.{zones}.gb", float(item.get("allocatedStorage", 20)))
    if item.get("manageMasterUserPassword") is True:
        yield Charge("secret.month", 1, what="the database's secret")


@pool(BUCKET, "buckets")
def storage(_items: list[Item], use: Use) -> Iterator[Charge]:
    """What lies in all buckets, and what is asked of them."""
    yield Charge("s3.gb", use.assume.lake_gb)
    yield Charge("s3.put", use.assume.lake_requests * use.assume.write_share / 1000)
    yield Charge("s3.get", use.assume.lake_requests * (1 - use.assume.write_share) / 1000)


@meter(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:s3/bucketReplicationConfiguration:BucketReplicationConfiguration",
)
def replica(_item: Item, use: Use) -> Iterator[Charge]:
    """The copy costs storage there and transfer on the way."""
    yield Charge("s3.gb", use.assume.lake_gb, what="the copy in the other region, at this region's price")
    yield Charge("s3.replication.gb", use.assume.lake_gb, what="data to the other region")


@meter("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey")
def key(_item: Item, _use: Use) -> Iterator[Charge]:
    """Each key."""
    yield Charge("kms.key", 1)


@pool("aws:kms/key:Key", "keys")
def key_requests(_items: list[Item], use: Use) -> Iterator[Charge]:
    """Requests to all keys."""
    yield Charge("kms.requests", use.assume.kms_requests / 10_000)


@meter("aws:secretsmanager/secret:Secret")
def secret(_item: Item, _use: Use) -> Iterator[Charge]:
    """Each secret."""
    yield Charge("secret.month", 1)


@pool("aws:secretsmanager/secret:Secret", "secrets")
def secret_reads(_items: list[Item], use: Use) -> Iterator[Charge]:
    """Reads of all secrets."""
    yield Charge("secret.requests", use.assume.secret_reads / 10_000)


@pool("aws:athena/workgroup:Workgroup", "queries")
def queries(_items: list[Item], use: Use) -> Iterator[Charge]:
    """What queries scan."""
    yield Charge("athena.tb", use.assume.athena_tb)


@pool("aws:glue/catalogDatabase:CatalogDatabase", "data catalogue")
def catalogue(_items: list[Item], use: Use) -> Iterator[Charge]:
    """Tables in the catalogue."""
    yield Charge("glue.objects", use.assume.catalogue_tables / 100_000)


@meter("aws:ebs/volume:Volume")
def volume(item: Item, _use: Use) -> Iterator[Charge]:
    """A volume."""
    yield Charge(f"ebs.{item.get('type', 'gp2')}.gb", float(item.get("size", 1)))


@meter("kubernetes:core/v1:PersistentVolumeClaim")
def claim(item: Item, _use: Use) -> Iterator[Charge]:
    """A claim becomes a volume."""
    text = str(item.get("spec.resources.requests.storage", "0Gi"))
    yield Charge("ebs.gp3.gb", float(text[:-2]) * _QUANTITY.get(text[-2:], 0))
