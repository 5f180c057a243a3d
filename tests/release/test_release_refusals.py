"""What a release refuses, each with its exit code and the next step, before anything of the document has changed."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import projects
import pytest
from releasing import Played, agree, another
from servers import wait
from typer.testing import CliRunner

from modelyard.bundle.served import Served
from modelyard.cli import app
from modelyard.data import contract as contracts
from modelyard.data.contract import Rule
from modelyard.errors import ModelyardError, OutcomeError, OutsideError, RequestError
from modelyard.loop.context import Context
from modelyard.loop.versions import retire
from modelyard.release import moves
from modelyard.release.controller import StartRequest, promote, start
from modelyard.release.features import new_features
from modelyard.release.lease import left_s
from modelyard.release.walk import walk
from modelyard.routing import audit, document
from modelyard.routing.release import clock

pytestmark = pytest.mark.slow

WAIT = StartRequest(wait=True)


def refused(made, request=WAIT, watch=None):
    """Start a release that must not begin; return the error, after a look at what it left behind."""
    before = document.read(Context.of(made).store)
    with pytest.raises(ModelyardError) as caught:
        start(made, request, watch=watch or Played())
    after = document.read(Context.of(made).store)
    assert (after.release, after.weights, after.champion) == (before.release, before.weights, before.champion)
    assert caught.value.hint
    return caught.value


def stricter(root, rule):
    """Add a rule for `size` to the project's contract."""
    path = root / "contract.yaml"
    known = contracts.load(path)
    columns = [c.model_copy(update={"rules": (*c.rules, rule)}) if c.name == "size" else c for c in known.columns]
    path.write_text(contracts.dump(known.model_copy(update={"columns": tuple(columns)})))


@pytest.mark.parametrize(("kind", "value"), [("minimum", -9), ("maximum", 9)])
def test_a_challenger_that_refuses_requests_of_its_champion_is_refused(project, kind, value):
    made = project()
    stricter(made.root, Rule(kind=kind, value=value, severity="error", name=f"size_{kind}"))
    number = another(made, projects.LESS_SIGNAL.replace("* 2", "* 4"))
    error = refused(made, StartRequest(version=number, wait=True))
    assert (type(error), error.code, error.exit_code) == (OutcomeError, "incompatible_contract", 1)
    assert f"'size' must follow a rule that is new or stricter: {kind} {value}" in error.message


def test_a_champion_that_changed_since_the_gate_is_refused(project):
    made = project()
    third = another(made, projects.LESS_SIGNAL.replace("* 2", "* 3"))
    assert start(made, StartRequest(version=2, wait=True), watch=Played()).state == "promoted"
    error = refused(made, StartRequest(version=third, wait=True))
    assert (error.code, error.exit_code) == ("champion_changed", 1)
    assert "version 2 became champion" in error.message
    assert "run evaluate gate --force" in error.hint


def test_a_champion_that_changes_during_the_release_ends_it(project):
    made = project()
    store = Context.of(made).store

    def another_champion(servers):
        if servers.looks == 2:
            target = document.read(store).challenger
            document.swap(
                store, lambda now: moves.returned(now, target, "by hand"), why="by hand", action="rolled_back"
            )

    result = start(made, WAIT, watch=Played("hold", act=another_champion))
    assert result.state == "rolled_back"
    assert agree(made).champion.version == 2


def test_a_champion_that_changes_while_the_release_begins_is_refused(project):
    made = project()
    store = Context.of(made).store

    class Slow(Played):
        def traffic(self):
            other = document.read(store).challenger
            document.swap(store, lambda r: r.model_copy(update={"champion": other}), why="", action="routed")
            return super().traffic()

    with pytest.raises(OutcomeError, match="champion has just changed"):
        start(made, WAIT, watch=Slow())
    assert document.read(store).release is None


@pytest.mark.parametrize("verdict", ["failed", "inconclusive"])
def test_a_challenger_whose_gate_did_not_pass_is_refused(project, verdict):
    made = project()
    store = Context.of(made).store
    sha256 = document.read(store).challenger.sha256
    audit.append(store, action="judged", subject="v2", why=verdict, generation=9, key=f"judged:{sha256}:{verdict}")
    error = refused(made)
    assert (error.code, error.exit_code) == ("not_passed", 1)
    assert verdict in error.message


def test_a_challenger_without_a_verdict_here_is_refused(project):
    made = project()
    store = Context.of(made).store
    for key in store.list("audit"):
        store.delete(key)
    error = refused(made)
    assert (error.code, "no verdict" in error.message) == ("not_passed", True)


def test_a_retired_version_is_refused(project):
    made = project()
    third = another(made, projects.LESS_SIGNAL.replace("* 2", "* 3"))
    retire(made, 2, "no use")
    error = refused(made, StartRequest(version=2, wait=True))
    assert (error.code, error.exit_code) == ("retired", 2)
    assert start(made, StartRequest(version=third, wait=True), watch=Played()).state == "promoted"


def test_an_unknown_version_and_the_champion_are_refused(project):
    made = project()
    assert refused(made, StartRequest(version=9, wait=True)).exit_code == 2
    assert refused(made, StartRequest(version=1, wait=True)).code == "is_champion"


def test_a_damaged_bundle_is_refused(project):
    made = project()
    store = Context.of(made).store
    store.put(f"models/{document.read(store).challenger.sha256}/model.json", b"{}")
    assert refused(made).exit_code == 1


def asked(made, *options):
    return CliRunner().invoke(app, ["release", "start", "--project", str(made.root), "--json", *options])


@pytest.mark.parametrize("steps", ["0,50", "-5", "50,101", "50,25", "50,50", "nan", "x", "", "5,,50", "inf"])
def test_impossible_steps_are_a_wrong_request(project, steps):
    made = project()
    before = document.read(Context.of(made).store)
    done = asked(made, "--steps", steps)
    assert (done.exit_code, '"bad_steps"' in done.stdout) == (2, True)
    assert document.read(Context.of(made).store) == before


@pytest.mark.parametrize(
    ("options", "settings"),
    [(["--hold", "inf"], {}), ([], {"release__hold_s": float("inf")}), ([], {"release__lease_s": float("inf")})],
)
def test_a_hold_without_end_is_a_wrong_request(project, options, settings):
    made = project(**settings)
    before = document.read(Context.of(made).store)
    done = asked(made, *options)
    assert (done.exit_code, '"bad_hold"' in done.stdout) == (2, True)
    assert document.read(Context.of(made).store) == before


@pytest.mark.parametrize(
    "setting", [{"release__steps": [50, 25]}, {"release__steps": [0]}, {"release__steps": []}, {"release__from": "x"}]
)
def test_impossible_settings_are_a_wrong_request(two_versions, tmp_path, setting):
    root = tmp_path / "project"
    shutil.copytree(two_versions, root, symlinks=True)
    with pytest.raises(RequestError):
        projects.edit(root, **setting)
    done = CliRunner().invoke(app, ["release", "start", "--project", str(root), "--json"])
    assert (done.exit_code, "release" in done.stdout) == (2, True)


@pytest.mark.parametrize(
    ("servers", "code"), [("http://127.0.0.1:9", 3), ("ftp://127.0.0.1", 2), ("no address at all", 2)]
)
def test_servers_that_cannot_be_asked_are_named(project, monkeypatch, servers, code):
    made = project()
    monkeypatch.setenv("MODELYARD_SERVERS", servers)
    done = asked(made, "--wait")
    assert (done.exit_code, servers in done.stdout) == (code, True)
    assert document.read(Context.of(made).store).release is None


@pytest.fixture
def prometheus():
    """A Prometheus that answers with a status of 503, and counts how often it was asked."""
    seen = []

    class Failing(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_error(503)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Failing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_prometheus_that_fails_starts_nothing(project, prometheus):
    url, seen = prometheus
    made = project(release__prometheus=url)
    done = asked(made, "--wait")
    assert (done.exit_code, "503" in done.stdout, len(seen)) == (3, True, 1)
    assert document.read(Context.of(made).store).release is None


def test_a_cloudwatch_that_cannot_be_reached_starts_nothing(project, monkeypatch):
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t",
        "AWS_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    made = project(release__cloudwatch="Modelyard", environments__dev={"store": ".modelyard"})
    done = asked(made, "--wait", "--env", "dev")
    assert (done.exit_code, "CloudWatch" in done.stdout) == (3, True)
    assert document.read(Context.of(made).store).release is None


class Away:
    """A store that fails while a test says so; everything else is the store's own."""

    def __init__(self, store):
        self._store, self.failing = store, False

    def __getattr__(self, name):
        found = getattr(self._store, name)
        if not callable(found):
            return found

        def call(*given, **more):
            if self.failing:
                raise OutsideError("The network is down.", code="store")
            return found(*given, **more)

        return call


def walked(made, servers, store):
    """Begin a release and walk it against this store."""
    from test_lease import begun

    since = clock()
    _, release = begun(made)
    return walk(made, store, release, servers, since, lambda *_: None)


def test_a_store_that_is_away_for_less_than_the_lease_ends_no_release(project):
    made = project(release__steps=[50, 100])
    store = Away(Context.of(made).store)

    def act(servers):
        store.failing = servers.looks == 1
        if store.failing:
            threading.Timer(0.5, lambda: setattr(store, "failing", False)).start()

    servers = Played("advance", act=act)
    assert walked(made, servers, store).release.state == "promoted"
    assert servers.steps[-1] == (1, 1.0)


def test_a_store_that_is_away_for_longer_than_the_lease_promotes_nothing(project):
    made = project(release__steps=[50], release__lease_s=1)
    there = Context.of(made).store
    store = Away(there)

    def act(servers):
        store.failing = True

    with pytest.raises(OutsideError, match="network is down"):
        walked(made, Played("advance", act=act), store)
    routing = document.read(there)
    assert (routing.champion.version, routing.release.state) == (1, "running")
    wait(lambda: not left_s(there, routing.release))  # the controller gives up before the servers do
    with pytest.raises(OutcomeError, match="lapsed"):
        promote(made)


def test_what_a_first_features_function_costs_is_measured_and_nothing_else(project):
    store = Context.of(project()).store
    routing = document.read(store)
    old, new = routing.champion, routing.challenger
    kinds = [Served.model_validate_json(store.get(f"models/{ref.sha256}/model.json")).identity for ref in (old, new)]
    assert kinds == [True, False]
    assert new_features(store, old, new) > 0
    assert [new_features(store, *pair) for pair in ((new, old), (old, old), (new, new))] == [0, 0, 0]
