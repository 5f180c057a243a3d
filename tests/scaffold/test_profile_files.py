"""The contract and the configuration that come out of a profile."""

import datetime as dt
from pathlib import Path

import yaml
from profile_tables import ROWS, noise, pick, profiled, table

from modelyard.config.load import parse
from modelyard.data import contract as contracts
from modelyard.scaffold.profile import TableProfile, to_config, to_contract

COLUMNS = {
    "id": list(range(ROWS)),
    "e-mail": [f"p{i}@example.org" for i in range(ROWS)],
    "day": [dt.date(2024, 1, 1) + dt.timedelta(days=i // 10) for i in range(ROWS)],
    "größe, cm": [None if i % 50 == 0 else 0.1 + i / 7 for i in range(ROWS)],
    "plan": pick("a", "b", 'it\'s "new"'),
    "same": [1] * ROWS,
    "left": pick("yes", "no"),
}


def found() -> TableProfile:
    return profiled(COLUMNS, target="left")


def test_a_profile_survives_json() -> None:
    one = found()
    assert TableProfile.model_validate_json(one.model_dump_json()) == one


def test_the_contract_survives_its_file_and_holds_for_the_table(tmp_path: Path) -> None:
    contract = to_contract(found(), "people")
    path = tmp_path / "contract.yaml"
    path.write_text(contracts.dump(contract), encoding="utf-8")
    assert contracts.load(path) == contract
    result = contracts.check(contract, table(COLUMNS))
    assert result.passed
    assert result.violations == []


def test_what_was_only_seen_is_a_warning() -> None:
    contract = to_contract(found(), "people")
    rules = [rule for column in contract.columns for rule in column.rules]
    assert {rule.kind for rule in rules} == {"minimum", "maximum", "allowed"}
    assert all(rule.severity == "warning" for rule in [*rules, *contract.rules])


def test_presence_and_keys_are_errors_but_not_for_the_target() -> None:
    contract = to_contract(found(), "people")
    required = {column.name for column in contract.columns if column.required}
    assert required == {"id", "day", "plan"}
    assert contract.key == ("id",)


def test_personal_columns_are_marked_and_bare() -> None:
    mail = to_contract(found(), "people").column("e-mail")
    assert mail.personal
    assert mail.rules == ()


def test_bounds_of_float32_are_rounded_away_from_the_data() -> None:
    values = [10.9399995803833 + i for i in range(ROWS)]
    profile = profiled({"x": values, "y": pick("a", "b")}, target="y")
    rules = {rule.kind: rule.value for rule in to_contract(profile, "t").column("x").rules}
    assert rules["minimum"] == 10.9399
    assert rules["maximum"] == 609.94


def test_the_configuration_survives_its_file() -> None:
    config = to_config(found(), "people", source="data/people.parquet", sample="data/sample.parquet")
    text = yaml.safe_dump(config.model_dump(mode="json"), allow_unicode=True)
    assert parse(yaml.safe_load(text), "modelyard.yaml") == config


def test_the_configuration_says_what_was_decided() -> None:
    config = to_config(found(), "people", source="data/people.parquet", sample=None)
    assert (config.data.target, config.data.id, config.data.time) == ("left", "id", "day")
    assert (config.data.positive, config.split.by, config.evaluation.metric) == ("yes", "time", "roc_auc")
    assert config.data.ignore.keys() == {"e-mail", "same"}
    assert "personal" in config.data.ignore["e-mail"]


def test_the_contract_names_no_folder_of_this_machine() -> None:
    moved = found().model_copy(update={"source": "/home/someone/people.csv"})
    assert "/home" not in contracts.dump(to_contract(moved, "people"))


def test_noise_is_enough_for_a_whole_number_target() -> None:
    profile = profiled({"x": noise(), "y": pick(1, 2, 3)}, target="y")
    rules = to_contract(profile, "t").column("y").rules
    assert [(rule.kind, rule.value) for rule in rules] == [("allowed", (1, 2, 3))]
