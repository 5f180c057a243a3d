"""Brings an image to the service of an environment and stays until it is known how that ended.

ECS: a canary deployment that alarms take back. Kubernetes: a rollout that is taken back from here when it stalls.
"""

from modelyard.deploy.outcome import Deployment, LeftRunningError
from modelyard.deploy.run import DeployRequest, deploy
from modelyard.deploy.target import Target

__all__ = ["DeployRequest", "Deployment", "LeftRunningError", "Target", "deploy"]
