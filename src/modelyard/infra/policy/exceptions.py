"""What the configuration excuses: by control and resource, with a reason, until a day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase

from modelyard.infra.platform.exceptions import Exemption
from modelyard.infra.policy.findings import Excused, Finding, Findings
from modelyard.infra.policy.table import Row, table

EXPIRED = "Modelyard.exceptions"


def excuse(found: Iterable[Finding], exemptions: Sequence[Exemption], env: str, today: date) -> Findings:
    """Set aside what is excused. An exception that has run out, or excuses nothing, is a finding itself."""
    valid = [one for one in exemptions if one.until >= today and env in (one.environments or (env,))]
    kept, excused, used = [], [], set()
    for finding in found:
        matching = next((one for one in valid if covers(one, finding)), None)
        if matching is None:
            kept.append(finding)
            continue
        used.add(id(matching))
        excused.append(Excused(finding=finding, reason=matching.reason, until=matching.until))
    kept += _run_out(exemptions, env, today)
    kept += _pointless([one for one in valid if id(one) not in used])
    return Findings(findings=tuple(sorted(kept, key=_worst_first)), excused=tuple(excused))


def covers(exemption: Exemption, finding: Finding) -> bool:
    """Say whether an exception names this control and this resource (by its name, or layer/name)."""
    names = (finding.name, f"{finding.layer}/{finding.name}")
    return exemption.control in _names_of(finding.control) and any(fnmatchcase(n, exemption.resource) for n in names)


def _names_of(control: str) -> tuple[str, ...]:
    row: Row | None = next((one for one in table() if one.control == control), None)
    return (control,) if row is None else row.ids


def _run_out(exemptions: Sequence[Exemption], env: str, today: date) -> Iterator[Finding]:
    for one in exemptions:
        if one.until < today and env in (one.environments or (env,)):
            message = f"the exception for {one.control} on {one.resource} ended on {one.until}"
            yield _about(one, message, "mandatory", "Repair the resource, or decide again and write a new `until`.")


def _pointless(exemptions: Sequence[Exemption]) -> Iterator[Finding]:
    for one in exemptions:
        message = f"the exception for {one.control} on {one.resource} excuses nothing"
        yield _about(one, message, "advisory", _instead(one.control))


def _instead(control: str) -> str:
    """Return what to do with an exception that excuses nothing: perhaps only its control is misspelt."""
    known = [name for row in table() for name in row.ids]
    if control in known:
        return "Remove it from platform.yaml, or correct its `resource`."
    alike = {name.casefold(): name for name in known}
    close = get_close_matches(control.casefold(), alike, n=1)
    meant = f"did you mean {alike[close[0]]}?" if close else "`modelyard infra controls` lists them."
    return f"{control} is no control; {meant}"


def _about(one: Exemption, message: str, severity: str, fix: str) -> Finding:
    return Finding(
        control=EXPIRED,
        resource="platform.yaml",
        name=one.control,
        layer="",
        property="exceptions",
        value=one.reason,
        severity="mandatory" if severity == "mandatory" else "advisory",
        message=message,
        fix=fix,
    )


def _worst_first(finding: Finding) -> tuple[bool, str, str]:
    return finding.severity != "mandatory", finding.control, finding.resource
