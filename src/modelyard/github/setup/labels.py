"""The labels that alerts, updates and Dependabot use, so that each finds its issues by them."""

from pathlib import Path
from typing import Any

import yaml

from modelyard.github.failures import RefusedError
from modelyard.github.propose import LABEL as UPDATE
from modelyard.github.setup.steps import Step, change, nothing
from modelyard.github.setup.target import Target

NEEDS = "Issues: write"
_DEPENDABOT = ".github/dependabot.yml"
_ALERT = ("b60205", "Something about the model or its data is wrong")
_UPDATE = ("0e8a16", "A newer version of the template waits")
_DEPENDENCY = ("0366d6", "A newer version of a dependency waits")


def steps(target: Target, root: Path, alert: str) -> list[Step]:
    """Return a step for each label; one that is there keeps its colour and description."""
    entries = target.entries("labels", "Issues: read", "labels")
    now = {str(entry["name"]).lower() for entry in entries}
    wanted = {alert: _ALERT, UPDATE: _UPDATE, **dict.fromkeys(_of_dependabot(root), _DEPENDENCY)}
    return [
        nothing("label", name) if name.lower() in now else change("label", name, "create", _maker(target, name, look))
        for name, look in wanted.items()
    ]


def _maker(target: Target, name: str, look: tuple[str, str]) -> Any:  # noqa: ANN401 - a function without arguments
    def make() -> None:
        body = {"name": name, "color": look[0], "description": look[1]}
        try:
            target.connection.post(target.path("labels"), body, f"make label {name} of {target.name}", NEEDS)
        except RefusedError as refused:
            if refused.status != 422 or "already_exists" not in refused.message:  # somebody was faster
                raise

    return make


def _of_dependabot(root: Path) -> list[str]:
    """Return the labels that the repository's own Dependabot file names; without any it makes its own."""
    try:
        found = yaml.safe_load((root / _DEPENDABOT).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return []
    updates = found.get("updates") if isinstance(found, dict) else None
    entries = [each for each in updates or [] if isinstance(each, dict)]
    return [label for each in entries for label in each.get("labels") or [] if isinstance(label, str)]
