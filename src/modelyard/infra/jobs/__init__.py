"""Training runs as objects of the cluster."""

from modelyard.infra.jobs.rayjob import rayjob
from modelyard.infra.jobs.run import TrainingRun

__all__ = ["TrainingRun", "rayjob"]
