"""Tokens, permissions and addresses: what is missing is named, and no secret is shown."""

import sys
from pathlib import Path

import pytest
from github_answers import Answer, failure
from github_api import Token
from setup_project import made


@pytest.fixture
def project(tmp_path):
    return made(tmp_path / "churn", platform=True)


@pytest.fixture
def setup(github, modelyard, project):
    return lambda *more: modelyard("setup", "--project", project, "--json", *more)


def test_no_token_says_where_to_put_one(setup, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("PATH", "/nowhere")
    done = setup("--dry-run")
    assert done.code == 2
    assert done.json["error"]["code"] == "no_token"
    assert "GITHUB_TOKEN" in done.json["error"]["hint"]


def test_the_second_name_of_the_token_works_too(setup, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GH_TOKEN", " t0ken\n")
    assert setup("--dry-run").code == 0


def test_the_token_of_gh_is_used_where_there_is_no_other(setup, monkeypatch, tmp_path):
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text('#!/bin/sh\n[ "$1 $2 $3 $4" = "auth token --hostname 127.0.0.1" ] && echo t0ken\n')
    gh.chmod(0o755)
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("PATH", f"{gh.parent}:{Path(sys.executable).parent}:/usr/bin:/bin")
    assert setup("--dry-run").code == 0
    gh.write_text("#!/bin/sh\nexit 1\n")
    assert setup("--dry-run").json["error"]["code"] == "no_token"


def test_an_expired_token_is_said_and_not_shown(setup, github):
    del github.tokens["t0ken"]
    done = setup("--dry-run")
    assert done.code == 3
    assert done.json["error"]["code"] == "bad_token"
    assert "t0ken" not in done.stdout + done.stderr


def test_a_token_with_a_line_break_inside_is_refused_without_showing_it(setup, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "s3c\nret")
    done = setup("--dry-run")
    assert done.code == 2
    assert "s3c" not in done.stdout + done.stderr


@pytest.mark.parametrize("more", [[], ["-v"]])
def test_a_token_that_is_echoed_is_masked(setup, github, more):
    github.answer(failure(422, "What is t0ken?"), method="PUT")
    done = setup("--yes", *more)
    assert done.code == 3
    assert "What is ***?" in done.json["error"]["message"]
    assert "t0ken" not in done.stdout + done.stderr


def test_an_answer_without_the_token_is_kept_for_the_traceback(github):
    from modelyard.github.connection import connect
    from modelyard.github.failures import RefusedError

    github.answer(failure(422, "Not so."))
    with pytest.raises(RefusedError) as plain:
        connect().get("/user", "look", "nothing")
    assert "Not so." in str(plain.value.__cause__)
    github.answer(failure(422, "Not t0ken."))
    with pytest.raises(RefusedError) as echoed:
        connect().get("/user", "look", "nothing")
    assert echoed.value.__cause__ is None


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ("administration", "administration: "),
        ("issues", "issues: "),
        ("actions", "actions: "),
        ("actions_variables", "actions_variables: "),
    ],
)
def test_a_missing_permission_is_named_as_github_names_it(setup, github, lacks, said):
    names = ("metadata", "administration", "issues", "actions", "actions_variables", "contents")
    github.token(Token("t0ken", "me", may={name: "write" for name in names if name != lacks}))
    done = setup("--yes")
    assert done.code == 3
    assert done.json["error"]["code"] == "not_permitted"
    assert said in done.json["error"]["hint"]
    assert github.writes == []  # it shows while looking


def test_a_classic_token_without_its_scope_is_told_the_scope(setup, github):
    github.token(Token("t0ken", "me", kind="classic", may={"metadata": "read"}, scopes=("read:org",)))
    assert "scope `repo`" in setup("--yes").json["error"]["hint"]


def test_single_sign_on_is_told_with_its_address(setup, github):
    where = "https://github.com/orgs/acme/sso?authorization_request=A"
    github.answer(failure(403, "Resource protected", headers={"x-github-sso": f"required; url={where}"}))
    done = setup("--dry-run")
    assert done.json["error"]["code"] == "sso_required"
    assert where in done.json["error"]["hint"]


def test_no_network_is_said_with_the_host(setup, monkeypatch):
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    done = setup("--dry-run")
    assert done.code == 3
    assert done.json["error"]["code"] == "unreachable"
    assert "127.0.0.1:9" in done.json["error"]["message"]


def test_something_else_that_answers_is_no_github(setup, github):
    html = Answer(200, b"<html>a proxy asks you to log in</html>", {"content-type": "text/html"})
    github.answer(html, times=99)
    done = setup("--dry-run")
    assert done.code == 3
    assert "not GitHub's API" in done.json["error"]["message"]


@pytest.mark.parametrize("url", ["ftp://x", "api.github.com", "http://"])
def test_an_address_that_is_none_is_named(setup, monkeypatch, url):
    monkeypatch.setenv("GITHUB_API_URL", url)
    done = setup("--dry-run")
    assert done.code == 2
    assert done.json["error"]["code"] == "bad_api_url"


def test_an_address_below_a_path_works_as_on_a_server_of_ones_own(monkeypatch, modelyard, project, github):
    """GitHub Enterprise Server has its API under /api/v3."""
    github.prefix = "/api/v3"
    monkeypatch.setenv("GITHUB_API_URL", f"{github.url}/api/v3")
    assert modelyard("setup", "--project", project, "--dry-run", "--json").code == 0
