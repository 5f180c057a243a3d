"""The controls as a CrossGuard policy pack: the same classes, asked by Pulumi's engine during preview and up.

A control that needs only the resource is asked before it is made; one that looks at its neighbours when all are known.
Only the pack's own process imports this.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from modelyard.infra.policy.control import Control, Presence, Property, classes
from modelyard.infra.policy.findings import Finding, Severity
from modelyard.infra.policy.from_engine import item_of, world_of
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.judge import findings
from modelyard.infra.policy.table import Row, table
from modelyard.infra.policy.world import World

NAME = "modelyard"
_EXCEPTION = {
    "type": "object",
    "properties": {"resource": {"type": "string"}, "reason": {"type": "string"}, "until": {"type": "string"}},
    "required": ["resource", "reason", "until"],
}
_SCHEMA = {"exceptions": {"type": "array", "items": _EXCEPTION, "default": []}}


def start() -> None:
    """Serve the pack to the engine that started this process; returns when the engine hangs up."""
    PolicyPack(name=NAME, policies=policies(), enforcement_level=EnforcementLevel.MANDATORY)


def policies() -> list[Policy]:
    """Return a policy per control; two where its scope decides: the engine knows one level per policy."""
    return [
        _Asked(row, classes()[row.control](), level).policy()
        for row in table()
        if not row.never and row.control in classes()
        for level in levels(row)
    ]


def levels(row: Row) -> tuple[Severity, ...]:
    """Return the severities that findings of a control can have."""
    if row.severity == "advisory":
        return ("advisory",)
    return ("mandatory",) if row.scope == "all" else ("mandatory", "advisory")


def policy_name(row: Row, level: Severity) -> str:
    """Return what the engine calls a control: `s3-2-s3-3`, and `rds-5-advisory` outside its scope."""
    slug = re.sub(r"[^a-z0-9]+", "-", row.control.lower()).strip("-")
    return slug if level == "mandatory" or row.severity == "advisory" else f"{slug}-advisory"


@dataclass(frozen=True)
class _Asked:
    """One policy of the pack."""

    row: Row
    control: Control
    level: Severity

    def policy(self) -> Policy:
        """Return it as the engine wants it."""
        described: dict[str, Any] = {
            "name": policy_name(self.row, self.level),
            "description": f"{self.row.control}: {self.row.what}",
            "enforcement_level": EnforcementLevel(self.level),
            "config_schema": PolicyConfigSchema(properties=_SCHEMA),
            "remediation_steps": self.row.fix,
        }
        if isinstance(self.control, Property) and not isinstance(self.control, Presence):
            return ResourceValidationPolicy(validate=self.of_resource, **described)
        return StackValidationPolicy(validate=self.of_stack, **described)

    def of_resource(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        """Judge one resource before it is made."""
        if self.row.applies_to(args.resource_type):
            item = item_of(args.urn, args.resource_type, args.name, args.props, protect=args.opts.protect)
            self._report([item], world_of([item]), args.get_config(), report)

    def of_stack(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """Judge the resources of a stack together."""
        world = world_of([_resource(one) for one in args.resources])
        items = [item for item in world.items if self.row.applies_to(item.type)]
        self._report(items, world, args.get_config(), report)

    def _report(self, items: list[Item], world: World, config: Mapping[str, Any], report: ReportViolation) -> None:
        for finding in findings(self.row, self.control, items, world):
            if finding.severity == self.level:
                urn = finding.resource if finding.resource.startswith("urn:") else None
                for message in _said(finding, config.get("exceptions") or ()):
                    report(message, urn)


def _resource(one: PolicyResource) -> Item:
    refers = {name: tuple(other.urn for other in others) for name, others in one.property_dependencies.items()}
    item = item_of(one.urn, one.resource_type, one.name, one.props, protect=one.opts.protect)
    return replace(item, refers=refers)


def _said(finding: Finding, exceptions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return what is said of a finding: nothing when it is excused, and more when the excuse has run out."""
    names = (finding.name, f"{finding.layer}/{finding.name}")
    mine = [one for one in exceptions if any(fnmatchcase(name, one["resource"]) for name in names)]
    today = datetime.now(UTC).date()
    if any(date.fromisoformat(one["until"]) >= today for one in mine):
        return
    ended = "".join(f" The exception ended on {one['until']}." for one in mine)
    yield f"{finding.message} (value: {finding.value}). {finding.fix}{ended}"
