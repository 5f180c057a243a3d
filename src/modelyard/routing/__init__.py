"""The routing document, the only truth about which version serves, and the audit chain that follows it."""

from modelyard.routing.audit import Event
from modelyard.routing.document import Ref, Routing, read, swap

__all__ = ["Event", "Ref", "Routing", "read", "swap"]
