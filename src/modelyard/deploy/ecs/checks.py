"""What must be so before a deployment begins: otherwise nothing would take it back."""

from modelyard.deploy.ecs.api import Ecs, Service
from modelyard.deploy.outcome import Tell
from modelyard.errors import OutcomeError


def check_alarms(ecs: Ecs, service: Service) -> None:
    """See that no rollback alarm is in ALARM: ECS would ignore all of them during the whole deployment.

    Raises:
        OutcomeError: One is.
    """
    names = tuple(dict.fromkeys((*service.alarms, *ecs.target.alarms)))
    ringing = [one for one in ecs.alarms(names) if one.state == "ALARM"]
    if not ringing:
        return
    listed = "; ".join(f"{one.name} ({one.reason})" if one.reason else one.name for one in ringing)
    raise OutcomeError(
        f"A rollback alarm is on, so ECS would watch none of them: {listed}",
        "Mend what answers now, or take it back to an earlier model (`modelyard release rollback`); then deploy.",
        code="alarm_on",
    )


def note_weaknesses(ecs: Ecs, service: Service, tell: Tell) -> None:
    """Say where this deployment will be watched less than the platform provides for."""
    if service.strategy not in {"", "CANARY"}:
        tell(f"The service deploys by {service.strategy}, not by canary: `modelyard infra up` sets it back.")
    known = {one.name for one in ecs.alarms(ecs.target.alarms)}
    absent = [name for name in ecs.target.alarms if name not in known]
    if absent:
        tell(f"There is no alarm {', '.join(absent)}: nothing rolls back on it. `modelyard infra up` makes it.")
