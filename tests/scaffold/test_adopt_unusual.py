"""What `adopt` meets in repositories of others: repositories inside, names in another case, a branch of its name."""

import pytest

from modelyard.errors import RequestError

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("tracked", [True, False], ids=["submodule", "nobody's"])
def test_a_repository_inside_gets_no_files_of_this_one(repository, take, git, tmp_path, tracked):
    inner = (tmp_path / "library") if tracked else (repository / "src")
    git(tmp_path, "init", "--quiet", str(inner))
    git(inner, "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "-qm", "One", "--allow-empty")
    if tracked:
        git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "src")
        git(repository, "commit", "-qm", "Library")
    with pytest.raises(RequestError, match="src is a repository of its own") as caught:
        take(repository)
    assert caught.value.code == "in_the_way"
    assert [path.name for path in (repository / "src").iterdir()] == [".git"]


def test_a_name_in_another_case_is_there(repository, take, git):
    """Both of them could not be checked out where names are told apart without their case."""
    (repository / "Makefile").rename(repository / "makefile")
    (repository / "readme.md").write_text("mine\n")
    result = take(repository)
    assert {"Makefile", "README.md"} <= set(result.kept)
    assert "Makefile" not in {path.name for path in repository.iterdir()}
    assert "uv run modelyard run" in result.next


def test_a_branch_of_that_name_stays_reachable(repository, take, git):
    git(repository, "switch", "--quiet", "-c", "modelyard-template")
    git(repository, "commit", "-qm", "Of somebody", "--allow-empty")
    git(repository, "switch", "--quiet", "main")
    before = git(repository, "rev-parse", "modelyard-template")
    take(repository)
    assert git(repository, "rev-parse", "modelyard-template") != before
    git(repository, "merge-base", "--is-ancestor", before, "modelyard-template")


def test_nobody_stands_on_the_branch_that_moves(repository, take, git):
    git(repository, "switch", "--quiet", "-c", "modelyard-template")
    with pytest.raises(RequestError) as caught:
        take(repository)
    assert caught.value.code == "template_branch"
    assert git(repository, "status", "--porcelain") == ""
