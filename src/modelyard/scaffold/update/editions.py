"""A version of modelyard that renders: the one that runs, or another one through uv."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.version import Version

from modelyard import assets
from modelyard.errors import ModelyardError, OutsideError, RequestError
from modelyard.scaffold import vendor
from modelyard.scaffold.pristine import pristine

_PATIENCE_S = 300
_MODULE = "modelyard.scaffold.update.elsewhere"
_OPTIONS = ("--no-project", "--isolated", "--quiet", "--python", sys.executable)


@dataclass(frozen=True)
class Edition:
    """One version, and what it can be asked."""

    version: str
    copier_yml: Callable[[str], str]
    pristine: Callable[[str, Mapping[str, object], Path], None]

    def questions(self, template: str) -> dict[str, Any]:
        """Return what its template asks, by name."""
        return {name: asked for name, asked in self._file(template).items() if not name.startswith("_")}

    def once(self, template: str) -> tuple[str, ...]:
        """Return the files that are written once and then belong to the user."""
        return tuple(self._file(template).get("_skip_if_exists", ()))

    def _file(self, template: str) -> dict[str, Any]:
        return yaml.safe_load(self.copier_yml(template))


def installed() -> Edition:
    """Return the version that runs."""
    return Edition(vendor.installed_version(), read_questions, pristine)


def read_questions(template: str) -> str:
    """Return the text of a template's copier.yml.

    Raises:
        RequestError: This version has no such template.
    """
    file = assets.template(template) / "copier.yml"
    if not file.is_file():
        raise RequestError(
            f"modelyard {vendor.installed_version()} has no template {template!r}.",
            "`_src_path` in .copier-answers.yml names it; bring back what it was.",
            code="no_template",
        )
    return file.read_text(encoding="utf-8")


def elsewhere(requirement: str) -> Edition:
    """Return a version that uv fetches, or has fetched before.

    Args:
        requirement: What uv installs: `modelyard==0.2.0`, `modelyard`, or the path of a wheel.

    Raises:
        OutsideError: There is no uv, or it cannot get that version.
    """

    def copier_yml(template: str) -> str:
        return str(_order(requirement, {"do": "about", "template": template})["copier_yml"])

    def render(template: str, answers: Mapping[str, object], into: Path) -> None:
        _order(requirement, {"do": "pristine", "template": template, "answers": dict(answers), "into": str(into)})

    return Edition(str(_order(requirement, {"do": "version"})["version"]), copier_yml, render)


def latest(at_least: str) -> Edition:
    """Return the newest version there is: the index's, or the one that runs where the index has none as new.

    Raises:
        OutsideError: The index cannot be reached, and the version that runs is one that an index should have.
    """
    here = installed()
    try:
        found = elsewhere("modelyard")
    except OutsideError:
        if vendor.is_released(here.version):
            raise
        return here
    return found if Version(found.version) >= max(Version(here.version), Version(at_least)) else here


def _order(requirement: str, order: dict[str, object]) -> dict[str, Any]:
    uv = shutil.which("uv") or _beside()
    if uv is None:
        raise OutsideError(
            f"Another version ({requirement}) is fetched by uv, which is not installed.",
            "Install uv (https://docs.astral.sh/uv/), or that version of modelyard, and run the same command again.",
            code="no_uv",
        )
    said = ""
    for extra in ((), ("--offline",)):
        done = _run([uv, "run", *extra, *_OPTIONS, "--with", requirement, "python", "-P", "-m", _MODULE], order)
        if done.stdout.startswith("{"):
            return _answered(json.loads(done.stdout))
        said = said or done.stderr
    raise OutsideError(
        f"uv cannot run {requirement}: {_last_words(said)}",
        "Is the network there? With that version installed, the same command needs none.",
        code="no_such_edition",
    )


def _run(command: list[str], order: dict[str, object]) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    with tempfile.TemporaryDirectory(prefix="modelyard-") as outside:  # where no project's settings are found
        try:
            return subprocess.run(  # noqa: S603 - no shell, and our own arguments
                command, input=json.dumps(order), cwd=outside, env=environment, capture_output=True,
                text=True, errors="replace", timeout=_PATIENCE_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 1, "", f"no answer within {_PATIENCE_S} s")
        except OSError as error:
            return subprocess.CompletedProcess(command, 1, "", str(error.strerror))


def _answered(answer: dict[str, Any]) -> dict[str, Any]:
    if "errno" in answer:
        raise OSError(answer["errno"], answer["message"], answer["file"])
    if "message" in answer:
        raise ModelyardError(answer["message"], answer["hint"])
    return answer


def _beside() -> str | None:
    found = Path(sys.executable).with_name("uv")
    return str(found) if found.is_file() else None


def _last_words(said: str) -> str:
    lines = [re.sub(r"^\W+", "", line) for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
