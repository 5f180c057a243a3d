"""Makes a project with two versions, plays the servers to a controller, and reads what must agree in the end."""

import projects

from modelyard.errors import OutsideError
from modelyard.loop import history
from modelyard.loop.context import Context
from modelyard.loop.run import RunRequest, run
from modelyard.loop.versions import versions
from modelyard.release.verdict import Verdict
from modelyard.release.watch import Seen
from modelyard.routing import document

FAST = {"release__lease_s": 20, "release__every_s": 0.02, "release__hold_s": 0, "release__steps": [5, 50, 100]}


def make(root, connect):
    """Register two versions in a new project at `root`: the first serves, the second waits."""
    made = projects.make(root)
    (root / ".modelyard").mkdir()
    connect(f"sqlite:///{root / '.modelyard' / 'mlflow.db'}")
    assert run(made, RunRequest()).version == 1
    another(made)


def another(project, features=projects.LESS_SIGNAL):
    """Register one more version, which waits as challenger."""
    (project.root / "src/pipeline/features.py").write_text(features)
    result = run(project, RunRequest())
    assert result.failure() is None
    return result.version


class Played:
    """Servers at which every look says what the test wrote down; the last word stays."""

    def __init__(self, *says, rows=100.0, act=None):
        self.says, self.rows, self.act = list(says or ["advance"]), rows, act
        self.looks, self.steps, self.closed = 0, [], False

    def traffic(self):
        if self.rows is None:
            raise OutsideError("No server answers.", code="no_metrics")
        return self.rows

    def begin(self, release):
        self.steps.append((release.step, release.share))

    def look(self, release):
        said = self.says[min(self.looks, len(self.says) - 1)]
        self.looks += 1
        if self.act is not None:
            self.act(self)
        if said == "silent":
            raise OutsideError("No server answers.", code="no_metrics")
        if isinstance(said, Verdict):
            return Seen(verdict=said)
        return Seen(verdict=Verdict(state=said, reason=f"said {said}"), counts={"challenger": {"rows": 7.0}})

    def close(self):
        self.closed = True


def agree(project):
    """Check that document, aliases and audit say the same, and return the document."""
    context = Context.of(project)
    listed = {v.version: v.aliases for v in versions(project).versions}
    routing, audit = document.read(context.store), history.audit(project)
    expected = {v: [] for v in listed}
    for alias, ref in (("challenger", routing.challenger), ("champion", routing.champion)):
        if ref is not None:
            expected[ref.version] = sorted([*expected[ref.version], alias])
    assert listed == expected
    assert audit.chain == "intact"
    generations = [e.generation for e in audit.events if e.key.startswith("routing:")]
    assert generations == list(range(1, routing.generation + 1))
    newest = [e for e in audit.events if e.key.startswith("routing:")][-1]
    told, wanted = (newest.action, newest.subject, newest.why), (routing.action, routing.subject, routing.why)
    assert told == wanted, f"{told} is not {wanted}"
    assert sum(routing.weights.values()) == 1.0
    return routing
