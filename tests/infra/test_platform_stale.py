"""Stack files beside ejected programs follow platform.yaml when told to, and until then it is said that they do not."""

import pytest
import yaml
from platforms import SMALLEST

from modelyard.errors import OutsideError
from modelyard.github.yaml_edit import edited
from modelyard.infra.platform import load
from modelyard.infra.platform.eject import eject
from modelyard.infra.platform.settle import settle
from modelyard.infra.platform.stale import stale, told
from modelyard.infra.review import reviews


@pytest.fixture
def path(tmp_path):
    """A platform with two ejected layers: one with a stack for each environment, one with a stack for each project."""
    found = tmp_path / "platform.yaml"
    found.write_text(yaml.safe_dump({**SMALLEST, "kubernetes": False}))
    for layer in ("network", "project"):
        eject(tmp_path, layer)
    return found


def changed(path, **changes):
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}))


def behind(path, env="dev"):
    return [(one.file.relative_to(path.parent).as_posix(), one.keys) for one in stale(load(path), path, env)]


def config(path, name):
    return yaml.safe_load((path.parent / name).read_text())["config"]


def test_what_was_just_ejected_is_not_behind(path):
    assert [behind(path, env) for env in ("dev", "staging", "prod")] == [[], [], []]


def test_a_change_of_the_platform_leaves_behind_the_files_that_it_concerns(path):
    changed(path, environments={"dev": {"network": {"flow_log_days": 30}}})
    assert behind(path) == [("stacks/network/Pulumi.dev.yaml", ("modelyard-network:network",))]
    (line,) = (told(one, path) for one in stale(load(path), path, "dev"))
    assert line in reviews(path.parent, "dev").environments[0].warnings
    assert "Pulumi.dev.yaml is not what platform.yaml says (modelyard-network:network)" in line


def test_the_files_are_written_anew_with_what_others_put_there(path):
    file = path.parent / "stacks/network/Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    document["config"]["modelyard-network:peering"] = {"secure": "abc"}
    file.write_text(yaml.safe_dump({**document, "encryptionsalt": "v1:x"}))
    changed(path, environments={"dev": {"network": {"flow_log_days": 30}}})
    assert [(one.file, one.key) for one in settle(path.parent, edited)] == [
        ("stacks/network/Pulumi.dev.yaml", "modelyard-network:network")
    ]
    assert behind(path) == []
    written = yaml.safe_load(file.read_text())
    assert written["encryptionsalt"] == "v1:x"
    assert written["config"]["modelyard-network:peering"] == {"secure": "abc"}
    assert written["config"]["modelyard-network:network"]["flow_log_days"] == 30


def test_what_the_platform_no_longer_says_goes(path):
    name = next(f"stacks/project/{file.name}" for file in (path.parent / "stacks/project").glob("Pulumi.*.dev.yaml"))
    before = config(path, name)
    changed(path, environments={"dev": {"domain": {"name": "ml.example.com", "zone_id": "Z0123456789ABCDEFGHIJ"}}})
    settle(path.parent, edited)
    assert "modelyard-project:domain" in config(path, name)
    changed(path, environments={"dev": {}})
    assert behind(path) == [(name, ("modelyard-project:domain",))]
    settle(path.parent, edited)
    assert config(path, name) == before


def test_a_stack_without_a_file_is_left_without_one(path):
    file = path.parent / "stacks/network/Pulumi.dev.yaml"
    file.unlink()
    assert behind(path) == []
    settle(path.parent, edited)
    assert not file.exists()


def test_a_stack_that_leaves_its_configuration_to_the_platform_is_never_behind(path):
    file = path.parent / "stacks/network/Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump({"config": {"modelyard-network:env": "dev"}}))
    changed(path, environments={"dev": {"network": {"flow_log_days": 30}}})
    assert behind(path) == []


@pytest.mark.parametrize("text", ["", "[]", "config: 1", "a: [", "\x00"])
def test_a_file_that_is_none_is_no_crash(path, text):
    (path.parent / "stacks/network/Pulumi.dev.yaml").write_text(text)
    assert behind(path) == []


def test_a_file_that_cannot_be_written_is_an_error_with_its_name(path):
    file = path.parent / "stacks/network/Pulumi.dev.yaml"
    changed(path, environments={"dev": {"network": {"flow_log_days": 30}}})
    file.with_name(f".{file.name}.partial").mkdir()
    with pytest.raises(OutsideError, match=r"Cannot write .*Pulumi\.dev\.yaml"):
        settle(path.parent, edited)
