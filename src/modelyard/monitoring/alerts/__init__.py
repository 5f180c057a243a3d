"""Tells people and machines what `monitor` found: once, not once per run."""

from modelyard.monitoring.alerts.record import Alert, Sent
from modelyard.monitoring.alerts.send import failure, send

__all__ = ["Alert", "Sent", "failure", "send"]
