"""ci.yml of a generated repository, executed: a good change passes, and each kind of bad one fails where it is."""

from pathlib import Path

import events
import orders
import polars as pl
import pytest
from acting import Actor, commit, git

pytestmark = pytest.mark.slow

MARK = "<!-- modelyard:ci -->"

KEY = "AKIA" + "IOSFODNN7" + "QWERTY2"  # in two parts, so that no scanner takes this file for a leak


@pytest.fixture
def pull(github):
    """Return the number of a pull request of the repository itself."""
    return github.repository.pull()["number"]


def test_a_project_passes_its_own_ci_with_no_edit_and_says_so_in_one_comment(act: Actor, project, github, pull) -> None:
    github.repository.comment(pull, "someone's own words")
    before = github.repository.comment(pull, f"{MARK}\nwhat the run before said", user="github-actions[bot]")
    done = act(project, "ci", "pull_request", payload=events.pull_request(pull), github_api=github.url)
    assert done.passed, str(done)
    check = done.jobs["check"]
    assert all(step.result == "success" for step in check.steps), str(done)
    assert done.jobs["infra"].step("Plan, policies and price").result == "skipped"
    assert "| test | success |" in check.summary
    assert "✅ `modelyard data check`" in check.summary
    assert "#### Gate: passed" in check.summary
    assert len(github.repository.comments) == 2
    assert "#### Gate: passed" in before["body"]
    assert "the run before" not in before["body"]


def test_every_fault_of_a_change_is_found_in_one_run_and_a_fork_is_not_commented(act: Actor, project, github) -> None:
    number = github.repository.pull(fork="stranger/flights")["number"]
    rows = project / "data" / "flights.parquet"
    spoilt = pl.read_parquet(rows).with_columns(order=pl.lit(None, pl.Int64))
    spoilt.write_parquet(rows)
    (project / "tests" / "test_mine.py").write_text("def test_what_i_promised():\n    assert False\n")
    (project / "settings.py").write_text("import os\n")
    (project / "notes.md").write_text(f"The key is {KEY}\n")
    commit(project)
    event = events.pull_request(number, fork=True)
    done = act(project, "ci", "pull_request", payload=event, github_api=github.url)
    assert done.failed == {"check": ["Lint and types", "Unit tests", "Secrets", "Data contract"]}, str(done)
    check = done.jobs["check"]
    assert "test_what_i_promised" in check.step("Unit tests").output
    assert "notes.md:1" in check.step("Secrets").output
    assert KEY not in done.log
    for words in ("| lint | failure |", "| sample | success |", "test_what_i_promised", "notes.md:1"):
        assert words in check.summary
    assert "❌ `modelyard data check` (exit code 1, contract_violated)" in check.summary
    assert "order" in check.summary
    assert done.jobs["comment"].result == "skipped"
    assert github.repository.comments == {}


def test_a_lock_that_is_out_of_date_stops_at_the_installation(act: Actor, project) -> None:
    named = project / "pyproject.toml"
    named.write_text(named.read_text().replace('"modelyard[serve]', '"tzdata>=2024", "modelyard[serve]'))
    commit(project)
    done = act(project, "ci", "push", payload=events.push(), job="check")
    assert done.failed == {"check": ["Install what is locked"]}, str(done)
    assert done.jobs["check"].step("Unit tests").result == "skipped"
    assert "| install | failure |" in done.jobs["check"].summary


def test_the_price_of_a_change_is_compared_with_main(act: Actor, platform_project: Path) -> None:
    git(platform_project, "switch", "--quiet", "--create", "change")
    named = platform_project / "infra" / "platform.yaml"
    named.write_text(named.read_text().replace("  dev: {}", "  dev:\n    service: {cpu: 2048, memory_mb: 4096}"))
    commit(platform_project)
    event = events.pull_request(base_sha=git(platform_project, "rev-parse", "main"))
    done = act(platform_project, "ci", "pull_request", payload=event, job="infra")
    assert done.passed, str(done)
    infra = done.jobs["infra"]
    assert "✅ `modelyard infra plan --against .main`" in infra.summary
    assert "main" in infra.step("Plan, policies and price").output
    assert [path.name for path in done.artifacts["summary-infra"].iterdir()] == ["infra.md"]


def test_a_platform_that_breaks_a_control_fails_at_the_plan(act: Actor, platform_project: Path) -> None:
    named = platform_project / "infra" / "platform.yaml"
    named.write_text(named.read_text().replace("  prod: {}", "  prod:\n    registry: {backup_days: 1}"))
    commit(platform_project)
    done = act(platform_project, "ci", "push", payload=events.push(), job="infra")
    assert done.failed == {"infra": ["Plan, policies and price"]}, str(done)
    assert "❌ `modelyard infra plan`" in done.jobs["infra"].summary


def test_rows_that_are_drawn_anew_still_have_the_signal() -> None:
    """The table itself: what the other tests rest on."""
    assert orders.table(3, begin=5)["day"].n_unique() == 3
    assert orders.table(3)["order"].to_list() == list(range(3 * orders.PER_DAY))
