"""Each rule of the static proof can fail: a good workflow passes all of them, and one broken in one way breaks one rule."""

import pytest
import rules_commands
import rules_environments
import rules_hardening
from workflow_files import Workflow

GOOD = """\
name: good
on:
  pull_request:
  push:
    branches: [main]
  workflow_dispatch:
permissions: {}
jobs:
  look:
    name: Look
    if: ${{ github.event.pull_request.head.repo.full_name == github.repository }}
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    concurrency:
      group: look-${{ github.ref }}
      cancel-in-progress: ${{ github.event_name == 'pull_request' }}
    permissions:
      contents: read # to look
      id-token: write # to look
      pull-requests: write # to tell
    env:
      ENVIRONMENT: dev
      ROLE: ${{ vars.MODELYARD_PLAN_ROLE_DEV }}
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Assume
        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          role-to-assume: ${{ env.ROLE }}
      - name: Tell
        run: uv run --locked modelyard github comment --file summary.md --marker look
  asked:
    name: Asked
    if: ${{ inputs.what == 'destroy' }}
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    concurrency:
      group: asked-${{ github.run_id }}
      cancel-in-progress: false
    permissions: {}
    steps:
      - name: Ask
        run: "true"
  change:
    name: Change
    needs: asked
    if: ${{ !failure() && vars.MODELYARD_APPLY_ROLE_DEV && github.event_name != 'pull_request' }}
    runs-on: ${{ vars.MODELYARD_RUNNER_DEV && format('codebuild-{0}-{1}-{2}', vars.MODELYARD_RUNNER_DEV, github.run_id, github.run_attempt) || 'ubuntu-24.04' }}
    environment: dev
    timeout-minutes: 10
    concurrency:
      group: environment-dev
      cancel-in-progress: false
    permissions:
      id-token: write # to change
    env:
      ENVIRONMENT: dev
      ROLE: ${{ vars.MODELYARD_APPLY_ROLE_DEV }}
    steps:
      - name: Assume
        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          role-to-assume: ${{ env.ROLE }}
      - name: Up
        run: make lint && uv run --locked modelyard infra up --env "$ENVIRONMENT" --yes
      - name: Destroy
        if: ${{ inputs.what == 'destroy' }}
        run: uv run --locked modelyard infra destroy --env "$ENVIRONMENT" --yes
"""
MAKEFILE = "lint:\n\ttrue\n"
PIN = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
UP = "modelyard infra up"
# rule -> what is changed in the good one, each way by itself
BROKEN = {
    "rights_are_given_by_job": [("permissions: {}\njobs", "permissions: read-all\njobs"), ("permissions: {}\njobs", "jobs")],
    "rights_are_least": [
        ("contents: read # to look", "contents: write # to look"),
        ("      id-token: write # to change\n", ""),
        ("    permissions: {}\n    steps", "    permissions:\n      id-token: write # to guess\n    steps"),
        ("      pull-requests: write # to tell\n", ""),
        ("      pull-requests: write # to tell", "      pull-requests: write # to tell\n      packages: write # why"),
    ],
    "actions_are_pinned": [
        (PIN, "actions/checkout@v7"),
        (PIN, "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"),
        (PIN, "./here"),
        ("e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3", "f6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3"),
    ],
    "checkouts_keep_no_credentials": [("persist-credentials: false", "fetch-depth: 0")],
    "scripts_have_no_expressions": [('run: "true"', "run: echo ${{ github.head_ref }}")],
    "nobody_keeps_keys": [
        ("role-to-assume: ${{ env.ROLE }}", "aws-access-key-id: ${{ vars.KEY }}"),
        ('run: "true"', 'run: "true"\n        env:\n          KEY: ${{ secrets.DEPLOY_KEY }}'),
    ],
    "triggers_are_safe": [("  pull_request:\n", "  pull_request_target:\n"), ("  push:\n", "  workflow_run:\n")],
    "jobs_end": [("    timeout-minutes: 5\n", ""), ("timeout-minutes: 5", "timeout-minutes: 4000")],
    "steps_are_named": [("      - name: Ask\n        run", "      - run")],
    "roles_need_their_environment": [
        ("    environment: dev\n", ""),
        ("    environment: dev\n", "    environment: prod\n"),
        ("    timeout-minutes: 10\n    concurrency:\n      group: look", "    environment: dev\n    timeout-minutes: 10\n    concurrency:\n      group: look"),
    ],
    "jobs_keep_to_one_environment": [
        ("      ROLE: ${{ vars.MODELYARD_APPLY_ROLE_DEV }}\n", "      ROLE: ${{ vars.MODELYARD_APPLY_ROLE_DEV }}\n      REGION: ${{ vars.MODELYARD_REGION_PROD }}\n"),
        ("      ENVIRONMENT: dev\n      ROLE: ${{ vars.MODELYARD_PLAN", "      ENVIRONMENT: prod\n      ROLE: ${{ vars.MODELYARD_PLAN"),
    ],
    "roles_are_assumed_from_the_job": [("ROLE: ${{ vars.MODELYARD_PLAN_ROLE_DEV }}", "ROLE: somebody")],
    "environments_never_overlap": [("group: environment-dev", "group: deploy"), ("group: asked-${{ github.run_id }}", "group: environment-dev")],
    "work_is_never_cut_off": [
        ("group: environment-dev\n      cancel-in-progress: false", "group: environment-dev\n      cancel-in-progress: true"),
        ("group: environment-dev\n      cancel-in-progress: false", "group: environment-dev\n      cancel-in-progress: ${{ github.event_name == 'pull_request' }}"),
        ("    concurrency:\n      group: asked-${{ github.run_id }}\n      cancel-in-progress: false\n", ""),
    ],
    "machines_are_known": [
        ("runs-on: ubuntu-24.04\n    timeout-minutes: 5", "runs-on: ubuntu-latest\n    timeout-minutes: 5"),
        ("format('codebuild-{0}-{1}-{2}', vars.MODELYARD_RUNNER_DEV", "format('codebuild-{0}-{1}-{2}', vars.MODELYARD_RUNNER_PROD"),
    ],
    "pull_requests_change_nothing": [
        (" && github.event_name != 'pull_request' }}", " }}"),
        ("    if: ${{ github.event.pull_request.head.repo.full_name == github.repository }}\n", ""),
    ],
    "variables_are_known": [("vars.MODELYARD_PLAN_ROLE_DEV", "vars.PLAN_ROLE")],
    "destruction_is_asked_for": [
        ("        if: ${{ inputs.what == 'destroy' }}\n", ""),
        ("    needs: asked\n", ""),
        ("if: ${{ !failure() && vars", "if: ${{ always() && vars"),
    ],
    "commands_exist": [(UP, "modelyard infra upp"), ('--env "$ENVIRONMENT" --yes\n      - name: Destroy', '--environment "$ENVIRONMENT" --yes\n      - name: Destroy')],
    "environments_are_locked": [(f"uv run --locked {UP}", f"uv run {UP}"), ('run: "true"', "run: pip install this")],
    "targets_exist": [("make lint", "make lintt")],
}  # fmt: skip


@pytest.fixture
def rules(tmp_path):
    """Every rule by its name, over the workflows of one repository."""
    (tmp_path / "Makefile").write_text(MAKEFILE)
    found = {rule.__name__: rule for rule in (*rules_hardening.RULES, *rules_environments.RULES)}
    found |= {rule.__name__: rule for rule in (rules_commands.commands_exist, rules_commands.environments_are_locked)}
    return found | {"targets_exist": lambda workflows: rules_commands.targets_exist(workflows, tmp_path)}


def test_a_good_workflow_keeps_every_rule(rules):
    workflows = [Workflow("good", GOOD)]
    assert {name: list(rule(workflows)) for name, rule in rules.items()} == dict.fromkeys(rules, [])


def test_every_rule_is_shown_to_fail(rules):
    assert rules.keys() == BROKEN.keys()


@pytest.mark.parametrize(("rule", "before", "after"), [(r, *way) for r, ways in BROKEN.items() for way in ways])
def test_a_broken_workflow_is_named(rules, rule, before, after):
    assert before in GOOD
    broken = Workflow("broken", GOOD.replace(before, after, 1))
    assert list(rules[rule]([broken])), f"{rule} sees nothing wrong with {after!r}"
