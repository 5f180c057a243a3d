"""GitHub Actions runners inside the VPC."""

from modelyard.infra.components.ci.connection import GithubConnection, GithubConnectionArgs
from modelyard.infra.components.ci.runner import Runner, RunnerArgs, RunnerNetwork

__all__ = ["GithubConnection", "GithubConnectionArgs", "Runner", "RunnerArgs", "RunnerNetwork"]
