"""The section `github` of modelyard.yaml, and the schemas that editors read."""

import json
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.config import Github, json_schema
from modelyard.config.load import parse
from modelyard.errors import RequestError
from modelyard.infra.platform import json_schema as platform_schema
from modelyard.scaffold import config_file

SMALLEST: dict[str, Any] = {
    "name": "churn",
    "task": "binary",
    "data": {"source": "data/churn.parquet", "target": "churned"},
    "evaluation": {"metric": "roc_auc"},
}


def test_without_the_section_nothing_is_known() -> None:
    found = parse(SMALLEST, "modelyard.yaml").github
    assert found == Github(repository=None, owner_id=0, repository_id=0)
    assert (found.owner, found.name) == (None, None)


def test_owner_and_name_are_the_two_halves() -> None:
    found = parse(SMALLEST | {"github": {"repository": "acme/Churn.Model"}}, "modelyard.yaml").github
    assert (found.owner, found.name) == ("acme", "Churn.Model")


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({"repository": "churn"}, "github.repository"),
        ({"repository": "https://github.com/acme/churn"}, "github.repository"),
        ({"repository": "acme-/churn"}, "github.repository"),
        ({"owner_id": -1}, "github.owner_id"),
        ({"repository_id": "many"}, "github.repository_id"),
        ({"repositry": "acme/churn"}, "did you mean `repository`"),
    ],
)
def test_a_wrong_section_is_refused_where_it_stands(section: dict[str, Any], expected: str) -> None:
    with pytest.raises(RequestError, match=expected):
        parse(SMALLEST | {"github": section}, "modelyard.yaml")


@pytest.mark.parametrize("repository", [None, "acme/churn"])
def test_a_new_file_shows_every_key_to_be_filled_in(repository: str | None) -> None:
    config = parse(SMALLEST | {"github": {"repository": repository}}, "modelyard.yaml")
    written = yaml.safe_load(config_file.text(config))
    assert written["github"] == {"repository": repository, "owner_id": 0, "repository_id": 0}
    assert parse(written, "modelyard.yaml") == config


@pytest.mark.parametrize(("words", "schema"), [([], json_schema()), (["--platform"], platform_schema())])
def test_the_command_prints_either_schema(words: list[str], schema: dict[str, Any]) -> None:
    done = CliRunner().invoke(app, ["config", "schema", *words])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == schema
    assert schema["title"] == ("platform.yaml" if words else "modelyard.yaml")
