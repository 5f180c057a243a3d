"""Which version answers a request while a release runs; decided here and now, without asking the store."""

from dataclasses import dataclass
from typing import NamedTuple

from modelyard.routing.release import Release, bucket, clock
from modelyard.serving.version import Version

CHAMPION, CHALLENGER, SHADOW = "champion", "challenger", "shadow"


class Assigned(NamedTuple):
    """The version that answers, and as what.

    `sticky` says that the same entity gets the same version throughout the release. `fallback` answers where
    `version` fails; the failure still counts against `version`.
    """

    version: Version
    role: str  # champion, challenger or shadow
    sticky: bool
    fallback: Version | None


@dataclass(frozen=True)
class Split:
    """A release as this server sees it.

    Attributes:
        release: Its state in the routing document.
        challenger: None until it is loaded here.
        lapses: When its lease ends unless it is renewed, on `clock`.
    """

    release: Release
    challenger: Version | None
    lapses: float

    @property
    def live(self) -> bool:
        """Say whether the lease holds: without it everything is the champion's, at once."""
        return clock() < self.lapses

    @property
    def share(self) -> float:
        """Return the challenger's part of the requests here and now."""
        return self.release.share if self.challenger is not None and self.live else 0.0

    def assign(self, champion: Version, entity: str | None, request_id: str) -> Assigned:
        """Choose by the entity, else by the request; monotone in the share."""
        sticky = entity is not None
        challenger = self.challenger
        key = request_id if entity is None else entity
        if challenger is None or not self.live or bucket(self.release.id, key) >= self.release.share:
            return Assigned(champion, CHAMPION, sticky, None)
        return Assigned(challenger, CHALLENGER, sticky, champion)
