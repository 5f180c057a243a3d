"""Owner and repository by number, written into the file in place: every comment, quote and line end stays."""

import pytest
import yaml
from github_api import Repository
from setup_project import CONFIG, PLATFORM, made

from modelyard.errors import RequestError
from modelyard.github.yaml_edit import edited

VALUES = {"repository": "me/it", "owner_id": 5, "repository_id": 7}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", "a: 1\ngithub:\n  repository: me/it\n  owner_id: 5\n  repository_id: 7\n"),
        ("a: 1", "a: 1\ngithub:\n  repository: me/it\n  owner_id: 5\n  repository_id: 7\n"),
        ("", "github:\n  repository: me/it\n  owner_id: 5\n  repository_id: 7\n"),
        ("a: 1\r\n", "a: 1\r\ngithub:\r\n  repository: me/it\r\n  owner_id: 5\r\n  repository_id: 7\r\n"),
        (
            "github:  # here\n    owner_id: 0   # mine\n\n# end\nb: 2\n",
            "github:  # here\n    owner_id: 5   # mine\n    repository: me/it\n    repository_id: 7\n\n# end\nb: 2\n",
        ),
        ("github: {owner_id: 0}  # x\n", "github: {owner_id: 5, repository: me/it, repository_id: 7}  # x\n"),
        ("github: {}\nb: 2\n", "github: {repository: me/it, owner_id: 5, repository_id: 7}\nb: 2\n"),
        ("github:\nb: 2\n", "github:\n  repository: me/it\n  owner_id: 5\n  repository_id: 7\nb: 2\n"),
        ("github: null\nb: 2\n", "github: {repository: me/it, owner_id: 5, repository_id: 7}\nb: 2\n"),
        (
            "github:\n  repository: null  # none yet\n  owner_id:\n  repository_id: 1_0\n",
            "github:\n  repository: me/it  # none yet\n  owner_id: 5\n  repository_id: 7\n",
        ),
        (
            "github:\n  repository: 'other/it'\n  # numbers\n  owner_id: 5\n  repository_id: 7\n",
            "github:\n  repository: me/it\n  # numbers\n  owner_id: 5\n  repository_id: 7\n",
        ),
    ],
)
def test_only_the_values_change(before, after):
    assert edited(before, ("github",), VALUES, "file") == after
    assert edited(after, ("github",), VALUES, "file") == after


@pytest.mark.parametrize(
    "text",
    ["github: [1]\n", "github: text\n", "a: &x {}\ngithub: *x\n", "--- \na: 1\n...\n"],
    ids=["list", "text", "alias", "two documents"],
)
def test_what_cannot_be_edited_in_place_is_said_with_the_values(text):
    with pytest.raises(RequestError) as error:
        edited(text, ("github",), VALUES, "modelyard.yaml")
    assert "github.owner_id: 5" in error.value.hint


def test_a_name_that_yaml_would_read_as_something_else_is_quoted():
    assert yaml.safe_load(edited("", ("github",), {"repository": "me/1e3"}, "f"))["github"]["repository"] == "me/1e3"
    assert edited("", ("s",), {"a": "yes", "b": "0x1", "c": "a: b"}, "f") == 's:\n  a: "yes"\n  b: "0x1"\n  c: "a: b"\n'


def test_the_numbers_are_written_and_everything_else_stays(github, modelyard, it, tmp_path):
    root = made(tmp_path / "churn")
    (root / "modelyard.yaml").chmod(0o640)
    assert modelyard("setup", "--project", root, "--yes").code == 0
    owner = github.accounts["me"].id
    wanted = CONFIG.replace("owner_id: 0", f"owner_id: {owner}").replace("repository_id: 0", f"repository_id: {it.id}")
    assert (root / "modelyard.yaml").read_text() == wanted
    assert (root / "modelyard.yaml").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("spelled", ["ME/It", "me/IT"])
def test_the_name_is_written_as_github_spells_it(github, modelyard, tmp_path, spelled):
    root = made(tmp_path / "churn", config=CONFIG.replace("me/it", spelled))
    assert modelyard("setup", "--project", root, "--yes").code == 0
    assert "  repository: me/it  # ours\n" in (root / "modelyard.yaml").read_text()


@pytest.mark.parametrize("key", ["owner_id", "repository_id"])
def test_another_repository_of_the_same_name_is_refused(github, modelyard, tmp_path, key):
    root = made(tmp_path / "churn", config=CONFIG.replace(f"{key}: 0", f"{key}: 4"))
    done = modelyard("setup", "--project", root, "--yes", "--json")
    assert done.code == 2
    assert done.json["error"]["code"] == "another_repository"
    assert "is 4" in done.json["error"]["message"]
    assert github.writes == []


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:me/it.git",
        "https://github.com/me/it",
        "https://x-access-token:s3cret@github.com/me/it.git",
        "ssh://git@github.com/me/it.git",
        "ssh://git@ssh.github.com:443/me/it.git",
    ],
)
def test_the_repository_is_where_git_points(github, modelyard, it, tmp_path, url):
    import subprocess

    root = made(tmp_path / "churn", config=CONFIG.replace("repository: me/it", "repository: null"))
    for command in (["init", "--quiet"], ["remote", "add", "origin", url]):
        subprocess.run(["git", *command], cwd=root, check=True)
    done = modelyard("setup", "--project", root, "--yes", "--json")
    assert done.code == 0, done.stdout
    assert done.json["repository"] == "me/it"
    assert done.json["next"] == ["git commit --message 'Know the repository by number' modelyard.yaml"]
    assert "s3cret" not in done.stdout + done.stderr


def test_a_platforms_repository_knows_the_numbers_of_all_its_repositories(github, modelyard, it, tmp_path):
    text = PLATFORM.replace("mode: own\n", "") + (
        "github:\n  owner: me\n  owner_id: 0  # ids\nrepositories:\n  - name: acme\n    repository: it\n"
        "    repository_id: 0\n    service: false  # this one\n  - name: churn  # a model\n  - {name: absent}\n"
    )
    (tmp_path / "platform.yaml").write_text(text)
    other = github.add(Repository("me", "churn"))
    done = modelyard("setup", "--project", tmp_path, "--yes", "--json")
    assert done.code == 0, done.stdout
    written = (tmp_path / "platform.yaml").read_text()
    assert f"owner_id: {github.accounts['me'].id}  # ids" in written
    assert f"repository_id: {it.id}\n    service: false  # this one" in written
    assert f"- name: churn  # a model\n    repository_id: {other.id}\n" in written
    waiting = [a["name"] for a in done.json["actions"] if (a["kind"], a["change"]) == ("numbers", "later")]
    assert waiting == ["me/absent"]
    assert sorted(it.environments) == ["dev", "prod", "staging"]


def test_the_section_is_made_where_the_file_has_none(github, modelyard, it, tmp_path):
    root = made(tmp_path / "churn", config=CONFIG.split("\n# Where")[0] + "\n")
    assert modelyard("setup", "--project", root, "--repository", "me/it", "--yes").code == 0
    assert (
        (root / "modelyard.yaml")
        .read_text()
        .endswith(f"github:\n  repository: me/it\n  owner_id: {github.accounts['me'].id}\n  repository_id: {it.id}\n")
    )
