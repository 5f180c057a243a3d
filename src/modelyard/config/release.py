"""The section `release`: how a challenger takes over, and what stops it."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from modelyard.config.section import Section


def _ascending(steps: list[float]) -> list[float]:
    if not all(0 < step <= 100 for step in steps) or any(a >= b for a, b in pairwise(steps)):
        raise ValueError("steps are percents above 0 and up to 100, each larger than the one before")
    return steps


class Release(Section):
    """Steps of the canary and the limits of its judge."""

    steps: Annotated[list[float], AfterValidator(_ascending)] = Field(
        [5, 25, 50, 100], min_length=1, description="Percent of requests, ascending."
    )
    hold_s: float = Field(60, ge=0, description="Least seconds at each step.")
    lease_s: float = Field(30, ge=1, description="Without a renewal for so long, servers return to the champion.")
    every_s: float = Field(2, gt=0, description="Seconds between two looks of the judge.")
    alpha: float = Field(0.05, gt=0, lt=0.5, description="Chance of a false alarm over the whole release.")
    max_step_s: float = Field(3600, gt=0, description="A step that has too little traffic for so long ends ...")
    quiet: Literal["rollback", "abort"] = Field("rollback", description="... like this.")
    p99_ms: float | None = Field(None, gt=0, description="Largest p99 of a request; default: gate.latency_ms.")
    min_rows: int = Field(300, ge=1, description="Least challenger rows before its errors are judged.")
    min_latency_rows: int = Field(1000, ge=1, description="Least challenger requests before a p99 passes.")
    error_tolerance: float = Field(0.002, ge=0, lt=1, description="Rate of errors above the champion's that is borne.")
    error_margin: float = Field(0.01, gt=0, lt=1, description="To pass, errors are surely less than so far above it.")
    slower: float = Field(
        1.5, gt=1, description="Largest p99 of the model's own time, as a multiple of the champion's."
    )
    outcome_tolerance: float = Field(0.02, ge=0, lt=1, description="Mean loss (0 to 1) above the champion's, borne.")
    memory_mb: float = Field(64, gt=0, description="Growth of a server's memory in a release that is borne.")
    ready_s: float = Field(60, gt=0, description="A server without the challenger for so long ends the release.")
    servers: list[str] = Field(
        ["http://127.0.0.1:8000"],
        description="Servers whose /metrics is read, each process by its own address; MODELYARD_SERVERS overrides it.",
    )
    prometheus: str | None = Field(
        None,
        description="Read the metrics from this Prometheus instead; a workspace on AWS by its endpoint.",
    )
    cloudwatch: str | None = Field(
        None, description="Outside `local`, read the metrics from this CloudWatch namespace instead."
    )
