"""MODELYARD_SUMMARY: what a workflow's run says of each command."""

import json

import pytest
import typer
from typer.testing import CliRunner

from modelyard.cli import _output
from modelyard.cli._boundary import Boundary
from modelyard.cli._options import version_option
from modelyard.errors import OutcomeError, RequestError
from modelyard.evaluation.results import GateResult, HeldOut, Rule
from modelyard.record import Record

runner = CliRunner()
URL = "postgresql://reader:swordfish@db.example.com/rows"


class Found(Record):
    rows: int = 3
    gate: GateResult | None = None


def world(action):
    app = typer.Typer(cls=Boundary, rich_markup_mode=None)
    app.callback()(version_option)

    @app.command()
    def go(data: str = "", as_json: bool = typer.Option(False, "--json"), token: str = ""):
        action(as_json)

    @app.command()
    def other():
        pass

    return app


def shows(text, found=None):
    return world(lambda as_json: _output.show(found or Found(), lambda _: text, as_json=as_json))


def fails(text, error):
    return world(lambda as_json: _output.show_failed(Found(), lambda _: text, error, as_json=as_json))


def raises(error):
    def action(_):
        raise error

    return world(action)


@pytest.fixture
def summary(tmp_path, monkeypatch):
    path = tmp_path / "summary.md"
    monkeypatch.setenv("MODELYARD_SUMMARY", str(path))
    return path


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_result_is_appended_under_the_command_that_found_it(summary, options):
    assert runner.invoke(shows("3 rows"), ["go", *options]).exit_code == 0
    words = " ".join(["modelyard", "go", *options])
    assert summary.read_text() == f"### ✅ `{words}`\n\n```text\n3 rows\n```\n\n"


def test_each_command_adds_its_section(summary):
    runner.invoke(shows("first"), ["go"])
    runner.invoke(shows("second"), ["go"])
    assert summary.read_text().index("first") < summary.read_text().index("second")
    assert summary.read_text().count("### ✅") == 2


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_result_that_was_not_asked_for_says_why_and_what_next(summary, options):
    error = OutcomeError("Column age breaks a rule.", "Mend the data.", code="contract_violated")
    assert runner.invoke(fails("age: 3 rows", error), ["go", *options]).exit_code == 1
    told = summary.read_text()
    assert told.startswith("### ❌ `modelyard go")
    assert "(exit code 1, contract_violated)" in told
    assert "Column age breaks a rule.\nnext: Mend the data." in told
    assert "age: 3 rows" in told
    assert told.count("Column age") == 1


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RequestError("bad value 7", "use 8"), "bad value 7\nnext: use 8"),
        (KeyboardInterrupt(), "Interrupted."),
        (ZeroDivisionError("division"), "modelyard failed unexpectedly: ZeroDivisionError"),
    ],
)
def test_an_error_without_a_result_is_told(summary, error, says):
    assert runner.invoke(raises(error), ["go"]).exit_code != 0
    assert "### ❌ `modelyard go`" in summary.read_text()
    assert says in summary.read_text()


def test_a_command_that_does_not_exist_is_told(summary):
    assert runner.invoke(shows("x"), ["gone"]).exit_code == 2
    assert "No such command 'gone'" in summary.read_text()


def test_without_the_variable_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("MODELYARD_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path)
    assert runner.invoke(shows("3 rows"), ["go"]).exit_code == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize(
    ("app", "code"),
    [
        (shows("3 rows"), 0),
        (fails("3 rows", OutcomeError("no")), 1),
        (raises(RequestError("bad")), 2),
    ],
)
def test_a_summary_that_cannot_be_written_changes_nothing_else(tmp_path, monkeypatch, app, code, options):
    without = runner.invoke(app, ["go", *options])
    monkeypatch.setenv("MODELYARD_SUMMARY", str(tmp_path / "absent" / "summary.md"))
    done = runner.invoke(app, ["go", *options])
    assert done.exit_code == code == without.exit_code
    assert done.stdout == without.stdout
    assert "note: no summary" in done.stderr


def test_words_that_cannot_be_laid_out_change_nothing_else(summary):
    def text(_):
        raise ValueError("a bug")

    app = world(lambda _: _output.show(Found(), text, as_json=True))
    done = runner.invoke(app, ["go", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"rows": 3, "gate": None}
    assert "note: no summary" in done.stderr


def test_secrets_reach_no_summary(summary, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_0123456789")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("SHORT_KEY", "id")
    app = fails("with ghp_0123456789", OutcomeError(f"wJalrXUtnFEMI at {URL}", "a hint with ghp_0123456789"))
    runner.invoke(app, ["go", "--data", URL, "--token", "hunter2-typed", "--json"])
    told = summary.read_text()
    for secret in ("ghp_0123456789", "wJalrXUtnFEMI", "swordfish", "hunter2-typed"):
        assert secret not in told
    assert "postgresql://db.example.com/rows" in told
    assert "hint" in told  # a short value blackens no word


def test_a_secret_given_with_an_equals_sign_is_left_out(summary):
    runner.invoke(shows("x"), ["go", "--token=hunter2-typed"])
    assert "modelyard go --token=***" in summary.read_text()


def test_the_words_of_data_are_no_markdown(summary):
    runner.invoke(shows("```\n# @everyone <b>"), ["go", "--data", "a`b\n# c"])
    told = summary.read_text()
    assert "````text\n```\n# @everyone <b>\n````" in told
    assert told.splitlines()[0] == "### ✅ `modelyard go --data a'b # c`"


def test_a_long_result_is_folded_and_a_huge_one_cut(summary):
    runner.invoke(shows("\n".join(f"row {i}" for i in range(40))), ["go"])
    assert "<details>" in summary.read_text()
    assert "row 39" in summary.read_text()
    summary.unlink()
    runner.invoke(shows("x" * 200_000), ["go"])
    assert "(200,000 characters in all)" in summary.read_text()
    assert len(summary.read_text()) < 40_000
    assert summary.read_text().rstrip().endswith("```")


def test_of_a_long_result_the_first_paragraph_stays_in_the_open(summary):
    runner.invoke(shows("prod  100 USD\n\n" + "\n".join(f"row {i}" for i in range(40))), ["go"])
    before, _, folded = summary.read_text().partition("<details>")
    assert "prod  100 USD" in before
    assert "row 39" not in before
    assert "row 39" in folded


def test_a_gate_shows_its_own_table(summary):
    rule = Rule(
        name="beats_champion", verdict="fail", value=-0.1, threshold=0.0, interval=(-0.2, -0.05), reason="worse"
    )
    held_out = HeldOut(rows=300, blocks=30, unit="day", sha256="0" * 64)
    gate = GateResult(
        verdict="failed", rules=[rule], champion="1", generation=4, held_out=held_out, resolves="A loss of 0.01."
    )
    runner.invoke(shows("words", Found(gate=gate)), ["go"])
    told = summary.read_text()
    assert "#### Gate: failed" in told
    assert "| beats_champion | fail |" in told
    assert "| rule | verdict |" in told
