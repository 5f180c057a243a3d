"""A retraining that somebody outside asks for: an alarm, a workflow, a person."""

import pytest
import retraining_project as projects
from typer.testing import CliRunner

from modelyard.cli import app
from modelyard.config import load
from modelyard.config.alerts import Issue
from modelyard.errors import RequestError
from modelyard.monitoring.at_github import telling_github
from modelyard.monitoring.retrain import retrain
from modelyard.monitoring.retraining.conditions import unanswered
from modelyard.monitoring.retraining.ledger import Done, Ledger
from modelyard.monitoring.retraining.record import Refused, RetrainResult
from modelyard.monitoring.retraining.request import Asked, end_of

pytestmark = pytest.mark.slow

SPAN = "2024-02-01/2024-02-22"
MOMENT = "2024-03-01T08:00:00.000+0000"


def done(**changes):
    known = {"began": "2024-03-01T10:00:00+00:00", "ended": "2024-03-01T11:00:00+00:00", "begin": "2024-02-01T00:00:00"}
    known |= {"end": "2024-02-20T23:00:00", "snapshot": "s", "outcome": "registered"}
    return Ledger(done=(Done(**{**known, **changes}),))


@pytest.mark.parametrize(
    ("ledger", "window"),
    [
        (done(asked=SPAN), SPAN),  # the same event, delivered twice
        (done(), "2024-02-01/2024-02-20"),  # it had the rows up to there
        (done(outcome="gate_failed"), "2024-02-01T00:00:00Z/2024-02-20T23:00:00Z"),
        (done(), MOMENT),  # it began after the alarm
        (done(began="2024-03-01T08:00:00+00:00"), MOMENT),
    ],
)
def test_a_window_that_a_retraining_has_answered_is_refused(ledger, window):
    with pytest.raises(Refused, match="2024-03-01") as refused:
        unanswered(ledger, window)
    assert refused.value.reason == "window_trained"


@pytest.mark.parametrize(
    ("ledger", "window"),
    [
        (Ledger(), SPAN),
        (done(), SPAN),  # it had no rows of the window's end
        (done(), "2024-03-01T12:00:00Z"),  # an alarm after it
        (done(outcome="contract_violated"), "2024-02-01/2024-02-20"),  # it trained on nothing
        (done(end=""), "2024-02-01/2024-02-20"),
        (done(), ""),
    ],
)
def test_a_window_that_none_has_answered_is_not(ledger, window):
    unanswered(ledger, window)


@pytest.mark.parametrize("window", ["yesterday", "2024-02-01/", "2024-02-01/soon", "/"])
def test_a_window_that_is_none_names_itself(window):
    with pytest.raises(RequestError, match=window):
        Asked.of("drift", window, release=False)


def test_the_end_of_a_window_is_naive_utc():
    assert end_of("2024-02-01/2024-02-22T02:00:00+02:00").isoformat() == "2024-02-22T00:00:00"
    assert end_of(MOMENT).isoformat() == "2024-03-01T08:00:00"


def test_a_refusal_is_a_failure_only_where_somebody_asked():
    refused = RetrainResult(started=False, state="refused", reason="cooldown", says="Too soon.")
    assert refused.failure() is None
    asked = refused.model_copy(update={"asked": True}).failure()
    assert (asked.exit_code, asked.code) == (1, "cooldown")


def test_what_was_asked_for_once_is_refused_the_second_time_and_releases_nothing(tmp_path, blank):
    project = projects.made(tmp_path, blank)
    projects.change(project, release=True, cooldown_h=0)
    project = load(tmp_path)
    projects.serve(project)
    asked = Asked.of("a test", "2024-01-01/2024-02-01", release=False)
    first = retrain(project, ["a test"], as_of=projects.later(), asked=asked)
    assert (first.state, first.version) == ("waiting", 2), first
    second = retrain(project, ["a test"], as_of=projects.later(), asked=asked)
    assert (second.state, second.reason) == ("refused", "window_trained")
    assert second.failure().code == "window_trained"


@pytest.mark.parametrize(
    "options",
    [["--reason", "drift"], ["--retrain", "--window", "2024-02-01/2024-02-22"], ["--retrain", "--no-release"]],
)
def test_options_that_belong_together_are_asked_for_together(options):
    found = CliRunner().invoke(app, ["monitor", *options])
    assert found.exit_code == 2
    assert "--reason" in found.stderr


def test_github_is_told_where_the_workflow_says_so_and_the_configuration_does_not(tmp_path):
    project = projects.projects.make(tmp_path)
    told = telling_github(project, issue=True, dispatch=True).config.monitoring.alerts
    assert told.issue == Issue()
    assert told.dispatch is not None
    assert telling_github(project, issue=False, dispatch=False) == project
    own = projects.projects.edit(tmp_path, monitoring__alerts={"issue": {"label": "mine"}})
    assert telling_github(own, issue=True, dispatch=False).config.monitoring.alerts.issue.label == "mine"
