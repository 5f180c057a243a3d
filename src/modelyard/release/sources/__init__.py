"""Where a release's judge reads what the servers counted: their own /metrics, Prometheus, or CloudWatch."""

from modelyard.release.sources.chosen import chosen
from modelyard.release.sources.cloudwatch import CloudWatch
from modelyard.release.sources.prometheus import Prometheus
from modelyard.release.sources.servers import ServerMetrics

__all__ = ["CloudWatch", "Prometheus", "ServerMetrics", "chosen"]
