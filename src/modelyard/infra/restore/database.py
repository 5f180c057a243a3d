"""One RDS instance, its backups, and a copy of it made from one."""

import time
from dataclasses import dataclass, field
from typing import Any

from modelyard.errors import OutcomeError, OutsideError, RequestError
from modelyard.infra import aws
from modelyard.infra.components.tags import PREFIX
from modelyard.infra.restore import likeness

_ASIDE = "-before-restore"
_MADE_OF = f"{PREFIX}restored-from"  # on the copy: a run that goes on must not tell of another backup
_RENAMED_S, _ASKED_EVERY_S = 1800, 10


@dataclass
class Database:
    """The registry's database of an environment. `find` comes first; each later step uses what the earlier ones saw."""

    region: str
    platform: str
    env: str
    drill: bool
    snapshot: str | None = None
    live: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its identifier, also while it is set aside."""
        return self.live["DBInstanceIdentifier"].removesuffix(_ASIDE)

    @property
    def copy(self) -> str:
        """The identifier of what is restored."""
        return f"{self.name}-{'drill' if self.drill else 'restored'}"

    def find(self) -> str:
        """Find the instance by its tags: names may have been shortened."""
        all_of_them = aws.pages(self._rds(), "describe_db_instances", "DBInstances")
        copies = ("-drill", "-restored")
        ours = [d for d in all_of_them if self._ours(d) and not d["DBInstanceIdentifier"].endswith(copies)]
        if not ours:
            raise RequestError(
                f"There is no database of {self.platform} {self.env} in {self.region}.",
                f"`modelyard infra up --env {self.env} --layer registry` makes it; "
                "a lost one is restored by its snapshot in the RDS console, under the same identifier.",
                code="no_database",
            )
        self.live = min(ours, key=lambda d: d["DBInstanceIdentifier"].endswith(_ASIDE))
        if not self.drill and len(ours) > 1:
            raise self._restored_before()
        engine = f"{self.live['Engine']} {self.live.get('EngineVersion', '')}".strip()
        return f"{self.name}, {engine}, {self.live['DBInstanceStatus']}"

    def _restored_before(self) -> RequestError:
        aside = f"{self.name}{_ASIDE}"
        return RequestError(
            f"{aside} is still there: an earlier restore has put {self.name} in its place.",
            "If that was this one, it is done. To restore again, first delete it: "
            f"aws rds modify-db-instance --region {self.region} --db-instance-identifier {aside} "
            "--no-deletion-protection, then "
            f"aws rds delete-db-instance --region {self.region} --db-instance-identifier {aside} "
            f"--final-db-snapshot-identifier {aside}.",
            code="restored_before",
        )

    def backup(self) -> str:
        """Choose the backup that an earlier run began with, else the named one, else the newest complete one."""
        begun = _tags(self._described(self.copy) or {}).get(_MADE_OF)
        if begun is not None:
            return self._going_on(begun)
        found = aws.pages(self._rds(), "describe_db_snapshots", "DBSnapshots", DBInstanceIdentifier=self.name)
        ready = [s for s in found if s["Status"] == "available"]
        if self.snapshot is not None:
            ready = [s for s in ready if s["DBSnapshotIdentifier"] == self.snapshot]
        if not ready:
            names = ", ".join(s["DBSnapshotIdentifier"] for s in found) or "none"
            asked = f"no backup {self.snapshot!r}" if self.snapshot else "no complete backup"
            raise RequestError(
                f"{self.name} has {asked}.", f"It has: {names}. registry.backup_days keeps them.", code="no_backup"
            )
        self.chosen = max(ready, key=lambda s: s["SnapshotCreateTime"])
        return f"{self.chosen['DBSnapshotIdentifier']} of {self.chosen['SnapshotCreateTime']:%Y-%m-%d %H:%M} UTC"

    def _going_on(self, begun: str) -> str:
        if self.snapshot not in {None, begun}:
            raise RequestError(
                f"{self.copy} is there from an earlier run, made of the backup {begun}, not of {self.snapshot}.",
                "To go on with it, leave --snapshot out. To begin again, first delete it: aws rds delete-db-instance "
                f"--region {self.region} --db-instance-identifier {self.copy} --skip-final-snapshot.",
                code="restored_other",
            )
        self.chosen = {"DBSnapshotIdentifier": begun}
        return f"{begun}, of which an earlier run made {self.copy}"

    def restore(self) -> str:
        """Make the copy in the same subnets, behind the same security groups, and wait until it answers."""
        rds = self._rds()
        if self._described(self.copy) is None:
            with aws.told(f"restoring {self.copy}"):
                rds.restore_db_instance_from_db_snapshot(**self._request())
        with aws.told(f"waiting for {self.copy}"):
            rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=self.copy)
        return f"{self.copy} is available"

    def check(self) -> str:
        """Compare the copy with the original: engine, encryption, parameters, password, who can reach it."""
        copy = self._described(self.copy) or {}
        wrong = likeness.differences(copy, self.live)
        if wrong:
            raise OutcomeError(
                f"{self.copy} is not like {self.name}: {'; '.join(wrong)}.",
                f"Look at it, then delete it: aws rds delete-db-instance --region {self.region} "
                f"--db-instance-identifier {self.copy} --skip-final-snapshot.",
                code="bad_restore",
            )
        return f"same engine, encryption, parameters and security groups; {copy.get('AllocatedStorage')} GB"

    def delete_copy(self) -> str:
        """Delete the copy of a drill."""
        with aws.told(f"deleting {self.copy}"):
            self._rds().delete_db_instance(
                DBInstanceIdentifier=self.copy, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
            )
        return f"{self.copy} is being deleted"

    def set_aside(self) -> str:
        """Rename the running instance; it is kept until a person deletes it."""
        aside = f"{self.name}{_ASIDE}"
        if self.live["DBInstanceIdentifier"] != aside:
            self._rename(self.name, aside)
        return f"kept as {aside}"

    def take_its_place(self) -> str:
        """Give the copy the name under which everything looks for the database."""
        self._rename(self.copy, self.name)
        return f"{self.name} is the restored one"

    def _rename(self, old: str, new: str) -> None:
        rds = self._rds()
        with aws.told(f"renaming {old} to {new}"):
            rds.modify_db_instance(DBInstanceIdentifier=old, NewDBInstanceIdentifier=new, ApplyImmediately=True)
        self._wait_for(new)

    def _wait_for(self, name: str) -> None:
        """Wait for a name that RDS takes a while to give; its own waiter fails while nothing bears it."""
        for _ in range(_RENAMED_S // _ASKED_EVERY_S):
            if (self._described(name) or {}).get("DBInstanceStatus") == "available":
                return
            time.sleep(_ASKED_EVERY_S)
        raise OutsideError(f"No database is called {name} after {_RENAMED_S} s.", "Run the same command again.")

    def _request(self) -> dict[str, Any]:
        of = self.chosen["DBSnapshotIdentifier"]
        tags = {k: v for k, v in _tags(self.live).items() if not k.startswith("aws:")} | {_MADE_OF: of}
        return likeness.request(self.live) | {
            "DBInstanceIdentifier": self.copy,
            "DBSnapshotIdentifier": of,
            "PubliclyAccessible": False,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }

    def _described(self, name: str) -> dict[str, Any] | None:
        found = aws.pages(self._rds(), "describe_db_instances", "DBInstances")
        return next((d for d in found if d["DBInstanceIdentifier"] == name), None)

    def _ours(self, found: dict[str, Any]) -> bool:
        tags = _tags(found)
        wanted = {"project": self.platform, "env": self.env, "layer": "registry"}
        return all(tags.get(PREFIX + key) == value for key, value in wanted.items())

    def _rds(self) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        return aws.client("rds", self.region)


def _tags(instance: dict[str, Any]) -> dict[str, str]:
    return {t["Key"]: t["Value"] for t in instance.get("TagList", [])}
