"""`modelyard config show`: the configuration with every default filled in."""

from typing import TYPE_CHECKING

from modelyard.cli import _output
from modelyard.cli._options import EnvOption, JsonOption, ProjectOption
from modelyard.cli._project import open_project

if TYPE_CHECKING:
    from modelyard.config import ProjectConfig


def show(project: ProjectOption = None, env: EnvOption = "local", json: JsonOption = False) -> None:
    """Show modelyard.yaml as it is understood, defaults included."""
    found = open_project(project, env, quiet=True)
    _output.show(found.config, _text, as_json=json)


def _text(config: "ProjectConfig") -> str:
    import yaml

    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True).rstrip()
