"""A cloud's resources, in memory and, where a path is given, in a file that several providers share."""

import fcntl
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from standin_cloud import fabricate, rules

MINTED = re.compile(r"[a-z]+-[0-9a-f]{17}")
ARN = re.compile(rf"arn:aws:[a-z0-9-]+:[a-z0-9-]*:{fabricate.ACCOUNT}:[^*${{}}]+")


class Refused(Exception):  # noqa: N818
    """The service says no; nothing was changed."""


@dataclass
class Resource:
    """One resource as the service knows it."""

    id: str
    token: str
    urn: str
    region: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass
class Fault:
    """What goes wrong, once per `times`: the `nth` create (from 1), or every operation that `token` and `op` name."""

    op: str = "create"
    token: str = ""
    nth: int = 0
    how: str = "fail"  # fail | late: after others have begun | hang | slow | lose: it was done, the answer never came
    times: int = 1
    says: str = "InternalFailure: the service failed"
    each: bool = False  # every resource's first time, however many there are


@dataclass
class Cloud:
    """Resources by id and type; the operations so far; the faults still to come."""

    path: Path | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    journal: list[tuple[str, str, str]] = field(default_factory=list)  # (operation, token, urn)
    faults: list[Fault] = field(default_factory=list)
    serial: int = 0
    strict: bool = True
    closed: frozenset[str] = frozenset()  # types that may not be read, functions that may not be asked
    cluster: Any = None  # the cloud of Kubernetes, where there is one
    _lock: Any = field(default_factory=threading.RLock, repr=False)

    @contextmanager
    def open(self) -> Iterator["Cloud"]:
        """Hold the cloud alone; what changed is in the file afterwards."""
        with self._lock:
            if self.path is None:
                yield self
                return
            with self.path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._load()
                try:
                    yield self
                finally:
                    self._save()

    def create(self, token: str, urn: str, region: str, inputs: dict, outputs: dict, id: str) -> Resource:  # noqa: A002
        """Make a resource, or refuse as the service would."""
        made = Resource(id, token, urn, region, inputs, outputs)
        self._refuse_twin(made)
        if self.strict:
            self._refuse_dangling(token, inputs)
        self.resources[_key(token, id)] = made
        return made

    def find(self, token: str, id: str) -> Resource | None:  # noqa: A002
        """Return the resource with this id, or None when it is gone."""
        return self.resources.get(_key(token, id))

    def delete(self, token: str, id: str) -> None:  # noqa: A002
        """Remove a resource, unless something holds it or still uses it."""
        found = self.find(token, id)
        if found is None:
            return
        held = rules.HELD_BY.get(token)
        if held and found.inputs.get(held):
            raise Refused(f"{found.id}: {held} is on")
        user = next((r for r in self.resources.values() if MINTED.fullmatch(id) and id in _strings(r.inputs)), None)
        if user is not None:
            raise Refused(f"DependencyViolation: {id} is still used by {user.id}")
        del self.resources[_key(token, id)]

    def of(self, token: str) -> list[Resource]:
        """Return the resources of one type."""
        return [r for r in self.resources.values() if r.token == token]

    def strike(self, op: str, token: str, urn: str) -> Fault | None:
        """Return the fault that hits this operation, if any, and use it up."""
        nth = sum(1 for done, _, _ in self.journal if done == op)
        first = sum(1 for done, _, of in self.journal if (done, of) == (op, urn)) == 1
        for fault in self.faults:
            if fault.each and fault.op == op and fault.token in {"", token}:
                return fault if first else None
            hit = fault.op == op and fault.token in {"", token} and fault.nth in {0, nth}
            if hit and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def _refuse_twin(self, made: Resource) -> None:
        same = rules.identity(made.token)
        mine = [made.inputs.get(p) for p in same]
        if not any(mine):
            return
        for other in self.of(made.token):
            near = made.token.startswith(rules.GLOBAL) or other.region == made.region
            if near and [other.inputs.get(p) for p in same] == mine:
                raise Refused(f"EntityAlreadyExists: {made.token} with {dict(zip(same, mine, strict=True))} exists")

    def _refuse_dangling(self, token: str, inputs: dict) -> None:
        names = {r.id for r in self.resources.values()} | {str(r.outputs.get("arn")) for r in self.resources.values()}
        for value in _strings(inputs):
            if MINTED.fullmatch(value) and value not in names and not _inside(value, self.resources.values()):
                raise Refused(f"{token} refers to {value}, which does not exist")
            if (
                ARN.fullmatch(value)
                and not _of_aws(value)
                and not any(value == n or value.startswith((f"{n}/", f"{n}:")) for n in names)
            ):
                raise Refused(f"{token} refers to {value}, which does not exist")

    def _load(self) -> None:
        if self.path is None or not self.path.exists():
            return
        kept = json.loads(self.path.read_text("utf-8"))
        self.resources = {k: Resource(**r) for k, r in kept["resources"].items()}
        self.journal = [tuple(j) for j in kept["journal"]]
        self.faults = [Fault(**f) for f in kept["faults"]]
        self.serial = kept["serial"]

    def _save(self) -> None:
        if self.path is None:
            return
        kept = {"resources": {k: asdict(r) for k, r in self.resources.items()}, "journal": self.journal}
        kept |= {"faults": [asdict(f) for f in self.faults], "serial": self.serial}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(kept), "utf-8")
        fresh.replace(self.path)


def _key(token: str, id: str) -> str:  # noqa: A002
    return f"{token}|{id}"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _of_aws(arn: str) -> bool:
    """Tell whether an ARN names something that every account has."""
    return ":servicesetting/" in arn or arn.endswith(":root")


def _inside(value: str, resources: Any) -> bool:
    """Tell whether a service answered with this id as a part of another resource (a default security group)."""
    return any(value in _strings(r.outputs) for r in resources)
