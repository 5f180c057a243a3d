"""The routing document, the only truth about which version serves, and the audit chain that follows it."""

from modelyard.routing.audit import Event
from modelyard.routing.document import Ref, Routing, read, swap
from modelyard.routing.release import Release

__all__ = ["Event", "Ref", "Release", "Routing", "read", "swap"]
