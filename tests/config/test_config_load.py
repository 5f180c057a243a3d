import json

import pytest
import yaml

from modelyard import config
from modelyard.errors import RequestError

VALID = {
    "name": "churn",
    "task": "binary",
    "data": {"source": "data/customers.csv", "target": "churned", "positive": "yes"},
    "evaluation": {"metric": "roc_auc"},
}


def write(folder, document):
    (folder / "modelyard.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return folder


def test_a_minimal_file_gets_every_default(tmp_path):
    project = config.load(write(tmp_path, VALID))
    assert project.config.training.estimator == "boosting"
    assert project.config.gate.beats_dummy
    assert project.environment.store == ".modelyard"


def test_every_problem_is_reported_at_once_with_path_value_and_nearest_key(tmp_path):
    broken = {**VALID, "trainning": {}, "split": {"by": "tiem", "tset": 0.1}, "gate": {"slice_drop": -1}}
    with pytest.raises(RequestError) as caught:
        config.load(write(tmp_path, broken))
    message = caught.value.message
    assert "4 problems" in message
    assert "trainning: unknown key; did you mean `training`?" in message
    assert "split.tset: unknown key; did you mean `test`?" in message
    assert "split.by" in message
    assert "'tiem'" in message
    assert "gate.slice_drop" in message
    assert "-1" in message


def test_an_unknown_key_inside_a_named_environment_is_explained(tmp_path):
    broken = {**VALID, "environments": {"local": {"stoer": "x"}}}
    with pytest.raises(RequestError, match=r"environments\.local\.stoer: unknown key; did you mean `store`"):
        config.load(write(tmp_path, broken))


def test_a_missing_section_is_named(tmp_path):
    with pytest.raises(RequestError, match="evaluation: required, but absent"):
        config.load(write(tmp_path, {k: v for k, v in VALID.items() if k != "evaluation"}))


def test_a_split_by_time_needs_a_time_column(tmp_path):
    with pytest.raises(RequestError, match=r"data\.time names no column"):
        config.load(write(tmp_path, {**VALID, "split": {"by": "time"}}))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "7\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, text):
    (tmp_path / "modelyard.yaml").write_text(text)
    with pytest.raises(RequestError):
        config.load(tmp_path)


def test_broken_yaml_names_line_and_column(tmp_path):
    (tmp_path / "modelyard.yaml").write_text("name: x\ntask: [binary\n")
    with pytest.raises(RequestError, match=r"modelyard\.yaml:3:1 is not YAML"):
        config.load(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "modelyard.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(RequestError, match="Cannot read"):
        config.load(tmp_path)


def test_an_unknown_environment_lists_the_known_ones(tmp_path):
    with pytest.raises(RequestError) as caught:
        config.load(write(tmp_path, VALID), env="prod")
    assert "prod" in caught.value.message
    assert "local" in caught.value.hint


def test_the_project_is_found_from_a_folder_below_and_not_from_above(tmp_path):
    root = write(tmp_path / "project" if (tmp_path / "project").mkdir() is None else tmp_path, VALID)
    (root / "src" / "deep").mkdir(parents=True)
    assert config.find(root / "src" / "deep") == root.resolve()
    with pytest.raises(RequestError, match=r"No modelyard\.yaml"):
        config.find(tmp_path)


def test_features_are_what_has_no_other_role(tmp_path):
    data = {**VALID["data"], "id": "key", "ignore": {"dep_delay": "leak", "name": "personal"}}
    data["known_at"] = {"dep_delay": "prediction"}
    project = config.load(write(tmp_path, {**VALID, "data": data}))
    assert project.config.data.not_features == {"churned", "key", "name"}


def test_the_schema_names_every_top_level_key():
    schema = config.json_schema()
    assert set(schema["properties"]) == set(config.ProjectConfig.model_fields)
    assert schema["additionalProperties"] is False
    json.dumps(schema)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"gate": {"champion": {"margin": True}}}, "gate.champion.margin: Input should be a number, not true or false"),
        ({"gate": {"floors": {"roc_auc": True}}}, "gate.floors: Input should be a number, not true or false"),
        ({"gate": {"floors": {"roc_auc": float("nan")}}}, "gate.floors.roc_auc: Input should be a finite number"),
        ({"gate": {"champion": {"margin": -0.1}}}, "gate.champion.margin: Input should be greater than or equal to 0"),
        ({"training": {"seed": -1}}, "training.seed: Input should be greater than or equal to 0"),
        ({"training": {"seed": 2**32}}, "training.seed: Input should be less than"),
        ({"training": {"threads": 100_000}}, "training.threads: Input should be less than"),
        ({"environments": {"local": {"store": ""}}}, "environments.local.store"),
        ({"data": {**VALID["data"], "id": "churned"}}, "data: 'churned' is the target, and cannot be data.id as well"),
    ],
)
def test_a_number_that_no_run_could_use_is_refused(tmp_path, section, told):
    with pytest.raises(RequestError) as caught:
        config.load(write(tmp_path, {**VALID, **section}))
    assert "1 problem:" in caught.value.message
    assert told in caught.value.message


@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_stay_what_they_are_where_they_belong(tmp_path, value):
    sections = {"gate": {"parity": value}, "training": {"parameters": {"fit_intercept": value}}}
    found = config.load(write(tmp_path, {**VALID, **sections})).config
    assert found.gate.parity is value
    assert found.training.parameters["fit_intercept"] is value


def test_a_value_of_none_of_several_kinds_is_one_problem_at_the_path_as_it_is_written(tmp_path):
    broken = {**VALID, "training": {"threshold": 2}, "evaluation": {"metric": "roc_auc", "slices": "city"}}
    with pytest.raises(RequestError) as caught:
        config.load(write(tmp_path, broken))
    first, second = caught.value.message.splitlines()[1:]
    assert first == "  training.threshold: Input should be 'f1', 'youden' or 'rate', or less than 1 (found 2)"
    assert second.startswith("  evaluation.slices: ")


def test_without_any_environment_the_hint_shows_how_to_add_one(tmp_path):
    with pytest.raises(RequestError) as caught:
        config.load(write(tmp_path, {**VALID, "environments": {}}))
    assert "local: {store: .modelyard}" in caught.value.hint
