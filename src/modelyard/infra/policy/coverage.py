"""Which controls of the table are enforced on a platform, and why the others are not."""

from collections.abc import Iterable
from typing import Literal

from modelyard.infra.plan.records import Plan
from modelyard.infra.platform.model import Platform
from modelyard.infra.policy.control import Presence, classes
from modelyard.infra.policy.judge import judge
from modelyard.infra.policy.table import Row, table
from modelyard.record import Record

State = Literal["enforced", "advisory", "excused", "broken", "not applicable", "never"]


class Coverage(Record):
    """One control: whether it applies, whether it is enforced, and why not.

    Attributes:
        resources: How many resources of the plans it judged.
        broken: How many mandatory findings it has.
    """

    control: str
    what: str
    standard: str
    scope: str
    severity: str
    applies: bool
    enforced: bool
    state: State
    why: str
    resources: int
    broken: int


class Controls(Record):
    """The whole table with its coverage."""

    controls: tuple[Coverage, ...]

    def count(self, state: State) -> int:
        """Return how many controls are in a state."""
        return sum(1 for one in self.controls if one.state == state)


def coverage(plans: Iterable[Plan] = (), platform: Platform | None = None) -> Controls:
    """Return the table; with plans, what it met there."""
    known = list(plans)
    found = [judge(plan, platform) for plan in known] if platform else []
    broken = [one.control for each in found for one in each.mandatory]
    excused = [one.finding.control for each in found for one in each.excused]
    types = [resource.type for plan in known for layer in plan.layers for resource in layer.resources]
    layers = {layer.name for plan in known for layer in plan.layers}
    return Controls(controls=tuple(_one(row, types, layers, broken, excused) for row in table()))


def _one(row: Row, types: list[str], layers: set[str], broken: list[str], excused: list[str]) -> Coverage:
    met = sum(1 for type_ in types if row.applies_to(type_))
    owed = _owed_by(row) in layers
    state, why = _state(row, met, owed=owed, broken=row.control in broken, excused=row.control in excused)
    return Coverage(
        control=row.control,
        what=row.what,
        standard=row.standard,
        scope=row.scope.partition(":")[0],
        severity=row.severity,
        applies=state not in ("not applicable", "never"),
        enforced=state == "enforced",
        state=state,
        why=why,
        resources=met,
        broken=broken.count(row.control),
    )


def _state(row: Row, met: int, *, owed: bool, broken: bool, excused: bool) -> tuple[State, str]:
    if row.never:
        return "never", row.never
    if broken:
        return "broken", "see the findings of `modelyard infra plan`"
    if excused:
        return "excused", "see `exceptions` in platform.yaml"
    if not met and not owed:
        kinds = ", ".join(type_.rpartition(":")[2] for type_ in row.types)
        return "not applicable", row.absent or f"the plan has no {kinds}"
    if row.severity == "advisory":
        return "advisory", "shown, and stops nothing"
    return "enforced", {"prod": "advisory outside prod", "public": "advisory unless public"}.get(row.scope, "")


def _owed_by(row: Row) -> str:
    judge_ = classes().get(row.control)
    return judge_.layer if judge_ is not None and issubclass(judge_, Presence) else ""
