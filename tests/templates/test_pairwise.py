"""Every pair of answers to `new` meets in some repository, and each of them is clean, complete and readable."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from allpairspy import AllPairs
from rendering import InThisProcess, files, table

from modelyard import config
from modelyard.config import ProjectConfig
from modelyard.infra.platform import load
from modelyard.infra.platform.places import mismatches
from modelyard.scaffold import new as making
from modelyard.scaffold import new_platform as making_platforms
from modelyard.scaffold import vendor
from modelyard.scaffold.new import NewRequest
from modelyard.scaffold.profile import Overrides

pytestmark = pytest.mark.slow

TOOLS = Path(sys.executable).parent
TARGETS = {"binary": "returned", "multiclass": "grade", "regression": "price"}
ANSWERS: dict[str, list[Any]] = {
    "task": list(TARGETS),
    "estimator": ["auto", "linear", "forest", "boosting", "xgboost", "lightgbm"],
    "platform": ["none", "own", "shared"],
    "github": [None, "acme/Orders.Model"],
    "region": [None, "eu-central-1"],
    "account": [None, "123456789012"],
    "lock": [True, False],
    "git": [True, False],
    "id": [None, "order"],
    "time": [None, "ordered at"],
    "group": [None, "shop"],
    "personal": [(), ("e-mail",)],
    "explicit": [True, False],
}
OF_A_PLATFORM: dict[str, list[Any]] = {name: ANSWERS[name] for name in ("github", "region", "account", "lock", "git")}
JINJA = re.compile(r"(?<!\$)\{\{|\{%|\{#")


@dataclass(frozen=True)
class Case:
    """One repository and the answers it was made from."""

    answers: dict[str, Any]
    path: Path


def sensible(chosen: list[Any]) -> bool:
    """Leave out a region or an account without a platform: `new` refuses that, and says so."""
    answers = dict(zip(ANSWERS, chosen, strict=False))
    return answers.get("platform") != "none" or not (answers.get("region") or answers.get("account"))


def cases() -> Iterator[dict[str, Any]]:
    for chosen in AllPairs(list(ANSWERS.values()), filter_func=sensible):
        yield dict(zip(ANSWERS, chosen, strict=True))


def request(answers: dict[str, Any], directory: Path, source: str) -> NewRequest:
    overrides = Overrides(
        target=TARGETS[answers["task"]],
        task=answers["task"] if answers["explicit"] else "auto",
        estimator=answers["estimator"],
        keep_personal=answers["personal"],
        **{name: answers[name] for name in ("id", "time", "group")},
    )
    names = ("platform", "github", "region", "account", "lock", "git")
    return NewRequest(directory, source, overrides, **{name: answers[name] for name in names})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Case]]:
    """Every case rendered; locking is left to a stand-in for uv, and the wheel is built once."""
    folder = tmp_path_factory.mktemp("pairs")
    source, wheel = str(table(folder)), vendor.build(folder / "wheel").read_bytes()
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for module in (making, making_platforms):
            patch.setattr(module, "lock", lambda project: (project / "uv.lock").write_text("version = 1\n") and "")
        patch.setattr(vendor, "build", lambda place: _written(place, wheel))
        for number, answers in enumerate(cases()):
            asked = request(answers, folder / f"case-{number}", source)
            found.append(Case(answers, Path(making.new(asked, renderer=InThisProcess()).path)))
        for number, chosen in enumerate(AllPairs(list(OF_A_PLATFORM.values()))):
            answers = dict(zip(OF_A_PLATFORM, chosen, strict=True))
            asked = NewRequest(folder / f"platform-{number}", template="platform", **answers)
            path = Path(making_platforms.new_platform(asked, renderer=InThisProcess()).path)
            found.append(Case(answers | {"platform": "template"}, path))
        yield found


def _written(place: Path, wheel: bytes) -> Path:
    place.mkdir()
    (place / f"modelyard-{vendor.installed_version()}-py3-none-any.whl").write_bytes(wheel)
    return next(place.iterdir())


def texts(case: Case) -> Iterator[tuple[str, str]]:
    for name in files(case.path):
        if not name.endswith((".parquet", "WHEEL")):
            yield name, (case.path / name).read_text(encoding="utf-8")


def test_every_pair_that_makes_sense_is_there() -> None:
    chosen = [tuple(answers.values()) for answers in cases()]
    names = list(ANSWERS)
    for one in range(len(names)):
        for other in range(one + 1, len(names)):
            wanted = {(a, b) for a in ANSWERS[names[one]] for b in ANSWERS[names[other]]}
            lost = wanted - {(each[one], each[other]) for each in chosen}
            assert not {pair for pair in lost if "none" not in pair}, (names[one], names[other])


def test_no_jinja_is_left_over(made: list[Case]) -> None:
    for case in made:
        for name, text in texts(case):
            assert not JINJA.search(text), (case.answers, name)


def test_every_python_file_is_clean_and_formatted(made: list[Case]) -> None:
    folder = made[0].path.parent
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [TOOLS / "ruff", *command, "--no-cache", "."], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_yaml_file_parses(made: list[Case]) -> None:
    for case in made:
        found = [(name, text) for name, text in texts(case) if name.endswith((".yml", ".yaml"))]
        assert len(found) >= 5
        for name, text in found:
            assert isinstance(yaml.safe_load(text), dict), (case.answers, name)


def test_every_text_ends_with_one_line_end(made: list[Case]) -> None:
    for case in made:
        for name, text in texts(case):
            assert text.endswith("\n"), (case.answers, name)
            assert not text.endswith("\n\n"), (case.answers, name)
            assert "\n\n\n" not in text or name.endswith((".py", ".lock")), (case.answers, name)


def test_every_configuration_loads_and_says_what_was_answered(made: list[Case]) -> None:
    for case in made:
        if case.answers["platform"] == "template":
            continue
        found = config.load(case.path).config
        assert found.task == case.answers["task"]
        assert found.github.repository == case.answers["github"]
        assert (found.data.id, found.data.time, found.data.group) == expected_roles(case, found)
        local = {"local"} if case.answers["platform"] == "none" else {"local", "dev", "staging", "prod"}
        assert set(found.environments) == local


def expected_roles(case: Case, found: ProjectConfig) -> tuple[str | None, ...]:
    """What was named is used; what was not may be found by itself."""
    said = {name: case.answers[name] for name in ("id", "time", "group")}
    return tuple(said[name] or getattr(found.data, name) for name in said)


def test_every_platform_loads_and_its_places_agree(made: list[Case]) -> None:
    for case in made:
        if case.answers["platform"] == "none":
            assert not (case.path / "infra").exists()
            continue
        template = case.answers["platform"] == "template"
        path = case.path / ("platform.yaml" if template else "infra/platform.yaml")
        platform = load(path)
        assert platform.mode == ("own" if template else case.answers["platform"])
        assert platform.account == (case.answers["account"] or "000000000000")
        assert platform.region == (case.answers["region"] or "us-east-1")
        assert platform.github.owner == ("acme" if case.answers["github"] else "OWNER")
        assert platform.repositories[0].github == ("Orders.Model" if case.answers["github"] else case.path.name)
        assert not [wrong for env in platform.environments for wrong in mismatches(platform, path, env)]


def test_what_was_not_asked_for_is_not_there(made: list[Case]) -> None:
    for case in made:
        assert (case.path / ".git").is_dir() == case.answers["git"]
        assert (case.path / "uv.lock").is_file() == case.answers["lock"]
        if case.answers.get("personal") == ():
            assert all("someone1@example.com" not in text for _, text in texts(case))


def test_the_answers_are_recorded(made: list[Case]) -> None:
    for case in made:
        recorded = yaml.safe_load((case.path / ".copier-answers.yml").read_text(encoding="utf-8"))
        template = "platform" if case.answers["platform"] == "template" else "tabular"
        assert recorded["_src_path"] == f"modelyard:{template}"
        if template == "tabular":
            assert recorded["platform"] == case.answers["platform"]
            assert ("account" in recorded) == (case.answers["platform"] != "none")


def test_a_region_or_an_account_without_a_platform_is_refused(tmp_path: Path) -> None:
    plain = NewRequest(tmp_path / "x", "x.csv", git=False, lock=False)
    for wrong in ({"region": "eu-west-1"}, {"account": "123456789012"}):
        with pytest.raises(making.RequestError, match="with --platform none there is none"):
            making.new(replace(plain, **wrong), renderer=InThisProcess())
