"""What judging a plan found."""

from datetime import date
from typing import Literal

from modelyard.record import Record

Severity = Literal["mandatory", "advisory"]


class Finding(Record):
    """One control that one resource breaks. `resource` is its URN, or the layer where it is missing."""

    control: str
    resource: str
    name: str
    layer: str
    property: str
    value: str
    severity: Severity
    message: str
    fix: str


class Excused(Record):
    """A finding that the configuration knowingly accepts until a day."""

    finding: Finding
    reason: str
    until: date


class Findings(Record):
    """Everything found, the worst first, and what was excused."""

    findings: tuple[Finding, ...] = ()
    excused: tuple[Excused, ...] = ()

    @property
    def mandatory(self) -> tuple[Finding, ...]:
        """What stops an `up`."""
        return tuple(one for one in self.findings if one.severity == "mandatory")

    @property
    def advisory(self) -> tuple[Finding, ...]:
        """What is only shown."""
        return tuple(one for one in self.findings if one.severity == "advisory")
