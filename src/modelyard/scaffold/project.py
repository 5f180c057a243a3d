"""Writes every file of a new project but its lock and its repository."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from polars import selectors

from modelyard.config import Github, ProjectConfig
from modelyard.config.release import Release
from modelyard.data import contract as contracts
from modelyard.scaffold import config_file, copies, facts, naming, tables, vendor
from modelyard.scaffold.home import Home
from modelyard.scaffold.profile import to_config, to_contract
from modelyard.scaffold.renderer import Renderer

if TYPE_CHECKING:
    from modelyard.data.load import Table
    from modelyard.scaffold.profile import TableProfile
    from modelyard.scaffold.tables import Placed

_QUERY = "data/query.sql"
_NAMESPACE = "Modelyard"  # of the metrics that servers on the platform write
_BOOSTED = frozenset({"xgboost", "lightgbm"})


@dataclass(frozen=True)
class Blueprint:
    """What a project is made from, beside its rows."""

    directory: Path
    profile: "TableProfile"
    keep_personal: tuple[str, ...] = ()
    github: str | None = None
    query: str | None = None  # what was asked of a database
    home: Home | None = None  # the platform it will run on

    @property
    def name(self) -> str:
        """The project's name."""
        return naming.slug(self.directory)

    @property
    def absent(self) -> frozenset[str]:
        """Columns of personal data, which stay outside the repository."""
        found = (column.name for column in self.profile.columns if column.personal)
        return frozenset(found) - frozenset(self.keep_personal)


def fill(plan: Blueprint, table: "Table", workshop: Path, renderer: Renderer) -> "Placed":
    """Write the project into the empty folder `workshop`.

    Raises:
        ModelyardError: The table cannot be read to its end, or the template does not fit.
        OSError: The folder cannot be written.
    """
    profiled, name = plan.profile, plan.name
    contract = to_contract(profiled, name)
    frame = contracts.read(contracts.as_numbers(contract), table)
    rows = tables.Rows(
        frame=frame.drop(selectors.by_name(*plan.absent)) if plan.absent else frame,
        count=profiled.rows,
        target=profiled.target,
        classes=profiled.task != "regression",
    )
    placed = tables.place(rows, name=name, given=table.source, workshop=workshop, final=plan.directory)
    query = _QUERY if plan.query is not None else None
    config = to_config(profiled, name, source=placed.source, sample=placed.sample, query=query)
    texts = {"modelyard.yaml": config_file.text(_at_home(config, plan)), "contract.yaml": contracts.dump(contract)}
    if plan.query is not None:
        texts[_QUERY] = plan.query + "\n"
    answers = _answers(plan, placed)
    files = copies.of("tabular", answers) | {path: text.encode() for path, text in texts.items()}
    renderer.render("tabular", answers, workshop)  # last: it may still be starting
    copies.write(files, workshop)
    vendor.attach(workshop)
    return placed


def _at_home(config: ProjectConfig, plan: Blueprint) -> ProjectConfig:
    """Return the configuration with where the repository and its environments are."""
    changed: dict[str, object] = {"github": Github(repository=plan.github)}
    if plan.home is not None:
        changed["environments"] = plan.home.environments(plan.name)
        changed["release"] = Release(cloudwatch=_NAMESPACE)
    return config.model_copy(update=changed)


def _answers(plan: Blueprint, placed: "Placed") -> dict[str, object]:
    return {
        "project_name": plan.name,
        "task": plan.profile.task,
        "target": facts.shown(plan.profile.target),
        "metric": plan.profile.metric,
        "extra": "boost" if plan.profile.estimator in _BOOSTED else "ml",
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "modelyard_version": vendor.installed_version(),
        "owner": plan.github.partition("/")[0] if plan.github else "",
        "facts": facts.of(plan.profile, placed, plan.absent),
        **(plan.home.answers() if plan.home else {}),
    }
