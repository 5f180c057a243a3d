"""What the server knows at one moment; replaced whole, so that readers need no lock."""

from dataclasses import dataclass, field

from modelyard.routing import Routing
from modelyard.serving.version import Version


@dataclass(frozen=True)
class State:
    """What answers now, and why not where nothing does.

    Attributes:
        routing: The newest document that could be read.
        version: What answers.
        since: When it began to, here (ISO, UTC).
        problem: Why what routing names does not answer; empty when it does.
        hint: The next step.
    """

    routing: Routing = field(default_factory=Routing)
    version: Version | None = None
    since: str = ""
    problem: str = "The server has not read the routing document yet."
    hint: str = "Ask again in a second."
