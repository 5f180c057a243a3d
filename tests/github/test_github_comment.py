"""One comment per marker: made, changed in place, left out for forks and for tokens that may only read."""

import json

import pytest
from github_answers import failure
from github_api import Token


@pytest.fixture
def pull(it):
    return it.pull()["number"]


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "summary.md"
    made.write_text("# All well\n")
    return made


@pytest.fixture
def event(tmp_path, monkeypatch):
    """The event of a pull request, as a step finds it; `fork` names where the pull request comes from."""

    def write(number, fork=None, **more):
        payload = {
            "number": number,
            "pull_request": {
                "number": number,
                "head": {"repo": {"full_name": fork or "me/it"}},
                "base": {"repo": {"full_name": "me/it"}},
            },
        } | more
        path = tmp_path / "event.json"
        path.write_text(json.dumps(payload))
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))

    return write


def bodies(it):
    return [each["body"] for each in it.comments.values()]


def test_the_first_comment_is_made_and_carries_its_mark(github, it, modelyard, file, pull):
    done = modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull, "--json")
    assert done.code == 0, done.stderr
    assert done.json["change"] == "create"
    assert done.json["url"].startswith("https://github.com/me/it/issues/1#issuecomment-")
    assert bodies(it) == ["<!-- modelyard:ci -->\n# All well"]


def test_the_second_time_the_comment_is_changed_in_place(github, it, modelyard, file, pull):
    modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull)
    file.write_text("# One row is bad\n")
    done = modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull, "--json")
    assert done.json["change"] == "update"
    assert bodies(it) == ["<!-- modelyard:ci -->\n# One row is bad"]


def test_the_same_text_writes_nothing(github, modelyard, file, pull):
    modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull)
    before = len(github.writes)
    assert modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull, "--json").json["change"] == "none"
    assert len(github.writes) == before


def test_each_marker_has_a_comment_of_its_own(github, it, modelyard, file, pull):
    for marker in ("ci", "plan", "ci"):
        modelyard("comment", "--file", file, "--marker", marker, "--pull", pull)
    assert len(it.comments) == 2


def test_ours_is_found_behind_hundreds_of_others(github, it, modelyard, file, pull):
    for number in range(120):
        it.comment(pull, f"talk {number}")
    it.comment(pull, "<!-- modelyard:ci -->\nold")
    assert modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull, "--json").json["change"] == "update"
    assert len(it.comments) == 121


def test_a_comment_that_only_quotes_the_mark_is_left_alone(github, it, modelyard, file, pull):
    it.comment(pull, "look: <!-- modelyard:ci -->")
    assert modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull, "--json").json["change"] == "create"


def test_the_pull_request_is_that_of_the_event(github, it, modelyard, file, pull, event):
    event(pull)
    assert modelyard("comment", "--file", file, "--marker", "ci", "--json").json["pull"] == pull
    assert len(it.comments) == 1


@pytest.mark.parametrize("by_event", [True, False])
def test_a_fork_gets_no_comment_and_no_failure(github, it, modelyard, file, event, by_event):
    number = it.pull(fork="you/it")["number"]
    if by_event:
        event(number, fork="you/it")
    done = modelyard("comment", "--file", file, "--marker", "ci", *([] if by_event else ["--pull", number]))
    assert done.code == 0
    assert "comes from a fork" in done.stdout
    assert github.writes == []


def test_a_fork_that_is_deleted_is_still_a_fork(github, modelyard, file, pull, event):
    event(pull, pull_request={"number": pull, "head": {"repo": None}, "base": {"repo": {"full_name": "me/it"}}})
    assert "fork" in modelyard("comment", "--file", file, "--marker", "ci").stdout
    assert github.asked == []


def test_a_push_has_no_pull_request_to_comment_on(github, modelyard, file, tmp_path):
    (tmp_path / "push.json").write_text('{"ref": "refs/heads/main"}')
    done = modelyard("comment", "--file", file, "--marker", "ci", "--event", tmp_path / "push.json")
    assert done.code == 0
    assert "no pull request" in done.stdout


def test_a_token_that_may_only_read_is_a_note_that_names_the_permission(github, it, modelyard, file, pull):
    github.token(Token("t0ken", "me", kind="actions", may={"issues": "read", "pull_requests": "read"}))
    done = modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull, "--json")
    assert done.code == 0
    assert done.json["change"] == "skipped"
    assert "issues: write" in done.json["reason"]
    assert it.comments == {}


def test_a_comment_that_somebody_deletes_meanwhile_is_made_again(github, it, modelyard, file, pull):
    it.comment(pull, "<!-- modelyard:ci -->\nold")
    github.answer(failure(404, "Not Found"), method="PATCH")
    assert modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull, "--json").json["change"] == "create"


def test_a_text_that_is_too_long_is_cut_with_its_fences_closed(github, it, modelyard, file, pull):
    file.write_text("<details><summary>s</summary>\n\n```diff\n" + "+ a long line of a diff\n" * 4000)
    assert modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull).code == 0
    (body,) = bodies(it)
    assert len(body) <= 65_536
    assert body.rstrip().endswith("_The rest did not fit: the summary of the workflow run has all of it._")
    assert "\n```\n</details>\n" in body


def test_an_empty_file_says_nothing(github, it, modelyard, file, pull):
    file.write_text("\n")
    assert "empty" in modelyard("comment", "--file", file, "--marker", "ci", "--pull", pull).stdout
    assert it.comments == {}


def test_a_pull_request_that_is_not_there_is_an_error(github, modelyard, file):
    done = modelyard("comment", "--file", file, "--marker", "ci", "--pull", 99, "--json")
    assert done.code == 3
    assert "pull request 99 of me/it" in done.json["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--marker", "ci --> <script>"], "bad_marker"),
        (["--repository", "not-a-repository"], "bad_repository"),
        (["--file", "missing.md"], "no_file"),
        (["--event", "missing.json"], "bad_event"),
        ([], "no_pull"),
    ],
)
def test_a_wrong_request_is_named(github, modelyard, file, arguments, code):
    given = {"--file": str(file), "--marker": "ci"} | dict(zip(arguments[::2], arguments[1::2], strict=True))
    done = modelyard("comment", *[part for pair in given.items() for part in pair], "--json")
    assert done.code == 2
    assert done.json["error"]["code"] == code
