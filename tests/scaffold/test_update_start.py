"""The branch that `new` begins holds exactly what an update would render again, for every kind of repository."""

import pytest
import template_versions as versions
from here_renderer import HereRenderer

from modelyard.scaffold.new import NewRequest, new
from modelyard.scaffold.new_platform import new_platform
from modelyard.scaffold.profile import Overrides
from modelyard.scaffold.update import branch
from modelyard.scaffold.update.update import UpdateRequest, update

pytestmark = pytest.mark.slow

KINDS = {
    "alone": {"platform": "none", "github": "acme/iris"},
    "own": {"platform": "own", "account": "123456789012", "github": "acme/iris"},
    "shared": {"platform": "shared", "region": "eu-central-1"},
    "platform": {"template": "platform"},
}


@pytest.mark.parametrize("version", ["0.1.0", "0.1.0.dev7"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_branch_is_what_would_be_rendered(tmp_path, git, editions, kind, version):
    folder, options = tmp_path / "iris", KINDS[kind]
    with versions.released(version, editions["at"] / "0.1.0"):
        if kind == "platform":
            new_platform(NewRequest(folder, lock=False, **options), renderer=HereRenderer())
        else:
            request = NewRequest(folder, "sklearn:iris", Overrides(target="target"), lock=False, **options)
            new(request, renderer=HereRenderer())
        branch.start(folder)
        branch.start(folder)  # the second time it stays
        result = update(UpdateRequest(folder, lock=False))
    changed = [path for path in result.changed if not path.startswith("vendor/")]  # the wheel is of the code as it is
    assert (changed, result.conflicts) == ([], [])
    held = git(folder, "ls-tree", "-r", "--name-only", "modelyard-template").splitlines()
    assert not {"modelyard.yaml", "contract.yaml"} & set(held)
    assert ".copier-answers.yml" in held
    assert any(path.startswith("vendor/") for path in held) == (".dev" in version)
    with versions.released("0.3.0", editions["at"] / "0.3.0"):
        result = update(UpdateRequest(folder, lock=False))
    assert result.conflicts == []
    assert git(folder, "status", "--porcelain") == ""
    assert not set(result.changed) & {"modelyard.yaml", "contract.yaml", "MODEL_CARD.md"}


def test_a_project_can_be_given_a_platform_later(tmp_path, git, editions, project, bring):
    file = project / ".copier-answers.yml"
    text = file.read_text()
    assert "platform: none" in text
    file.write_text(text.replace("platform: none", "platform: own"))
    git(project, "commit", "-qam", "A platform")
    result = bring(project, "0.1.0")
    assert result.conflicts == []
    assert "infra/__main__.py" in result.changed
    assert (project / ".github/workflows/ci.yml").exists()
