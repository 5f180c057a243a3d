"""The harness itself: what it says of a run is what happened, and it forgives nothing that GitHub would not."""

import subprocess
from pathlib import Path

import events
import pytest
from acting import Actor, commit, git

pytestmark = pytest.mark.slow

HEAD = "permissions: {}\non:\n  push:\n  repository_dispatch:\n    types: [modelyard-retrain]\n"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"


@pytest.fixture
def workflow(tmp_path):
    """Return a function that makes a repository with one workflow of these jobs."""

    def make(jobs: str) -> Path:
        project = tmp_path / "project"
        (project / ".github" / "workflows").mkdir(parents=True)
        (project / ".github" / "workflows" / "one.yml").write_text(f"{HEAD}jobs:\n{jobs}")
        (project / "kept.txt").write_text("kept\n")
        git(project, "init", "--quiet", "--initial-branch", "main")
        commit(project)
        (project / "loose.txt").write_text("never committed\n")
        return project

    return make


JOBS = f"""
  first:
    runs-on: ubuntu-24.04
    outputs:
      word: ${{{{ steps.say.outputs.word }}}}
    steps:
      - uses: {CHECKOUT}
      - id: say
        name: Say
        env:
          PAYLOAD: ${{{{ github.event.client_payload.env }}}}
        run: |
          ls
          echo "for $PAYLOAD in $GITHUB_REPOSITORY with ${{{{ vars.COLOUR }}}}"
          echo "word=hello" >> "$GITHUB_OUTPUT"
          echo "## Said" >> "$GITHUB_STEP_SUMMARY"
          mkdir out && echo content > out/file.txt && echo hidden > out/.hidden
      - uses: {UPLOAD}
        with:
          name: words
          path: out
      - name: Never
        if: ${{{{ false }}}}
        run: exit 1
  second:
    needs: first
    runs-on: ubuntu-24.04
    steps:
      - uses: {DOWNLOAD}
        with:
          name: words
          path: got
      - name: Fails
        env:
          WORD: ${{{{ needs.first.outputs.word }}}}
        run: |
          cat got/file.txt
          echo "heard $WORD from ${{{{ secrets.KEY }}}}"
          exit 3
      - name: After
        run: echo unreachable
      - name: Last
        if: ${{{{ always() }}}}
        run: echo "at the end" >> "$GITHUB_STEP_SUMMARY"
  third:
    needs: second
    runs-on: ubuntu-24.04
    steps:
      - run: echo never
"""


def test_a_run_is_told_as_it_happened(act: Actor, workflow) -> None:
    event = events.retraining("dev", "2026-01-01/2026-01-31", "drift")
    done = act(
        workflow(JOBS),
        "one",
        "repository_dispatch",
        payload=event,
        variables={"COLOUR": "blue"},
        secrets={"KEY": "s3cret"},
    )
    assert not done.passed
    assert {name: job.result for name, job in done.jobs.items()} == {
        "first": "success",
        "second": "failure",
        "third": "skipped",
    }
    assert done.failed == {"second": ["Fails"]}
    assert [step.result for step in done.jobs["second"].steps] == ["success", "failure", "skipped", "success"]
    said = done.jobs["first"].step("Say").output
    assert "for dev in acme/flights with blue" in said
    assert "kept.txt" in said
    assert "loose.txt" not in said
    heard = done.jobs["second"].step("Fails").output
    assert "content" in heard
    assert "heard hello from ***" in heard
    assert done.jobs["first"].summary == "## Said\n"
    assert done.jobs["second"].summary == "at the end\n"
    assert done.jobs["first"].step("Never").result == "skipped"
    assert [path.name for path in done.artifacts["words"].rglob("*")] == ["file.txt"]
    assert [(call.action, call.job) for call in done.calls] == [
        ("checkout", "first"),
        ("upload-artifact", "first"),
        ("download-artifact", "second"),
    ]


def test_a_job_sees_no_more_than_a_fresh_runner(act: Actor, workflow, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of this machine")
    jobs = """
  look:
    runs-on: ubuntu-24.04
    steps:
      - name: Look
        run: |
          ls -A
          echo "keys:${AWS_SECRET_ACCESS_KEY:-none} uv:$(command -v uv || echo none) home:$(ls -A "$HOME" | wc -l)"
"""
    done = act(workflow(jobs), "one", "push", payload=events.push())
    assert done.passed, str(done)
    assert done.jobs["look"].step("Look").output.strip() == "keys:none uv:none home:0"


def test_an_action_that_fails_fails_its_step(act: Actor, workflow) -> None:
    done = act(
        workflow(JOBS),
        "one",
        "repository_dispatch",
        payload=events.retraining("dev", "w", "r"),
        failing=["upload-artifact"],
    )
    assert done.failed == {"first": [UPLOAD]}
    assert done.jobs["second"].result == "skipped"


@pytest.mark.parametrize(
    ("uses", "says"),
    [
        ("actions/checkout@v7", "not pinned"),
        ("someone/unknown@3d3c42e5aac5ba805825da76410c181273ba90b1", "no stand-in"),
        (f"{CHECKOUT}\n        with:\n          fetch_depth: 0", "no input fetch_depth"),
    ],
)
def test_an_action_without_a_stand_in_or_a_pin_is_refused(act: Actor, workflow, uses, says) -> None:
    project = workflow(f"  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: {uses}\n")
    with pytest.raises(AssertionError, match=says):
        act(project, "one", "push", payload=events.push())


def test_an_event_that_starts_nothing_is_refused(act: Actor, workflow) -> None:
    project = workflow("  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: true\n")
    with pytest.raises(AssertionError, match="does not listen"):
        act(project, "one", "schedule", payload=events.scheduled())
    with pytest.raises(AssertionError, match="is not among"):
        act(project, "one", "repository_dispatch", payload={"action": "other"})


def test_what_hangs_is_killed_with_all_its_children(act: Actor, workflow) -> None:
    jobs = "  one:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: (setsid sleep 4321.5 &) ; sleep 4321.5\n"
    with pytest.raises(AssertionError, match="was killed after"):
        act(workflow(jobs), "one", "push", payload=events.push(), timeout=6)
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "4321.5" not in left


def test_a_checkout_is_shallow_unless_it_asks_for_more(act: Actor, workflow) -> None:
    jobs = f"""
  one:
    runs-on: ubuntu-24.04
    steps:
      - uses: {CHECKOUT}
      - name: Shallow
        run: git rev-list --count HEAD; git branch --show-current
      - uses: {CHECKOUT}
        with:
          fetch-depth: 0
          path: whole
          ref: side
      - name: Whole
        run: git -C whole rev-list --count HEAD; git -C whole rev-parse --abbrev-ref HEAD; ls whole
"""
    project = workflow(jobs)
    git(project, "switch", "--quiet", "--create", "side")
    commit(project, "On the side")
    git(project, "switch", "--quiet", "main")
    (project / "more.txt").write_text("more\n")
    commit(project, "More")
    done = act(project, "one", "push", payload=events.push())
    assert done.passed, str(done)
    assert done.jobs["one"].step("Shallow").output.split() == ["1", "main"]
    assert done.jobs["one"].step("Whole").output.split() == ["2", "HEAD", "kept.txt", "loose.txt"]
