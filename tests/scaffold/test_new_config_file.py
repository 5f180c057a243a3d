"""`modelyard.yaml` as it is written says the same as the configuration it was written from."""

import json

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from modelyard.config.load import parse
from modelyard.config.model import Data, Evaluation, ProjectConfig, Search, Split, Training
from modelyard.scaffold import config_file

NAMES = st.text(min_size=1, max_size=20)


def configuration(**data: object) -> ProjectConfig:
    return ProjectConfig(
        name="churn",
        task="binary",
        data=Data(**{"source": "data/churn.parquet", "target": "churned", **data}),
        evaluation=Evaluation(metric="roc_auc"),
    )


def read_back(config: ProjectConfig) -> ProjectConfig:
    return parse(yaml.safe_load(config_file.text(config)), "modelyard.yaml")


@settings(deadline=None)
@given(target=NAMES, other=NAMES, reason=st.text(max_size=30))
def test_any_column_name_survives(target: str, other: str, reason: str) -> None:
    assume(other != target)
    config = configuration(target=target, id=other, ignore={other: reason})
    assert read_back(config) == config


@pytest.mark.parametrize("positive", ["yes", "1", 1, True, False, 0.5, "null", None])
def test_a_positive_class_keeps_its_type(positive: object) -> None:
    found = read_back(configuration(positive=positive)).data.positive
    assert (found, type(found)) == (positive, type(positive))


def test_settings_that_are_rarely_changed_appear_when_they_were_chosen() -> None:
    config = configuration().model_copy(
        update={
            "training": Training(search=Search(trials=7), threads=4, class_weight="balanced"),
            "split": Split(validation=0.1),
        }
    )
    assert read_back(config) == config


def test_the_first_line_names_the_schema_for_editors() -> None:
    first = config_file.text(configuration()).splitlines()[0]
    assert first == f"# yaml-language-server: $schema={config_file.SCHEMA_PATH}"
    assert json.loads(config_file.schema_text())["title"] == "modelyard.yaml"


def test_every_section_says_what_it_is_for() -> None:
    lines = config_file.text(configuration()).splitlines()
    for number, line in enumerate(lines):
        if line.endswith(":") and not line.startswith(" "):
            assert lines[number - 1].startswith("# "), line
