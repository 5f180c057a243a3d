"""monitor.yml and train.yml of a repository with a platform, executed as in dev: from drift to a registered model."""

import sys
from datetime import datetime, time
from pathlib import Path

import events
import orders
import polars as pl
import pytest
import yaml
from acting import Actor, commit

sys.path.insert(0, str(Path(__file__).parents[1] / "monitoring"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]  # the first of them makes and locks the project

ROLE, WATCHES = (f"arn:aws:iam::111122223333:role/flights-dev-{what}" for what in ("loop", "watch"))
CONFIGURED = {
    "MODELYARD_LOOP_ROLE_DEV": ROLE,
    "MODELYARD_WATCH_ROLE_DEV": WATCHES,
    "MODELYARD_REGION_DEV": "eu-west-1",
}


@pytest.fixture
def in_dev(platform_project: Path, tmp_path: Path) -> Path:
    """Return a project whose store of dev is a folder that outlives the runners."""
    named = platform_project / "modelyard.yaml"
    config = yaml.safe_load(named.read_text())
    config["environments"]["dev"] = {
        "store": str(tmp_path / "store"),
        "tracking": f"sqlite:///{tmp_path / 'store' / 'mlflow.db'}",
    }
    config["monitoring"] = {"retrain": {"min_labels": 200}}
    named.write_text(yaml.safe_dump(config, sort_keys=False))
    commit(platform_project, "Where dev is")
    (tmp_path / "store").mkdir()
    return platform_project


def serve(project: Path, *, moved: float) -> None:
    """Capture five weeks of answers of the champion, and what came true; distances lie `moved` farther."""
    import answered

    from modelyard import config, feedback
    from modelyard.data.store import Store
    from modelyard.feedback import FeedbackRequest
    from modelyard.routing import document

    found = config.load(project, "dev")
    store = Store.open(found.environment.store, project)
    champion = document.read(store).champion
    assert champion is not None
    table = orders.table(35, begin=120).with_columns(pl.col("distance") + moved)
    captured = answered.rows(
        table.drop("late"),
        [0.5] * table.height,
        champion.sha256,
        version=champion.version,
        times=[datetime.combine(day, time()) for day in table["day"]],
        entities=[str(number) for number in table["order"]],
    )
    answered.store(store, captured)
    labels = project.parent / "labels.parquet"
    pl.DataFrame({"request_id": captured["request_id"], "row": captured["row"], "late": table["late"]}).write_parquet(
        labels
    )
    assert feedback.add(found, FeedbackRequest(labels=str(labels))).matched == table.height


@pytest.mark.timeout(900)  # five runs
def test_drift_becomes_an_issue_and_an_event_that_ends_in_a_registered_model(act: Actor, in_dev: Path, github) -> None:
    runs = {"variables": CONFIGURED, "github_api": github.url}
    trained = act(in_dev, "train", "workflow_dispatch", payload=events.by_hand(), **runs)
    assert trained.passed, str(trained)
    assert trained.jobs["laptop"].result == "skipped"
    assert trained.jobs["dev"].step("Bring the store").result == "skipped"
    assert "modelyard-store" not in trained.artifacts
    [assumed] = [call for call in trained.calls if call.action == "configure-aws-credentials"]
    assert assumed.inputs == {"role-to-assume": ROLE, "aws-region": "eu-west-1"}

    serve(in_dev, moved=60.0)
    watched = act(in_dev, "monitor", "schedule", payload=events.scheduled(), **runs)
    assert watched.failed == {"dev": ["Drift, performance, service"]}, str(watched)
    assert {watched.jobs[name].result for name in ("elsewhere", "prod")} == {"skipped"}
    [assumed] = [call for call in watched.calls if call.action == "configure-aws-credentials"]
    assert assumed.inputs == {"role-to-assume": WATCHES, "aws-region": "eu-west-1"}
    summary = watched.jobs["dev"].summary
    assert "exit code 1, drift" in summary
    assert "distance" in summary
    assert "report-dev" in watched.artifacts
    drift = [each for each in github.repository.issues.values() if "distance" in each["title"]]
    assert len(drift) == 1
    [event] = github.repository.dispatches
    assert event["event_type"] == "modelyard-retrain"
    assert event["client_payload"]["env"] == "dev"

    issues = len(github.repository.issues)
    again = act(in_dev, "monitor", "schedule", payload=events.scheduled(), **runs)
    assert again.failed == {"dev": ["Drift, performance, service"]}
    assert len(github.repository.issues) == issues  # the same trouble is no second issue ...
    assert len(github.repository.dispatches) == 1  # ... and no second event

    asked = {"action": event["event_type"], "client_payload": event["client_payload"]}
    done = act(in_dev, "train", "repository_dispatch", payload=asked, **runs)
    assert done.passed, str(done)
    assert "Version 2 waits as challenger." in done.jobs["dev"].summary
    refused = act(in_dev, "train", "repository_dispatch", payload=asked, **runs)
    assert refused.failed == {"dev": ["Retrain"]}
    assert "exit code 1, window_trained" in refused.jobs["dev"].summary


def test_nobody_is_asked_by_a_workflow_where_the_alarm_of_the_platform_does_that(in_dev: Path) -> None:
    from modelyard import config
    from modelyard.cli.monitor import _platform_asks

    assert not _platform_asks(config.load(in_dev, "dev"))
    named = in_dev / "infra" / "platform.yaml"
    secret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:github-AbCdEf"
    asks = f"  dev:\n    monitoring: {{github_token_secret: '{secret}'}}"
    named.write_text(named.read_text().replace("  dev: {}", asks))
    assert _platform_asks(config.load(in_dev, "dev"))
    assert not _platform_asks(config.load(in_dev, "local"))


def test_elsewhere_than_on_main_nothing_is_looked_at_and_the_run_says_why(act: Actor, in_dev: Path, github) -> None:
    by_hand = events.by_hand("other")
    done = act(in_dev, "monitor", "workflow_dispatch", payload=by_hand, variables=CONFIGURED, github_api=github.url)
    assert done.failed == {"elsewhere": ["Say what to do"]}, str(done)
    assert done.jobs["dev"].result == "skipped"
    assert "this is refs/heads/other. Run it on main." in done.jobs["elsewhere"].summary
    assert not done.calls


def test_an_environment_without_a_role_is_not_looked_at(act: Actor, in_dev: Path, github) -> None:
    done = act(in_dev, "monitor", "schedule", payload=events.scheduled(), github_api=github.url)
    assert {job.result for job in done.jobs.values()} == {"skipped"}
