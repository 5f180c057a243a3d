"""Watches what is served: drift, performance and the service; tells people, and starts the loop again."""

from modelyard.monitoring.monitor import monitor
from modelyard.monitoring.request import MonitorRequest
from modelyard.monitoring.results import MonitorResult

__all__ = ["MonitorRequest", "MonitorResult", "monitor"]
