"""The section `release`: how a challenger takes over, and what stops it."""

from typing import Literal

from pydantic import Field

from modelyard.config.section import Section


class Release(Section):
    """Steps of the canary and the limits of its judge."""

    steps: list[float] = Field([5, 25, 50, 100], min_length=1, description="Percent of requests, ascending.")
    hold_s: float = Field(60, ge=0, description="Least seconds at each step.")
    lease_s: float = Field(30, gt=0, description="Without a renewal for so long, servers return to the champion.")
    alpha: float = Field(0.05, gt=0, lt=0.5, description="Chance of a false alarm over the whole release.")
    max_step_s: float = Field(3600, gt=0, description="A step that has too little traffic for so long ends ...")
    quiet: Literal["rollback", "abort"] = Field("rollback", description="... like this.")
    p99_ms: float | None = Field(None, gt=0, description="Largest p99 of a request; default: gate.latency_ms.")
