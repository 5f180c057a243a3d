"""The table of controls: what each row of `controls.yaml` says."""

from functools import cache
from pathlib import Path

from pydantic import model_validator

from modelyard.infra.policy.findings import Severity
from modelyard.infra.policy.reading import rows
from modelyard.infra.policy.world import World
from modelyard.record import Record

TABLE = Path(__file__).parent / "controls.yaml"
NEVER = "never:"
ANY = "*"


class Row(Record):
    """One control of the table."""

    control: str
    what: str
    standard: str
    scope: str
    severity: Severity
    types: tuple[str, ...]
    property: str
    fix: str
    absent: str = ""

    @model_validator(mode="after")
    def _scope_is_one_of_four(self) -> "Row":
        if self.scope not in ("all", "prod", "public") and not self.scope.startswith(NEVER):
            raise ValueError(f"scope {self.scope!r} of {self.control} is not all, prod, public or never: reason")
        return self

    @property  # noqa: A003 - a column has this name
    def never(self) -> str:
        """Why the control is not enforced at all; empty when it is."""
        return self.scope.removeprefix(NEVER).strip() if self.scope.startswith(NEVER) else ""

    @property  # noqa: A003 - a column has this name
    def ids(self) -> tuple[str, ...]:
        """Each control of the row by its own name: `S3.2/S3.3` gives both, and `RDS.19-22` gives itself."""
        prefix = self.control.partition(".")[0]
        parts = self.control.split("/")
        return (self.control, *(p if p.startswith(prefix) else f"{prefix}.{p.lstrip('.')}" for p in parts))

    def applies_to(self, type_: str) -> bool:
        """Say whether the control judges resources of a type."""
        return ANY in self.types or type_ in self.types

    def severity_in(self, layer: str, world: World) -> Severity:
        """Return the severity of a finding: advisory outside the control's scope."""
        out = (self.scope == "prod" and not world.prod) or (self.scope == "public" and not world.public(layer))
        return "advisory" if out or self.never else self.severity


@cache
def table() -> tuple[Row, ...]:
    """Return every control, in the order of the file."""
    return tuple(Row.model_validate(row) for row in rows(TABLE))
