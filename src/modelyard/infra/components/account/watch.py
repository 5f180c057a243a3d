"""What monitoring needs beside the store: to tell metrics. It changes nothing that answers."""

from modelyard.infra.components.documents import Statement, allow

SITUATIONS = ("ref:refs/heads/main",)
"""No environment: a look that the schedule begins must wait for no reviewer (GitHub, environments)."""


def statements() -> list[Statement]:
    """Return the statements; which keys of the store it reads and writes says the layer `lake`."""
    return [tell()]


def tell() -> Statement:
    """Let metrics be put, in the namespace of this tool only."""
    ours = {"StringEquals": {"cloudwatch:namespace": "Modelyard"}}
    return allow("Tell", ["cloudwatch:PutMetricData"], ["*"], condition=ours)  # has no resource
