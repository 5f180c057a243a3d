"""What is made for the pages: drawings from workflow files, references from the program."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from _made import commands, configuration, expand, layers, layout, metrics, schedule, variables
from _made.card import start
from _made.drawing import NARROW, WIDE, svg
from _made.workflow import read

_FOLDER = Path(__file__).parents[2] / "templates" / "tabular" / ".github" / "workflows"
_FILES = sorted(_FOLDER.glob("*.yml"))
_SMALL = """
name: small
on:
  pull_request:
  push: {branches: [main]}
  schedule: [{cron: "23 4 * * 1"}]
  workflow_dispatch: {inputs: {version: {type: string}}}
  repository_dispatch: {types: [retrain]}
jobs:
  first:
    name: First
    runs-on: ubuntu-24.04
    env: {ENVIRONMENT: dev, HIDDEN: "${{ vars.X }}"}
    steps:
      - uses: actions/checkout@0123456789 # v1
      - {name: Judge, run: 'uv run --locked --no-group train --group infra modelyard gate --env "$ENVIRONMENT" | tee x'}
      - {name: Ask, run: 'answer="$(uv run --locked modelyard models show "$HIDDEN" --json)"'}
      - {name: Say, run: "printf 'make it so'"}
      - {name: Undo, if: "${{ failure() }}", run: modelyard release rollback}
  second:
    needs: first
    permissions: {id-token: write}
    if: ${{ vars.READY }}
    environment: prod
    runs-on: ${{ vars.MODELYARD_RUNNER_PROD || 'ubuntu-24.04' }}
    steps: [{uses: aws-actions/configure-aws-credentials@1}, {name: Lint, run: make lint}]
  third:
    needs: [first, second]
    runs-on: ubuntu-24.04
    steps: [{run: make test}]
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.yml"
    path.write_text(_SMALL)
    return read(path)


@pytest.mark.slow
def test_the_layers_in_the_readme_are_those_of_the_plan():
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert layers.mermaid() in readme


@pytest.mark.slow
def test_the_layers_are_drawn_with_what_they_hold():
    drawn = layers.drawn()
    for name in ("account", "network", "lake", "registry", "ci", "cluster", "training", "serving", "monitoring"):
        assert f">{name}</text>" in drawn
    assert "Spend alarm" in drawn
    assert "only if it has Kubernetes" in drawn


@pytest.mark.slow
def test_every_alarm_of_platform_and_service_is_listed_with_its_words():
    listed = layers.alarms()
    for name in (
        "outage",
        "registry-down",
        "database-full",
        "gpu-idle",
        "drift",
        "no-traffic",
        "stale-model",
        "errors",
    ):
        assert f"| {name} | " in listed


def test_every_workflow_of_the_template_is_drawn_on_the_page():
    page = (Path(__file__).parents[2] / "docs" / "workflows.md").read_text()
    assert set(re.findall(r"made: workflow (\w+)", page)) == {path.stem for path in _FILES}


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_a_drawing_shows_every_job_and_every_call_of_modelyard(path):
    workflow, document = read(path), yaml.safe_load(path.read_text())
    assert [job.key for job in workflow.jobs] == list(document["jobs"])
    for job in workflow.jobs:
        steps = document["jobs"][job.key]["steps"]
        assert len(job.steps) == len(steps)
        for shown, step in zip(job.steps, steps, strict=True):
            called = re.findall(r"modelyard (?:[a-z]+ )+", str(step.get("run", "")))
            assert len([c for c in shown.commands if c.startswith("modelyard")]) == len(called), step
    for width, most in ((WIDE, 2), (NARROW, 1)):
        drawn = svg(workflow, layout.plan(workflow, width, most), "wide")
        assert drawn.count('class="job"') == len(workflow.jobs)
        assert "\n\n" not in drawn


def test_what_starts_a_workflow_is_said_in_words(small):
    words = ["pull request", "push to main", "every Monday, 04:23 UTC", "by hand (version)", "event retrain"]
    assert list(small.triggers) == words
    assert [line.text for line in start(small, 300).lines] == ["starts", *words]


def test_a_step_shows_the_command_that_a_person_types(small):
    steps = small.jobs[0].steps
    assert [step.commands for step in steps] == [
        (),
        ("modelyard gate --env dev",),
        ('modelyard models show "$HIDDEN" --json',),
        (),
        ("modelyard release rollback",),
    ]
    assert [step.after_failure for step in steps] == [False, False, False, False, True]


def test_a_job_says_what_it_waits_for(small):
    second = small.jobs[1]
    assert (second.environment, second.condition, second.needs) == ("prod", "vars.READY", ("first",))
    assert (second.inside, second.role) == (True, True)
    assert (small.jobs[0].inside, small.jobs[0].role) == (False, False)


def test_boxes_do_not_touch_and_lines_that_follow_from_others_are_left_out(small):
    for width, most in ((WIDE, 2), (NARROW, 1)):
        plan = layout.plan(small, width, most)
        assert len(plan.lines) == 3  # third needs second, which needs first
        boxes = sorted(plan.boxes, key=lambda box: box.y)
        assert all(above.bottom < below.y for above, below in pairwise(boxes))
        assert all(box.x >= 0 and box.x + box.width <= width for box in boxes)
        assert plan.height >= boxes[-1].bottom


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("5 6 * * *", "every day, 06:05 UTC"),
        ("5 6 * * 1-5", "every working day, 06:05 UTC"),
        ("5 * * * *", "every day, each hour at :05"),
        ("23 */6 * * *", "every 6 hours, at :23"),
        ("23 */6 * * 1", "schedule 23 */6 * * 1"),
        ("5 6 1 * *", "day 1 of every month, 06:05 UTC"),
        ("5 6 1 * 1", "schedule 5 6 1 * 1"),
        ("*/5 * * * *", "schedule */5 * * * *"),
        ("5 6 * 2 *", "schedule 5 6 * 2 *"),
    ],
)
def test_a_schedule_is_said_in_words_or_quoted(cron, words):
    assert schedule.words(cron) == words


def test_the_reference_has_every_command_with_every_option():
    page = commands.page()
    found = dict(commands.commands())
    assert "modelyard run" in found
    assert "modelyard models copy" in found
    for words, command in found.items():
        section = page.split(f"## {words}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.hidden and parameter.name != "help":
                assert all(f"`{name}`" in section for name in parameter.opts), f"{words} {parameter.opts}"


def test_the_reference_has_every_key_with_its_default():
    page = configuration.modelyard()
    assert "| `test` | number, above 0, below 1 | `0.2` | Share of rows that only the gate sees. |" in page
    assert "## monitoring.retrain\n" in page
    assert "## environments.NAME\n" in page
    assert "## environments.NAME.network\n" in configuration.platform()


def test_a_mark_is_replaced_and_an_unknown_one_is_an_error():
    assert expand("a\n<!-- made: configuration -->\nb").startswith("a\n## The file")
    with pytest.raises(KeyError):
        expand("<!-- made: nothing -->")


def test_variables_are_listed_once_with_who_reads_them(tmp_path):
    (tmp_path / "one.yml").write_text("a: ${{ vars.MODELYARD_REGION_DEV }} ${{ vars.MODELYARD_REGION_PROD }}")
    (tmp_path / "two.yml").write_text("a: ${{ vars.MODELYARD_REGION_DEV }} ${{ secrets.MODELYARD_APP_KEY }}")
    table = variables.page(tmp_path)
    assert table.count("MODELYARD_REGION_ENV") == 1
    assert "| `MODELYARD_REGION_ENV` | variable | the region of AWS | one, two |" in table
    assert "| `MODELYARD_APP_KEY` | secret |" in table


def test_a_variable_without_words_is_an_error(tmp_path):
    (tmp_path / "one.yml").write_text("a: ${{ vars.NEW_THING_DEV }}")
    with pytest.raises(ValueError, match="NEW_THING_ENV"):
        variables.page(tmp_path)


def test_every_number_of_the_server_is_listed():
    serving = Path(__file__).parents[2] / "src" / "modelyard" / "serving"
    code = "".join(path.read_text() for path in serving.glob("*.py"))
    counted = set(re.findall(r'"((?:modelyard|process)_[a-z_]+[a-z])"', code))
    assert "modelyard_info" in counted
    assert [name for name in sorted(counted) if f"`{name}`" not in metrics.page()] == []
