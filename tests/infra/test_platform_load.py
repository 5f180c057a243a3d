import shutil
import subprocess
import sys

import pytest
import yaml
from platforms import SMALLEST

from modelyard import assets
from modelyard.errors import RequestError
from modelyard.infra.platform import find, layers, load, parse, programs
from modelyard.infra.platform.eject import eject


def written(folder, name="platform.yaml"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(SMALLEST))
    return path


def test_the_file_is_found_from_below_in_either_place(tmp_path):
    own = written(tmp_path / "own", "infra/platform.yaml")
    shared = written(tmp_path / "shared")
    (tmp_path / "own/src/deep").mkdir(parents=True)
    assert find(tmp_path / "own/src/deep") == own
    assert find(tmp_path / "shared") == shared


def test_without_a_file_the_hint_is_one_that_works(tmp_path):
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn/modelyard.yaml").touch()
    with pytest.raises(RequestError) as caught:
        find(tmp_path / "churn")
    where, _, text = caught.value.hint.partition("\n\n")
    assert str(tmp_path / "churn/infra/platform.yaml") in where
    assert parse(yaml.safe_load(text), "hint").name == "churn"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("name: [", "is not YAML"), ("name: a\nname: b", "'name' is there twice"), ("", "1 problem")],
)
def test_a_file_that_cannot_be_read_names_the_place(tmp_path, text, expected):
    path = tmp_path / "platform.yaml"
    path.write_text(text)
    with pytest.raises(RequestError, match=expected):
        load(path)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "platform.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RequestError, match="Cannot read"):
        load(path)


def test_eject_copies_the_program_with_a_file_for_each_environment(tmp_path):
    path = written(tmp_path)
    files = eject(tmp_path, "network").files
    assert set(files) == {
        "stacks/network/__main__.py",
        "stacks/network/Pulumi.yaml",
        "stacks/network/Pulumi.dev.yaml",
        "stacks/network/Pulumi.staging.yaml",
        "stacks/network/Pulumi.prod.yaml",
    }
    assert programs.program("network", programs.ejected(path)) == tmp_path / "stacks/network"


def test_eject_takes_the_registry_s_image_along(tmp_path):
    written(tmp_path)
    assert "stacks/registry/image/Dockerfile" in eject(tmp_path, "registry").files


def test_eject_never_overwrites_what_a_user_edits(tmp_path):
    written(tmp_path)
    eject(tmp_path, "lake")
    program = tmp_path / "stacks/lake/__main__.py"
    program.write_text("edited = True\n")
    with pytest.raises(RequestError, match="is there already"):
        eject(tmp_path, "lake")
    assert program.read_text() == "edited = True\n"


def test_eject_of_a_layer_that_does_not_exist_names_those_that_do(tmp_path):
    written(tmp_path)
    with pytest.raises(RequestError) as caught:
        eject(tmp_path, "lak")
    assert "lake" in caught.value.hint


def test_eject_leaves_a_repository_its_own_program_of_the_layer_project(tmp_path):
    """The copy would be run instead of it, and what a user has edited there would be lost without a word."""
    path = written(tmp_path, "infra/platform.yaml")
    (path.parent / "__main__.py").write_text("edited = True\n")
    with pytest.raises(RequestError, match=r"infra/__main__\.py is there already"):
        eject(tmp_path, "project")
    assert programs.program("project", programs.ejected(path)) == path.parent


def test_eject_refuses_a_layer_that_the_platform_s_own_repository_runs(tmp_path):
    path = written(tmp_path, "infra/platform.yaml")
    path.write_text(path.read_text() + "mode: shared\n")
    with pytest.raises(RequestError, match="run by the platform's own repository"):
        eject(tmp_path, "network")
    assert not programs.ejected(path).exists()


def test_what_is_ejected_into_an_ml_repository_passes_its_lint(tmp_path):
    path = written(tmp_path, "infra/platform.yaml")
    for name in ("ruff.toml", "infra/ruff.toml"):
        shutil.copy(assets.template("tabular") / name, tmp_path / name)
    for layer in layers.LAYERS:
        eject(tmp_path, layer)
    for words in (["check"], ["format", "--check"]):
        called = [sys.executable, "-m", "ruff", *words, path.parent]
        found = subprocess.run(called, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout


def test_the_project_layer_is_the_repository_s_own_program_where_it_has_one(tmp_path):
    path = written(tmp_path, "infra/platform.yaml")
    assert programs.program("project", programs.ejected(path)) == programs.shipped("project")
    (path.parent / "__main__.py").touch()
    assert programs.program("project", programs.ejected(path)) == path.parent


def repository(folder, auth="none"):
    (folder / "modelyard.yaml").write_text(
        "name: late\ntask: binary\ndata: {source: a.csv, target: y}\nevaluation: {metric: auc}\n"
        f"serving: {{auth: {auth}}}\n"
    )


def platform_of(folder, **changes):
    said = {key: value for key, value in SMALLEST.items() if key != "repositories"} | changes
    path = folder / "infra/platform.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(said))
    return path


def test_a_platform_inside_a_repository_serves_that_repository_as_it_says(tmp_path):
    repository(tmp_path, "token")
    found = load(platform_of(tmp_path))
    assert found.projects == ("late",)
    assert {each.service.auth for each in found.environments.values()} == {"token"}


def test_a_platform_that_contradicts_its_repository_is_refused(tmp_path):
    repository(tmp_path, "token")
    path = platform_of(tmp_path, environments={"dev": {"service": {"auth": "jwt"}}})
    with pytest.raises(RequestError, match=r"service\.auth is 'jwt', but serving\.auth of modelyard\.yaml is 'token'"):
        load(path)


def test_a_platform_of_its_own_takes_nothing_from_a_repository_beside_it(tmp_path):
    repository(tmp_path, "token")
    assert load(written(tmp_path)).environments["dev"].service.auth == "none"
