"""What `modelyard.yaml` and `platform.yaml` of one ML repository say of the same thing has to agree."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from modelyard.cli import app
from modelyard.errors import RequestError
from modelyard.github.yaml_edit import edited
from modelyard.infra.plan import run as running
from modelyard.infra.plan.monitor import Recorder
from modelyard.infra.plan.place import Place
from modelyard.infra.platform import Platform, layers, load, parse, ready
from modelyard.infra.platform.check import warnings
from modelyard.infra.platform.places import Mismatch, mismatches, store, tracking, unsaid
from modelyard.infra.platform.settle import settle

ACCOUNT = "123456789012"
STORE = f"s3://acme-dev-store-{ACCOUNT}/churn"


def modelyard_yaml(**changes: Any) -> dict[str, Any]:
    return {
        "name": "churn",
        "task": "binary",
        "data": {"source": "data/churn.parquet", "target": "churned"},
        "evaluation": {"metric": "roc_auc"},
        "environments": {"local": {"store": ".modelyard"}, "dev": {"store": STORE}},
        **changes,
    }


def platform_yaml(**changes: Any) -> dict[str, Any]:
    whole = {"name": "acme", "account": ACCOUNT, "region": "eu-west-1", "environments": {"dev": {}}, **changes}
    return {key: value for key, value in whole.items() if value is not None}


def written(folder: Path, project: dict[str, Any], platform: dict[str, Any]) -> Path:
    (folder / "infra").mkdir()
    (folder / "modelyard.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
    path = folder / "infra/platform.yaml"
    path.write_text(yaml.safe_dump(platform), encoding="utf-8")
    return path


def github(repository: str | None = "acme/Churn-Model", owner_id: int = 0, repository_id: int = 0) -> dict[str, Any]:
    return {"repository": repository, "owner_id": owner_id, "repository_id": repository_id}


# --- what is taken from modelyard.yaml


def test_the_repository_and_its_numbers_need_to_be_said_once(tmp_path: Path) -> None:
    found = load(written(tmp_path, modelyard_yaml(github=github(owner_id=77, repository_id=88)), platform_yaml()))
    assert (found.github.owner, found.github.owner_id) == ("acme", 77)
    (only,) = found.repositories
    assert (only.name, only.github, only.repository_id) == ("churn", "Churn-Model", 88)


def test_numbers_reach_the_trust_of_the_roles(tmp_path: Path) -> None:
    found = load(written(tmp_path, modelyard_yaml(github=github(owner_id=77, repository_id=88)), platform_yaml()))
    told = layers.stage("account", found, "dev")
    assert (told.github.owner_id, told.repositories[0].repository_id) == (77, 88)


def test_before_the_repository_is_on_github_a_placeholder_owns_it(tmp_path: Path) -> None:
    found = load(written(tmp_path, modelyard_yaml(), platform_yaml()))
    assert found.github.owner == "OWNER"
    assert any("where the repository is on GitHub" in line for line in warnings(found, "dev"))


def test_what_platform_yaml_says_itself_is_filled_up_not_replaced(tmp_path: Path) -> None:
    others = [{"name": "other", "repository_id": 5}, {"name": "churn"}]
    platform = platform_yaml(github={"owner": "Acme"}, repositories=others)
    found = load(written(tmp_path, modelyard_yaml(github=github(owner_id=77, repository_id=88)), platform))
    assert (found.github.owner, found.github.owner_id) == ("Acme", 77)
    assert [(one.name, one.github, one.repository_id) for one in found.repositories] == [
        ("other", "other", 5),
        ("churn", "Churn-Model", 88),
    ]


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ({"github": {"owner": "other"}}, ("github.owner is 'other'", "'acme'")),
        ({"github": {"owner": "acme", "owner_id": 1}}, ("github.owner_id is 1", "github.owner_id", "77")),
        ({"repositories": [{"name": "churn", "repository": "x"}]}, ("repositories.0.repository is 'x'", "Churn-Model")),
        ({"repositories": [{"name": "churn", "repository_id": 3}]}, ("repositories.0.repository_id is 3", "88")),
        ({"environments": {"dev": {"service": {"auth": "token"}}}}, ("service.auth is 'token'", "'none'")),
    ],
)
def test_a_contradiction_is_refused_with_both_values(
    tmp_path: Path, platform: dict[str, Any], expected: tuple[str, ...]
) -> None:
    path = written(tmp_path, modelyard_yaml(github=github(owner_id=77, repository_id=88)), platform_yaml(**platform))
    with pytest.raises(RequestError) as caught:
        load(path)
    assert all(words in caught.value.message for words in expected)
    assert "taken from modelyard.yaml" in caught.value.hint


@pytest.mark.parametrize(
    "platform",
    [{"github": "acme"}, {"github": {"owner": 7}}, {"repositories": "churn"}, {"repositories": ["churn"]}],
)
def test_a_section_of_the_wrong_shape_is_the_models_to_refuse(tmp_path: Path, platform: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="problem"):
        load(written(tmp_path, modelyard_yaml(), platform_yaml(**platform)))


def test_elsewhere_nothing_is_taken(tmp_path: Path) -> None:
    (tmp_path / "modelyard.yaml").write_text("no yaml: [", encoding="utf-8")
    path = tmp_path / "platform.yaml"
    path.write_text(yaml.safe_dump(platform_yaml(github={"owner": "acme"}, kubernetes=False)), encoding="utf-8")
    assert load(path).repositories == ()


# --- where things lie


def test_the_places_of_a_fitting_repository_agree(tmp_path: Path) -> None:
    path = written(tmp_path, modelyard_yaml(), platform_yaml())
    assert mismatches(load(path), path, "dev") == []


def test_another_account_makes_a_mismatch_that_names_both_stores(tmp_path: Path) -> None:
    path = written(tmp_path, modelyard_yaml(), platform_yaml(account="210987654321"))
    assert mismatches(load(path), path, "dev") == [
        Mismatch("modelyard.yaml", "environments.dev.store", STORE, "s3://acme-dev-store-210987654321/churn")
    ]


@pytest.mark.parametrize("changes", [{"name": "other"}, {"environments": {"dev": {"account": "210987654321"}}}])
def test_whatever_moves_the_store_is_noticed(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = written(tmp_path, modelyard_yaml(), platform_yaml(**changes))
    assert [one.key for one in mismatches(load(path), path, "dev")] == ["environments.dev.store"]


def test_the_stack_s_file_has_to_name_the_same_account_and_region(tmp_path: Path) -> None:
    path = written(tmp_path, modelyard_yaml(), platform_yaml())
    config = {"aws:region": "us-east-1", "aws:allowedAccountIds": ["210987654321"]}
    (tmp_path / "infra/Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    found = {(one.file, one.key, one.found, one.wanted) for one in mismatches(load(path), path, "dev")}
    assert found == {
        ("infra/Pulumi.dev.yaml", "config.aws:region", "us-east-1", "eu-west-1"),
        ("infra/Pulumi.dev.yaml", "config.aws:allowedAccountIds", "210987654321", ACCOUNT),
    }


@pytest.mark.parametrize("text", ["", "no yaml: [", "- a list\n", "config: text\n"])
def test_a_stack_s_file_that_says_nothing_contradicts_nothing(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, modelyard_yaml(), platform_yaml())
    (tmp_path / "infra/Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    assert mismatches(load(path), path, "dev") == []


def test_with_a_domain_the_registry_has_a_known_address(tmp_path: Path) -> None:
    domain = {"domain": {"name": "ml.example.com", "zone_id": "Z0123456789"}}
    said = {"local": {}, "dev": {"store": STORE, "tracking": "https://mlflow.example.com"}}
    path = written(tmp_path, modelyard_yaml(environments=said), platform_yaml(environments={"dev": domain}))
    found = load(path)
    assert tracking(found, "dev") == "https://registry.ml.example.com"
    assert [(one.key, one.wanted) for one in mismatches(found, path, "dev")] == [
        ("environments.dev.tracking", "https://registry.ml.example.com")
    ]


@pytest.mark.parametrize(
    ("environments", "expected"),
    [
        ({"local": {}}, "modelyard.yaml has no environments.dev; its store is " + STORE),
        ({"local": {}, "dev": {"store": STORE}}, "`modelyard infra outputs --env dev` says tracking_uri"),
        ({"local": {}, "dev": {"store": STORE, "tracking": "http://a.elb.amazonaws.com"}}, ""),
    ],
)
def test_what_is_not_said_yet_is_a_note(tmp_path: Path, environments: dict[str, Any], expected: str) -> None:
    path = written(tmp_path, modelyard_yaml(environments=environments), platform_yaml())
    notes = unsaid(load(path), path, "dev")
    assert expected in "\n".join(notes)
    assert bool(notes) == bool(expected)


def test_a_platforms_own_repository_has_no_model(tmp_path: Path) -> None:
    own = [{"name": "acme", "service": False}, {"name": "churn"}]
    document = platform_yaml(github={"owner": "acme"}, repositories=own)
    found = parse(document, "platform.yaml")
    assert found.projects == ("churn",)
    assert "project" in layers.names(found, "dev")
    assert [one.name for one in layers.stage("lake", found, "dev").repositories] == ["churn"]
    assert [one.name for one in layers.stage("account", found, "dev").repositories] == ["acme", "churn"]
    alone = parse({**document, "repositories": own[:1]}, "platform.yaml")
    assert "project" not in layers.names(alone, "dev")


def test_what_follows_from_platform_yaml_can_be_written(tmp_path: Path) -> None:
    path = written(tmp_path, {}, platform_yaml(account="210987654321", region="eu-central-1"))
    said = yaml.safe_dump(modelyard_yaml(), sort_keys=False)
    project = tmp_path / "modelyard.yaml"
    project.write_text(f"# mine\n{said}# the end\n".replace(STORE, f"{STORE} # of dev"), encoding="utf-8")
    stack = tmp_path / "infra/Pulumi.dev.yaml"
    text = '# mine\nconfig:\n  aws:region: eu-west-1\n  aws:allowedAccountIds: ["{}"]\n'
    stack.write_text(text.format(ACCOUNT), encoding="utf-8")
    assert len(settle(tmp_path, edited)) == 3
    assert project.read_text(encoding="utf-8") == (
        f"# mine\n{said}# the end\n".replace(STORE, '"s3://acme-dev-store-210987654321/churn" # of dev')
    )
    assert stack.read_text(encoding="utf-8") == text.format("210987654321").replace("eu-west-1", "eu-central-1")
    assert mismatches(load(path), path, "dev") == []
    assert settle(tmp_path, edited) == ()


def test_the_registry_s_address_is_filled_in_where_it_is_known(tmp_path: Path) -> None:
    domain = {"domain": {"name": "ml.example.com", "zone_id": "Z0123456789"}}
    path = written(tmp_path, modelyard_yaml(), platform_yaml(environments={"dev": domain}))
    assert "it is https://registry.ml.example.com" in "\n".join(unsaid(load(path), path, "dev"))
    settle(tmp_path, edited)
    said = yaml.safe_load((tmp_path / "modelyard.yaml").read_text(encoding="utf-8"))["environments"]["dev"]
    assert said == {"store": STORE, "tracking": "https://registry.ml.example.com"}
    assert unsaid(load(path), path, "dev") == []


def test_a_file_that_cannot_be_written_in_place_is_named(tmp_path: Path) -> None:
    written(tmp_path, modelyard_yaml(), platform_yaml())
    stack = tmp_path / "infra/Pulumi.dev.yaml"
    text = "config: &all {aws:region: us-east-1}\nagain: *all\n"
    stack.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=r"Pulumi\.dev\.yaml"):
        settle(tmp_path, edited)
    assert stack.read_text(encoding="utf-8") == text


# --- before anything is made


def called(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["infra", *words, "--env", "dev", "--project", str(folder), "--json"])


@pytest.mark.parametrize("command", [("up", "--yes"), ("bootstrap", "--yes"), ("up",), ("bootstrap",)])
@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"account": "000000000000"}, "`account`"),
        ({"environments": {"dev": {"account": "000000000000"}}}, "`environments.dev.account`"),
    ],
)
def test_nothing_is_made_in_nobodys_account(
    tmp_path: Path, command: tuple[str, ...], changes: dict[str, Any], key: str
) -> None:
    written(tmp_path, modelyard_yaml(), platform_yaml(**changes))
    done = called(tmp_path, *command)
    assert done.exit_code == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "no_account"
    assert key in error["message"]


def test_nothing_is_made_that_the_repository_does_not_use(tmp_path: Path) -> None:
    written(tmp_path, modelyard_yaml(), platform_yaml(account="210987654321"))
    done = called(tmp_path, "up", "--yes")
    assert done.exit_code == 2
    message = json.loads(done.stdout)["error"]["message"]
    assert STORE in message
    assert "s3://acme-dev-store-210987654321/churn" in message


def test_an_account_that_is_somebodys_is_not_refused(tmp_path: Path) -> None:
    ready.refuse_no_account(load(written(tmp_path, modelyard_yaml(), platform_yaml())), "dev")


def test_a_plan_warns_of_nobodys_account() -> None:
    document = platform_yaml(account="000000000000", github={"owner": "acme"}, repositories=[{"name": "churn"}])
    lines = warnings(parse(document, "platform.yaml"), "dev")
    assert any("account is 000000000000" in line for line in lines)


# --- a stack that names its environment only

READ = """\
import pulumi
from modelyard.infra.platform.layers import ProjectLayer
from modelyard.infra.platform.stack import read
settings = read(ProjectLayer)
pulumi.export("seen", [settings.project, settings.account, settings.region, settings.service.cpu])
"""


def seen(folder: Path, stack: str = "churn.dev", **config: str) -> list[Any]:
    (folder / "infra/__main__.py").write_text(READ, encoding="utf-8")
    monitor = Recorder("project", Place(ACCOUNT, "eu-west-1"), {})
    values = {"modelyard-project:env": "dev", **config}
    running.run(folder / "infra", "modelyard-project", stack, values, monitor)
    return monitor.exports["seen"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    written(
        tmp_path, modelyard_yaml(), platform_yaml(environments={"dev": {"service": {"cpu": 2048, "memory_mb": 4096}}})
    )
    monkeypatch.chdir(tmp_path / "infra")
    return tmp_path


def test_a_stack_takes_the_rest_from_platform_yaml(repository: Path) -> None:
    assert seen(repository) == ["churn", ACCOUNT, "eu-west-1", 2048]


def test_a_stack_in_the_same_place_is_taken(repository: Path) -> None:
    places = {"aws:region": "eu-west-1", "aws:allowedAccountIds": json.dumps([ACCOUNT])}
    assert seen(repository, **places)[0] == "churn"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"aws:region": "us-east-1"}, "us-east-1, but platform.yaml says eu-west-1"),
        ({"aws:allowedAccountIds": '["210987654321"]'}, "210987654321"),
        ({"modelyard-project:env": "test"}, "'test' is not in platform.yaml"),
    ],
)
def test_a_stack_in_another_place_is_refused(repository: Path, config: dict[str, str], expected: str) -> None:
    with pytest.raises(RequestError, match=expected):
        seen(repository, **config)


def test_a_stack_of_another_name_would_make_everything_twice(repository: Path) -> None:
    with pytest.raises(RequestError) as caught:
        seen(repository, stack="dev")
    assert "pulumi up --stack churn.dev --config-file Pulumi.dev.yaml" in caught.value.hint


def test_the_store_follows_from_the_platform(tmp_path: Path) -> None:
    found: Platform = load(written(tmp_path, modelyard_yaml(), platform_yaml()))
    assert store(found, "dev", "churn") == STORE
