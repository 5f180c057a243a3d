"""train.yml of a generated repository, executed without an account: the store is carried from run to run."""

import shutil
from pathlib import Path

import events
import orders
import polars as pl
import pytest
from acting import REPOSITORY, Actor, commit
from at_github import serving_github

pytestmark = pytest.mark.slow

BY_HAND = {"workflow": "train", "event": "workflow_dispatch", "payload": events.by_hand()}
STAGES = ["Data", "Train", "Evaluate", "Gate", "Register"]
WORSE = """

def features(rows: pl.DataFrame) -> pl.DataFrame:
    \"\"\"Forget what matters.\"\"\"
    return rows.with_columns(distance=pl.lit(0.0), weight=pl.lit(0.0))
"""


@pytest.fixture(scope="module")
def first(made, once):
    """Return the first run on main, as the other tests find it at GitHub."""
    source = made("none")

    def run(folder: Path):
        project = Path(shutil.copytree(source, folder / "flights", symlinks=True))
        with serving_github() as github:
            return Actor(folder / "act")(project, **BY_HAND, github_api=github.url)

    return once("first-run", run)


@pytest.fixture
def later(github, first):
    """Return the GitHub that knows the first run."""
    github.keep(first)
    return github


def test_a_project_trains_on_its_committed_data_with_no_edit(first) -> None:
    assert first.passed, str(first)
    laptop = first.jobs["laptop"]
    assert {laptop.step(name).result for name in STAGES} == {"success"}
    assert laptop.step("Assume the loop role").result == "skipped"
    assert {first.jobs[name].result for name in ("dev", "staging", "prod")} == {"skipped"}
    assert "Nothing to restore" in laptop.summary
    assert "#### Gate: passed" in laptop.summary
    assert "version 1 is registered" in laptop.summary
    assert {path.name for path in first.artifacts["report"].iterdir()} == {"local.html", "local-model-card.md"}
    assert "flights, version 1" in (first.artifacts["report"] / "local-model-card.md").read_text()
    assert (first.artifacts["modelyard-store"] / "routing.json").is_file()


def test_a_worse_model_meets_the_champion_of_the_run_before_and_is_stopped_at_the_gate(act, project, later) -> None:
    features = project / "src" / "pipeline" / "features.py"
    features.write_text(features.read_text().partition("\ndef features")[0] + WORSE)
    commit(project, "Forget what matters")
    done = act(project, **BY_HAND, github_api=later.url)
    assert done.failed == {"laptop": ["Gate"]}, str(done)
    laptop = done.jobs["laptop"]
    assert "✅ `modelyard github restore`" in laptop.summary
    assert "#### Gate: failed" in laptop.summary
    assert "champion version 1" in laptop.summary
    assert "exit code 1, gate_failed" in laptop.summary
    assert laptop.step("Register").result == "skipped"
    assert "report" in done.artifacts
    assert "modelyard-store" not in done.artifacts  # the next run meets the same champion


def test_the_same_again_trains_nothing_and_a_store_that_cannot_be_kept_fails_the_run(act, project, later) -> None:
    done = act(project, **BY_HAND, github_api=later.url, failing=["upload-artifact:modelyard-store"])
    assert done.failed == {"laptop": ["Keep the store for the next run"]}, str(done)
    assert "train     cached" in done.jobs["laptop"].step("Register").output
    assert "The store could not be kept" in done.jobs["laptop"].summary


def test_a_bad_row_stops_at_the_data(act, project, later) -> None:
    rows = project / "data" / "flights.parquet"
    pl.read_parquet(rows).with_columns(order=pl.lit(None, pl.Int64)).write_parquet(rows)
    commit(project)
    done = act(project, **BY_HAND, github_api=later.url)
    assert done.failed["laptop"][0] == "Data", str(done)
    assert "❌ `modelyard run data --env local`" in done.jobs["laptop"].summary
    assert done.jobs["laptop"].step("Train").result == "skipped"


def test_data_that_is_not_in_the_repository_and_no_account_is_refused_in_the_summary(act, project, github) -> None:
    (project / "data" / "flights.parquet").unlink()
    named = project / "modelyard.yaml"
    named.write_text(named.read_text().replace("source: data/flights.parquet", "source: ../large/orders.parquet"))
    commit(project)
    done = act(project, **BY_HAND, github_api=github.url)
    assert done.failed["laptop"][0] == "Data", str(done)
    assert "../large/orders.parquet" in done.jobs["laptop"].summary
    assert "next: " in done.jobs["laptop"].summary


def test_newer_rows_are_retrained_on_when_somebody_asks_and_never_twice(act: Actor, project, later) -> None:
    table = pl.concat([orders.table(), orders.table(30, begin=120)])
    kept = pl.read_parquet(project / "data" / "flights.parquet").schema
    table.select(pl.col(name).cast(kind) for name, kind in kept.items()).write_parquet(
        project / "data" / "flights.parquet"
    )
    commit(project, "April's orders")
    event = events.retraining("local", "2024-04-30/2024-05-29", "new orders")
    done = act(project, "train", "repository_dispatch", payload=event, github_api=later.url)
    assert done.passed, str(done)
    laptop = done.jobs["laptop"]
    assert {laptop.step(name).result for name in STAGES} == {"skipped"}
    assert "Version 2 waits as challenger." in laptop.summary
    later.keep(done)
    again = act(project, "train", "repository_dispatch", payload=event, github_api=later.url)
    assert again.failed == {"laptop": ["Retrain"]}, str(again)
    assert "exit code 1, window_trained" in again.jobs["laptop"].summary
    assert "modelyard-store" not in again.artifacts


@pytest.mark.parametrize("env", ["dev", "moon"])
def test_an_environment_that_nobody_has_configured_is_refused_by_name(act: Actor, project, later, env) -> None:
    event = events.retraining(env, "", "drift")
    done = act(project, "train", "repository_dispatch", payload=event, github_api=later.url)
    assert done.failed["laptop"][0] == "Retrain", str(done)
    assert f"Environment '{env}' is not in" in done.jobs["laptop"].summary
    assert REPOSITORY.split("/")[0] not in done.jobs["laptop"].summary.partition("next:")[2]
