"""The state of a release inside the routing document: who is tried, on which share, under whose lease."""

import hashlib
import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from modelyard.record import Record
from modelyard.routing.ref import Ref

State = Literal["running", "promoted", "rolled_back", "aborted"]
_BUCKETS = 2**64
_PERCENT = 100.0
Percent = Annotated[float, Field(gt=0, le=_PERCENT)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Release(Record):
    """A challenger on its way, or how its way ended.

    The lease is renewed by writing the routing document again; without that, servers return to the champion.
    """

    id: str  # salts the buckets
    state: State
    challenger: Ref
    champion: Ref
    steps: Annotated[tuple[Percent, ...], Field(min_length=1)]  # ascending
    step: Annotated[int, Field(ge=0)]  # index into steps
    lease_s: Seconds
    shadow: bool = False  # the challenger is asked and never answers
    hold_s: Seconds = 0.0  # least seconds at each step
    holder: str = ""  # of the lease
    best: bool = False  # its gate found it better than the pinned best
    passed: bool = False  # each step was judged, and none failed
    started: str  # ISO, UTC
    step_since: str
    reason: str = ""

    @model_validator(mode="after")
    def _is_on_a_step(self) -> Self:
        """Refuse a document that was edited by hand into one on which every request would fail."""
        if self.step >= len(self.steps):
            raise ValueError(f"step {self.step} is beyond the {len(self.steps)} steps, which are counted from 0")
        return self

    @property
    def running(self) -> bool:
        """Say whether it has not ended, lapsed or not."""
        return self.state == "running"

    @property
    def share(self) -> float:
        """Return the part of the requests, 0 to 1, that the challenger answers under a live lease."""
        return self.steps[self.step] / _PERCENT if self.running and not self.shadow else 0.0

    @property
    def weight(self) -> float:
        """Return the percent of the requests that the challenger answers, all of them once it is promoted."""
        return _PERCENT if self.state == "promoted" else _PERCENT * self.share


def bucket(salt: str, key: str) -> float:
    """Return where `key` lies in [0, 1); it is the challenger's where this is below its share.

    The same key stays in its place while a share grows, and lies elsewhere in each release.
    """
    salted = hashlib.blake2b(key.encode(errors="replace"), digest_size=8, key=salt.encode()[:64])
    return int.from_bytes(salted.digest()) / _BUCKETS


def clock() -> float:
    """Return seconds that only grow, also while the machine sleeps, so that a lease cannot outlast a suspension."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)
