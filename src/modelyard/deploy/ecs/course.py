"""How far a deployment of ECS is, and why it went wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

RUNNING = {"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"}
_TRIGGERED = "TRIGGERED"
_STAGES = {
    "RECONCILE_SERVICE": "reconciling",
    "PRE_SCALE_UP": "about to start tasks",
    "SCALE_UP": "starting tasks",
    "POST_SCALE_UP": "tasks have started",
    "TEST_TRAFFIC_SHIFT": "moving test traffic",
    "POST_TEST_TRAFFIC_SHIFT": "test traffic has moved",
    "PRODUCTION_TRAFFIC_SHIFT": "moving traffic",
    "POST_PRODUCTION_TRAFFIC_SHIFT": "traffic has moved",
    "BAKE_TIME": "watching its alarms",
    "CLEAN_UP": "stopping the old tasks",
}


@dataclass(frozen=True, kw_only=True)
class Course:
    """One look at a service deployment.

    Attributes:
        status: ECS's word, such as IN_PROGRESS or ROLLBACK_SUCCESSFUL.
        share: Percent of the traffic that the new tasks get.
        running: How many of the new tasks run, of `wanted`.
        target: ARN of the service revision that is brought out; `source` of the one that answered before.
        causes: What ECS says about a failure, the most telling first.
        triggered: Names of the alarms that ended it.
    """

    arn: str
    status: str
    stage: str
    share: float
    running: int
    wanted: int
    target: str
    source: str
    created: datetime | None
    causes: tuple[str, ...]
    triggered: tuple[str, ...]

    @classmethod
    def of(cls, found: dict[str, Any]) -> Self:
        """Read what DescribeServiceDeployments says of one."""
        new = found.get("targetServiceRevision", {})
        old = found.get("sourceServiceRevisions") or [{}]
        alarms = found.get("alarms", {})
        return cls(
            arn=found["serviceDeploymentArn"],
            status=found["status"],
            stage=found.get("lifecycleStage", ""),
            share=new.get("requestedProductionTrafficWeight", 0.0),
            running=new.get("runningTaskCount", 0),
            wanted=new.get("requestedTaskCount", 0),
            target=new.get("arn", ""),
            source=old[0].get("arn", ""),
            created=found.get("createdAt"),
            causes=_causes(found),
            triggered=tuple(alarms.get("triggeredAlarmNames", ())) if alarms.get("status") == _TRIGGERED else (),
        )

    @property
    def ended(self) -> bool:
        """Tell whether ECS is done with it."""
        return self.status not in RUNNING

    def words(self) -> str:
        """Return the stage as a person reads it."""
        if self.status.startswith("ROLLBACK"):
            return "rolling back"
        what = _STAGES.get(self.stage, self.stage.lower().replace("_", " ") or self.status.lower())
        return f"{what}, {self.running} of {self.wanted} tasks, {self.share:g} % of the traffic"


def _causes(found: dict[str, Any]) -> tuple[str, ...]:
    breaker = found.get("deploymentCircuitBreaker", {})
    said = []
    if breaker.get("status") == _TRIGGERED:
        counts = f"{breaker.get('failureCount', 0)} tasks failed, the limit is {breaker.get('threshold', 0)}"
        said.append(f"the circuit breaker opened: {counts}")
    said += [found.get("rollback", {}).get("reason", ""), found.get("statusReason", "")]
    return tuple(dict.fromkeys(one.rstrip(".") for one in said if one))
