"""An update of the template becomes one branch and one pull request, or one issue; people's own commits stay."""

import json
import subprocess

import pytest
from github_api import Token

BRANCH = "modelyard/update"


def git(folder, *arguments):
    options = ["-c", "user.name=modelyard", "-c", "user.email=modelyard@localhost", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *options, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder, name, text, message="Update the template", **who):
    (folder / name).write_text(text)
    git(folder, "add", "--all")
    author = [f"-c{key.replace('_', '.')}={value}" for key, value in who.items()]
    git(folder, *[part for each in author for part in (each[:2], each[2:])], "commit", "--quiet", "-m", message)


@pytest.fixture
def there(tmp_path, it):
    """The bare repository that is GitHub's git here."""
    bare = tmp_path / "there.git"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    it.git = bare
    return bare


@pytest.fixture
def root(tmp_path, there):
    """A clone with main on both sides, and the update's branch only here."""
    folder = tmp_path / "churn"
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", str(there))
    commit(folder, "README.md", "one\n", "First")
    git(folder, "push", "--quiet", "origin", "main")
    again(folder)
    return folder


def again(folder, text="newer\n"):
    """Make the branch anew from main, as `modelyard update --branch` does."""
    git(folder, "switch", "--quiet", "--force-create", BRANCH, "main")
    commit(folder, "Makefile", text)
    git(folder, "switch", "--quiet", "main")


@pytest.fixture
def update(tmp_path):
    def write(**more):
        told = {"from": "1.0.0", "to": "1.2.0", "changed": ["Makefile"], "conflicts": [], "branch": BRANCH}
        path = tmp_path / "update.json"
        path.write_text(json.dumps(told | more))
        return path

    return write


@pytest.fixture
def propose(github, modelyard, root, update):
    def run(*more, **told):
        return modelyard("propose", "--project", root, "--update", update(**told), "--json", *more)

    return run


def tip(folder, branch=BRANCH):
    return git(folder, "rev-parse", f"refs/heads/{branch}")


CONFLICTS = [{"path": "ruff.toml", "diff": "-line-length = 100\n+line-length = 120\n```\nstill the diff"}]


def test_the_branch_is_pushed_and_a_pull_request_opened(propose, it, root, there):
    done = propose()
    assert done.code == 0, done.stdout
    assert (done.json["change"], done.json["pushed"], done.json["number"]) == ("create", True, 1)
    assert tip(there) == tip(root)
    pull = it.issues[1]
    assert pull["title"] == "Update the template from 1.0.0 to 1.2.0"
    assert (pull["head"]["ref"], pull["base"]["ref"]) == (BRANCH, "main")
    assert "- `Makefile`" in pull["body"]


def test_conflicts_are_shown_and_nothing_inside_ends_their_block(propose, it):
    assert propose(conflicts=CONFLICTS).code == 0
    body = it.issues[1]["body"]
    assert "1 file to look at" in body
    assert "<summary>ruff.toml</summary>" in body
    assert "````diff\n-line-length = 100" in body


def test_again_there_is_still_one_pull_request(propose, it, github):
    propose()
    before = len(github.writes)
    done = propose()
    assert (done.json["change"], done.json["pushed"]) == ("none", False)
    assert len(github.writes) == before


def test_a_newer_update_changes_branch_and_description(propose, it, root, there):
    propose()
    again(root, "newest\n")
    done = propose(to="1.3.0", changed=["Makefile", "Dockerfile"])
    assert (done.json["change"], done.json["pushed"]) == ("update", True)
    assert list(it.issues) == [1]
    assert "1.3.0" in it.issues[1]["title"]
    assert tip(there) == tip(root)


def test_the_same_update_made_again_is_not_pushed_again(propose, root, there):
    propose()
    first = tip(there)
    git(root, "switch", "--quiet", BRANCH)
    git(root, "commit", "--quiet", "--amend", "--no-edit", "--date", "2001-01-01T00:00:00Z")
    git(root, "switch", "--quiet", "main")
    assert tip(root) != first
    assert propose().json["pushed"] is False
    assert tip(there) == first


def test_commits_of_people_on_the_branch_are_never_lost(propose, it, root, there, tmp_path):
    propose()
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", "--branch", BRANCH, str(there), str(other))
    commit(other, "ruff.toml", "solved\n", "Solve the conflict", user_email="ann@example.com", user_name="Ann")
    git(other, "push", "--quiet", "origin", BRANCH)
    kept = tip(there)
    again(root, "newest\n")
    done = propose(to="1.3.0")
    assert done.code == 0, done.stdout
    assert done.json["pushed"] is False
    assert "People have committed" in done.json["reason"]
    assert tip(there) == kept
    assert "> [!NOTE]" in it.issues[1]["body"]


def test_a_closed_pull_request_is_not_reopened_but_a_new_one_made(propose, it):
    propose()
    it.issues[1]["state"] = "closed"
    assert propose().json["number"] == 2


def test_no_change_proposes_nothing(propose, github):
    done = propose(changed=[], to="1.0.0", branch=None)
    assert done.code == 0
    assert done.json["change"] == "skipped"
    assert github.writes == []


def test_without_an_app_one_issue_tells_the_commands(propose, it, there):
    done = propose("--issue", conflicts=CONFLICTS)
    assert (done.json["kind"], done.json["change"]) == ("issue", "create")
    assert "uv run modelyard update --to 1.2.0" in it.issues[1]["body"]
    assert it.issues[1]["labels"] == ["modelyard-update"]
    assert propose("--issue", conflicts=CONFLICTS).json["change"] == "none"
    assert propose("--issue", to="1.3.0").json["change"] == "update"
    assert list(it.issues) == [1]
    assert git(there, "branch", "--list", BRANCH) == ""


def test_the_issue_is_closed_when_nothing_waits_any_more(propose, it):
    propose("--issue")
    done = propose("--issue", changed=[])
    assert done.json["change"] == "close"
    assert it.issues[1]["state"] == "closed"
    assert propose("--issue", changed=[]).json["change"] == "skipped"


def test_somebodys_issue_with_the_same_label_is_left_alone(propose, it):
    it.issue(title="My own", labels=["modelyard-update"], body="mine")
    propose("--issue")
    assert it.issues[1]["title"] == "My own"
    assert len(it.issues) == 2


def test_an_update_of_thousands_of_lines_still_fits(propose, it):
    conflicts = [{"path": f"file{n}", "diff": "+ changed\n" * 300} for n in range(60)]
    assert propose(conflicts=conflicts, changed=[f"src/{n}.py" for n in range(3000)]).code == 0
    body = it.issues[1]["body"]
    assert len(body) <= 65_536
    assert body.count("<details>") == body.count("</details>")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not json", "Cannot read the update"),
        ("[]", "holds no update"),
        ('{"from": "1"}', "to: Field required"),
        ('{"error": {"code": "x", "message": "The tree is dirty."}}', "The tree is dirty."),
    ],
)
def test_a_file_that_is_no_update_is_named(github, modelyard, root, tmp_path, content, said):
    (tmp_path / "wrong.json").write_text(content)
    done = modelyard("propose", "--project", root, "--update", tmp_path / "wrong.json", "--json")
    assert done.code == 2
    assert said in done.json["error"]["message"]


def test_a_branch_that_is_not_here_is_named(propose):
    done = propose(branch="modelyard/other")
    assert done.code == 2
    assert "modelyard/other" in done.json["error"]["message"]


def test_an_update_without_a_branch_is_refused(propose):
    done = propose(branch=None)
    assert done.code == 2
    assert done.json["error"]["code"] == "no_branch"


def test_a_remote_that_refuses_is_told_in_its_words_without_the_token(propose, there, it):
    hook = there / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\necho 'refusing to allow t0ken to create workflow x without `workflows` permission'; exit 1\n"
    )
    hook.chmod(0o755)
    done = propose()
    assert done.code == 3
    assert "Workflows: write" in done.json["error"]["hint"]
    assert "t0ken" not in done.stdout + done.stderr
    assert it.issues == {}


def test_a_token_without_pull_requests_says_so_and_the_next_run_goes_on(github, propose, it, there, root):
    full = github.tokens["t0ken"]
    github.token(Token("t0ken", "me", may={"contents": "write", "pull_requests": "read"}))
    done = propose()
    assert done.code == 3
    assert "pull_requests: write" in done.json["error"]["hint"]
    assert tip(there) == tip(root)
    github.token(full)
    assert propose().json["change"] == "create"


def test_the_token_reaches_git_through_the_environment_only(tmp_path, monkeypatch):
    from modelyard.github.credentials import Credentials
    from modelyard.github.gitwork import Git

    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "https://github.com/me/it.git")
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(
        '#!/bin/sh\nif [ "$3" = ls-remote ]; then echo "$@" > args; env > env; exit 0; fi\nexec /usr/bin/git "$@"\n'
    )
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:/usr/bin:/bin")
    Git(tmp_path, Credentials("https://api.github.com", "s3cret")).there("x")
    assert "AUTHORIZATION: basic" in (tmp_path / "env").read_text()
    assert "http.https://github.com/.extraheader" in (tmp_path / "env").read_text()
    assert "s3cret" not in (tmp_path / "args").read_text()
