"""What the server knows at one moment; replaced whole, so that readers need no lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelyard.routing import Routing
from modelyard.serving.assign import CHAMPION, Assigned, Split
from modelyard.serving.version import Version

__all__ = ["Assigned", "State"]


@dataclass(frozen=True)
class State:
    """What answers now, and why not where nothing does.

    Attributes:
        routing: The newest document that could be read.
        version: The champion, or what stands for it until it is loaded.
        since: When it began to, here (ISO, UTC).
        problem: Why what routing names does not answer; empty when it does.
        hint: The next step.
        split: The release that runs; None without one, and for ever after its lease lapsed here.
        ready: Version -> whether it is loaded, of all that routing names.
    """

    routing: Routing = field(default_factory=Routing)
    version: Version | None = None
    since: str = ""
    problem: str = "The server has not read the routing document yet."
    hint: str = "Ask again in a second."
    split: Split | None = None
    ready: Mapping[int, bool] = field(default_factory=dict)

    def assign(self, entity: str | None, request_id: str) -> Assigned | None:
        """Return who answers a request; None without a model.

        Args:
            entity: The client's `id`, which keeps its version during a release.
            request_id: Stands in for it, and then nothing is sticky.
        """
        version = self.version
        if version is None:
            return None
        if self.split is None:
            return Assigned(version, CHAMPION, True, None)
        return self.split.assign(version, entity, request_id)

    @property
    def by_champion(self) -> bool:
        """Say whether the champion itself answers."""
        return self.version is not None and self.version.ref == self.routing.champion

    @property
    def shadow(self) -> Version | None:
        """Return the version to which requests are mirrored, and which never answers them."""
        split = self.split
        return split.challenger if split is not None and split.release.shadow and split.live else None
