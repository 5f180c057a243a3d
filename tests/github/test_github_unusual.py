"""What GitHub does now and then: short pages, rules for tags, managed accounts, a storage that breaks off."""

import socket
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from github_answers import Answer
from setup_project import CONFIG, action, changes, made

from modelyard.errors import OutsideError
from modelyard.github import archive, place
from modelyard.infra.engine.results import Outcome

ROLE = "arn:aws:iam::123456789012:role/churn"


@pytest.fixture
def setup(github, modelyard, tmp_path, monkeypatch):
    root = made(tmp_path / "churn", platform=True)
    outputs = {"account": {"role_arns": {"churn": {"prod": {"loop": ROLE, "watch": ROLE}}}}}
    monkeypatch.setattr("modelyard.infra.engine.outputs", lambda *_, **__: Outcome(layers=(), outputs=outputs))
    return lambda *more: modelyard("setup", "--project", root, "--json", *more)


def test_variables_are_found_behind_a_hundred_others_which_come_by_thirty(setup, it, github):
    it.variables |= {f"A_{number}": "of somebody" for number in range(100)}
    assert setup("--yes").code == 0
    assert it.variables["MODELYARD_LOOP_ROLE_PROD"] == ROLE
    writes = len(github.writes)
    again = setup("--yes")
    assert changes(again.json) == {}
    assert len(github.writes) == writes
    it.variables["MODELYARD_LOOP_ROLE_PROD"] = "old"
    assert changes(setup("--dry-run").json) == {("variable", "MODELYARD_LOOP_ROLE_PROD"): "update"}


def test_a_tag_of_that_name_is_no_branch(setup, it):
    setup("--yes")
    policies = it.environments["prod"]["policies"]
    for policy in policies.values():
        policy["type"] = "tag"
    done = setup("--yes")
    assert action(done.json, "branch rule", "prod: only main")["detail"] == "removes tag main"
    assert [(policy["name"], policy["type"]) for policy in policies.values()] == [("main", "branch")]


def test_a_private_repository_of_a_team_has_environments_that_only_main_may_use(setup, it, github):
    """Such an account refuses every body that names reviewers or a timer, even where it asks for none."""
    it.private, github.accounts["me"].plan = True, "team"
    done = setup("--yes")
    assert done.code == 0, done.stdout
    policies = {env: [each["name"] for each in found["policies"].values()] for env, found in it.environments.items()}
    assert policies == {"dev": ["main"], "staging": ["main"], "prod": ["main"]}
    lacking = {(each["kind"], each["name"]) for each in done.json["actions"] if each["change"] == "unavailable"}
    assert lacking == {("reviewers", "prod"), ("private vulnerability reporting", "me/it")}


def test_a_private_repository_of_a_free_account_has_no_environments_and_the_rest_is_done(setup, it):
    it.private = True
    done = setup("--yes")
    assert done.code == 0, done.stdout
    assert it.environments == {}
    found = action(done.json, "environment", "prod")
    assert (found["change"], "no environments" in found["detail"]) == ("unavailable", True)
    assert it.variables["MODELYARD_LOOP_ROLE_PROD"] == ROLE
    assert it.labels


ODD = {
    "nothing": Answer(200, b""),
    "null": Answer(200, b"null"),
    "a list": Answer(200, ["a"]),
    "a page to log in": Answer(200, b"<html>", {"content-type": "text/html"}),
    "a document of something else": Answer(200, {"id": 1, "full_name": "me/it"}),
    "cut off": Answer(200, b'{"id": 1, '),
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_what_is_no_answer_of_github_is_said(setup, github, answer):
    github.answer(answer, path="^/repos/me/it$", times=9)
    error = setup("--dry-run").json["error"]
    assert (error["code"], "not GitHub's API" in error["message"]) == ("unreachable", True)


@pytest.mark.parametrize("path", ["/labels$", "/rulesets$", "/actions/variables$"])
@pytest.mark.parametrize("odd", [{}, None, ["text"]], ids=str)
def test_a_list_that_is_none_is_said(setup, github, path, odd):
    github.answer(Answer(200, odd), path=path, times=9)
    assert setup("--dry-run").json["error"]["code"] == "unreachable"


@pytest.mark.parametrize("base", ["https://127.0.0.1", "http://ghe.example.com/api/v3", ""])
def test_an_address_that_redirects_elsewhere_is_said(setup, github, base):
    where = f"{base or github.url}/repos/me/it"
    github.answer(Answer(301, {}, {"location": where}), path="^/repos/me/it$", times=9)
    error = setup("--dry-run").json["error"]
    assert (error["code"], "redirects" in error["message"]) == ("unreachable", True)
    assert "GITHUB_API_URL" in error["hint"]


def test_an_event_without_a_form_is_of_nobody(modelyard, github, it, tmp_path):
    (tmp_path / "text.md").write_text("Hello")
    (tmp_path / "event.json").write_text('{"pull_request": {"number": 1, "head": 5, "base": "x"}}')
    said = ("--file", tmp_path / "text.md", "--marker", "ci", "--event", tmp_path / "event.json")
    done = modelyard("comment", *said, "--json")
    assert (done.code, done.json["change"]) == (0, "skipped")


@pytest.mark.parametrize("name", ["ada_acme/churn", "a/b", "acme/.github", f"{'a' * 39}/x"])
def test_names_that_github_gives_are_understood(name):
    assert place.named(name) == name


def test_an_alias_of_ssh_is_told_from_no_remote(modelyard, github, tmp_path):
    import subprocess

    root = made(tmp_path / "churn", config=CONFIG.replace("repository: me/it", "repository: null"))
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    assert "has no remote" in modelyard("setup", "--project", root, "--json").json["error"]["message"]
    subprocess.run(["git", "remote", "add", "origin", "git@work:me/it.git"], cwd=root, check=True)
    message = modelyard("setup", "--project", root, "--json").json["error"]["message"]
    assert "names no host of GitHub" in message


@contextmanager
def storage(reply):
    """Answer one request with `reply`, and break off."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/zip?sig=s3cret"
        thread.join()


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"nonsense\r\n\r\n",
        HEAD + b"content-length: 10\r\n\r\n123",
        HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n12",
        HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "no HTTP", "too short", "a broken chunk", "no chunk"],
)
def test_a_storage_that_breaks_off_is_said_without_its_signature(tmp_path, reply):
    with storage(reply) as url:
        connection = SimpleNamespace(
            location=lambda *_: url, credentials=SimpleNamespace(api_url="http://api.example.com")
        )
        with pytest.raises(OutsideError) as caught:
            archive.fetch(connection, "/zip", "fetch it", None, tmp_path / "zip")
    assert caught.value.code == "no_artifact"
    assert "s3cret" not in caught.value.message + caught.value.hint


def test_what_the_environment_sets_for_git_stays(tmp_path, monkeypatch):
    import subprocess

    from modelyard.github.credentials import Credentials
    from modelyard.github.gitwork import Git

    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    remote = ["git", "remote", "add", "origin", "https://github.example.com/me/it.git"]
    subprocess.run(remote, cwd=tmp_path, check=True)
    for name, value in {"COUNT": "1", "KEY_0": "modelyard.test", "VALUE_0": "kept"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    found = Git(tmp_path, Credentials("https://api.github.com", "t0ken"))
    assert found.said("config", "--get-regexp", "^modelyard", remote=True) == "modelyard.test kept"
    assert "extraheader" in found.said("config", "--get-regexp", "^http", remote=True)
