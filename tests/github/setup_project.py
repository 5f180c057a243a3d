"""A repository as `modelyard new` leaves it, as far as setting it up looks at it."""

CONFIG = """\
# The one configuration of this project.
name: churn
task: binary
data: {source: data.csv, target: churned}
evaluation: {metric: log_loss}  # decides

# Where it lives on GitHub.
github:
  repository: me/it  # ours
  owner_id: 0
  repository_id: 0  # filled in
"""
PLATFORM = """\
name: acme
mode: own
account: "123456789012"
region: eu-west-1
environments: {dev: {}, staging: {}, prod: {}}
"""
CI = """\
on:
  pull_request:
  push: {branches: [main]}
jobs:
  test: {name: "Code, data and model", runs-on: ubuntu-24.04}
  infra: {runs-on: ubuntu-24.04}
"""
DEPENDABOT = """\
version: 2
updates:
  - {package-ecosystem: uv, directory: /, labels: [dependencies]}
  - {package-ecosystem: github-actions, directory: /}
"""


def made(root, *, platform=False, config=CONFIG):
    """Write the repository; with a platform it has `infra/platform.yaml`."""
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / "modelyard.yaml").write_text(config)
    (root / ".github" / "workflows" / "ci.yml").write_text(CI)
    (root / ".github" / "dependabot.yml").write_text(DEPENDABOT)
    if platform:
        (root / "infra").mkdir()
        (root / "infra" / "platform.yaml").write_text(PLATFORM)
    return root


def changes(result):
    """Return what a result changes: (kind, name) -> change."""
    changing = {"create", "update", "delete"}
    return {(a["kind"], a["name"]): a["change"] for a in result["actions"] if a["change"] in changing}


def action(result, kind, name=None):
    """Return the one action of a kind (and a name)."""
    (found,) = [a for a in result["actions"] if a["kind"] == kind and name in {None, a["name"]}]
    return found
