import json
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from children import CHILDREN, kill_after

from modelyard.data.store import Store
from modelyard.errors import OutcomeError, OutsideError, RequestError
from modelyard.registry.models import Registry, Version
from modelyard.routing import audit
from modelyard.routing.document import Ref, Routing

pytestmark = pytest.mark.slow

SHA = "5e" * 32


def track(registry: Registry, key: str = "k1", folder: Path | None = None) -> str:
    return registry.track(key, params={"max depth": 3}, metrics={"roc_auc": 0.75}, tags={"seed": "0"}, folder=folder)


def register(registry: Registry, key: str = "k1", sha256: str = SHA) -> Version:
    return registry.register(
        key,
        sha256,
        track(registry, key),
        {"snapshot": "s1", "commit": "c1", "verdict": "passed", "dirty": "False"},
        bundle=f"store/models/{sha256}",
        inputs={
            "Straße": "integer",
            "": "string",
            "day": "date",
            "at": "timestamp",
            "x": "number",
            "b": "boolean",
        },
        outputs={"yes": "number"},
        requirements=["modelyard[serve]"],
    )


def ref(version: Version) -> Ref:
    return Ref(version=version.version, sha256=version.sha256)


def test_a_run_keeps_parameters_metrics_and_files_in_the_store(registry: Registry, store: Store, tmp_path: Path):
    (tmp_path / "files" / "plots").mkdir(parents=True)
    (tmp_path / "files" / "gate.json").write_text("{}")
    (tmp_path / "files" / "plots" / "röc 1.svg").write_text("<svg/>")
    run_id = track(registry, folder=tmp_path / "files")
    assert registry.parameters(run_id) == {"max depth": "3"}
    assert registry.file(run_id, "plots/röc 1.svg") == b"<svg/>"
    assert registry.file(run_id, "no.svg") is None
    assert store.exists(f"artifacts/{run_id}/artifacts/gate.json")
    registry.fetch_files(run_id, tmp_path / "back")
    assert (tmp_path / "back" / "plots" / "röc 1.svg").read_text() == "<svg/>"


def test_a_key_has_one_run_and_a_finished_one_stays(registry: Registry):
    first = track(registry)
    again = registry.track("k1", params={"max depth": 4}, metrics={"roc_auc": 0.1}, tags={})
    assert again == first
    assert registry.parameters(first) == {"max depth": "3"}


def test_a_run_that_was_killed_is_completed(registry: Registry):
    client = registry._tracking.client
    half = client.create_run(registry._tracking.experiment, tags={"modelyard.key": "k1"})
    client.log_param(half.info.run_id, "max depth", 3)
    client.log_metric(half.info.run_id, "roc_auc", 0.75, half.info.start_time, 0)
    assert track(registry) == half.info.run_id
    assert client.get_run(half.info.run_id).info.status == "FINISHED"
    assert len(client.get_metric_history(half.info.run_id, "roc_auc")) == 1


def test_odd_names_and_values_are_tracked(registry: Registry):
    run_id = registry.track(
        "odd",
        params={"a=b": "x" * 10_000, "": None, "../up": 1} | {f"p{n}": n for n in range(250)},
        metrics={"nan": float("nan"), "inf": float("inf"), "none": None, "größe//x": 1.0, "ok": 2},
        tags={"quote'": "é" * 9000},
    )
    assert len(registry.parameters(run_id)) == 253
    assert len(registry.parameters(run_id)["a_b"]) <= 6000
    assert registry._tracking.all_metrics()[run_id]["ok"] == 2.0


def test_a_version_says_what_it_was_registered_with(registry: Registry):
    version = register(registry)
    assert version == registry.get(1)
    assert (version.version, version.sha256, version.state, version.aliases) == (1, SHA, "registered", [])
    assert (version.snapshot, version.commit, version.metrics) == ("s1", "c1", {"roc_auc": 0.75})
    assert version.tags["verdict"] == "passed"
    assert version.bundle == f"store/models/{SHA}"
    assert version.created.endswith("+00:00")


def test_mlflow_finds_the_signature_of_a_version(registry: Registry):
    version = register(registry)
    source = registry._tracking.client.get_model_version("churn", "1").source
    assert source.endswith(f"{version.run_id}/artifacts/model")
    model = yaml.safe_load(registry.file(version.run_id, "model/MLmodel") or b"")
    inputs = json.loads(model["signature"]["inputs"])
    assert [(column["name"], column["type"]) for column in inputs] == [
        ("Straße", "long"),
        ("", "string"),
        ("day", "datetime"),
        ("at", "datetime"),
        ("x", "double"),
        ("b", "boolean"),
    ]
    assert json.loads(model["signature"]["outputs"]) == [{"type": "double", "name": "yes"}]
    assert model["flavors"]["modelyard"]["sha256"] == SHA
    assert registry.file(version.run_id, "model/requirements.txt") == b"modelyard[serve]\n"


def test_a_key_has_one_version(registry: Registry):
    assert register(registry) == register(registry)
    assert register(registry, "k2", "ab" * 32).version == 2
    assert [version.key for version in registry.versions()] == ["k1", "k2"]


def test_a_half_registered_version_is_invisible_until_it_is_completed(registry: Registry):
    run_id = track(registry)
    registry._tracking.client.create_model_version(
        "churn", f"x/{run_id}", run_id, tags={"modelyard.key": "k1", "sha256": SHA}
    )
    assert registry.versions() == []
    with pytest.raises(RequestError, match="no version 1"):
        registry.get(1)
    assert register(registry).version == 1
    assert len(registry.versions()) == 1


def test_of_two_versions_of_a_key_the_first_stays(registry: Registry):
    run_id = track(registry)
    for _ in range(2):
        registry._tracking.client.create_model_version(
            "churn", f"x/{run_id}", run_id, tags={"modelyard.key": "k1", "sha256": SHA}
        )
    assert register(registry).version == 1
    assert [row.version for row in registry._versions._rows()] in ([1], ["1"])


def test_writers_at_once_make_one_version(registry: Registry):
    def work(key: str) -> int:
        return register(Registry.open(registry.uri, "churn"), key).version

    for turn in range(4):
        with ThreadPoolExecutor(4) as pool:
            numbers = set(pool.map(work, [f"k{turn}"] * 6))
        assert len(numbers) == 1
    assert [version.key for version in registry.versions()] == ["k0", "k1", "k2", "k3"]


def test_an_unknown_version_names_the_known(registry: Registry):
    with pytest.raises(RequestError) as caught:
        registry.get(3)
    assert "modelyard run" in caught.value.hint
    register(registry)
    with pytest.raises(RequestError, match="no version 3 of churn") as caught:
        registry.get(3)
    assert caught.value.hint == "Known: 1."


def test_more_versions_than_fit_on_a_page_are_all_listed(registry: Registry):
    client = registry._tracking.client
    run_id = track(registry)
    for number in range(130):
        tags = {"modelyard.key": str(number), "sha256": SHA, "modelyard.state": "registered"}
        client.create_model_version("churn", "x", run_id, tags=tags)
    assert [version.version for version in registry.versions()] == list(range(1, 131))


def test_aliases_follow_the_routing_document(registry: Registry):
    first, second = register(registry), register(registry, "k2", "ab" * 32)
    routing = Routing(champion=ref(first), challenger=ref(second))
    assert registry.sync(routing) == ["champion", "challenger"]
    assert registry.sync(routing) == []
    assert [version.state for version in registry.versions()] == ["champion", "challenger"]
    registry._tracking.client.set_registered_model_alias("churn", "champion", "2")
    registry._tracking.client.set_registered_model_alias("churn", "mine", "1")
    assert registry.sync(Routing(champion=ref(first))) == ["champion", "challenger"]
    assert [version.aliases for version in registry.versions()] == [["champion", "mine"], []]


def test_a_routing_document_of_another_registry_is_told(registry: Registry):
    first = register(registry)
    for wrong in (Ref(version=9, sha256=SHA), Ref(version=first.version, sha256="ab" * 32)):
        with pytest.raises(OutsideError, match="its registry lacks"):
            registry.sync(Routing(champion=wrong))


def test_a_version_retires_unless_it_serves(registry: Registry):
    version = register(registry)
    for role in ("champion", "challenger", "previous", "pinned"):
        with pytest.raises(OutcomeError, match=f"Version 1 is the {role}"):
            registry.retire(1, Routing.model_validate({role: ref(version)}))
    assert registry.get(1).state == "registered"
    assert registry.retire(1, Routing()).state == "retired"
    assert registry.retire(1, Routing()).state == "retired"
    assert register(registry).state == "retired"
    with pytest.raises(RequestError):
        registry.retire(2, Routing())


def test_the_head_of_the_chain_is_noted_and_never_lowered(registry: Registry, store: Store):
    assert registry.audit_head() is None
    registry.note_audit_head(store)
    for number in range(3):
        audit.append(store, action="a", subject="s", why="", generation=0, key=str(number))
    registry.note_audit_head(store)
    noted = registry.audit_head()
    assert noted == audit.head(store)
    store.delete("audit/000003.json")
    registry.note_audit_head(store)
    assert registry.audit_head() == noted
    assert audit.verify(store, noted) == ["audit/000003.json: removed"]


def test_the_working_folder_stays_clean(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    register(Registry.open(f"sqlite:///{store.uri}/mlflow.db", "churn"))
    assert list((tmp_path / "cwd").iterdir()) == []


def test_opening_is_silent_and_makes_a_whole_database(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    Registry.open(f"sqlite:///{tmp_path}/new/mlflow.db", "churn")
    assert capfd.readouterr() == ("", "")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mlflow.db"]


def test_an_experiment_deleted_in_mlflow_comes_back(registry: Registry):
    registry._tracking.client.delete_experiment(registry._tracking.experiment)
    assert register(Registry.open(registry.uri, "churn")).version == 1


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://ada:s3cr%40t@127.0.0.1:1/mlflow",
        "mysql://ada:s3cr%40t@127.0.0.1:1/mlflow",
        "gopher://ada:s3cr%40t@127.0.0.1:1/x",
        "",
        "./mlruns",
    ],
)
def test_a_tracking_uri_that_leads_nowhere_is_told_without_its_password(uri: str, store: Store):
    with pytest.raises((OutsideError, RequestError)) as caught:
        Registry.open(uri, "churn", store)
    told = f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    assert "s3cr" not in told
    assert "ada" not in told
    assert caught.value.hint


def test_a_server_that_does_not_answer_is_told_without_its_password():
    with pytest.raises(OutsideError, match="no connection") as caught:
        Registry.open("http://ada:s3cret@127.0.0.1:1", "churn")
    assert "s3cret" not in f"{caught.value}"


def test_a_database_needs_a_place_for_files():
    with pytest.raises((RequestError, OutsideError)):
        Registry.open("postgresql://127.0.0.1:1/x", "churn")


def test_a_database_that_is_none_is_told(tmp_path: Path):
    (tmp_path / "mlflow.db").write_bytes(b"not a database" * 100)
    with pytest.raises(OutsideError, match="file is not a database"):
        Registry.open(f"sqlite:///{tmp_path}/mlflow.db", "churn")


def test_a_database_that_fails_later_is_told(registry: Registry, store: Store):
    register(registry)
    with sqlite3.connect(f"{store.uri}/mlflow.db") as database:
        database.execute("DROP TABLE model_version_tags")
    with pytest.raises(OutsideError, match="Cannot read the registry"):
        registry.versions()


def test_a_path_that_sqlite_uris_cannot_say_is_refused(tmp_path: Path):
    with pytest.raises(RequestError, match="holds % or"):
        Registry.open(f"sqlite:///{tmp_path}/100%20/mlflow.db", "churn")


def test_a_killed_registration_is_completed_by_the_next(blank: Path, tmp_path: Path):
    shutil.copy(blank, tmp_path / "mlflow.db")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    for turn in range(12):
        kill_after(0.05 + turn * 0.03, _register_ever_new, uri, turn)
    child = CHILDREN.Process(target=_complete, args=(uri, 12))
    child.start()
    child.join()
    assert child.exitcode == 0
    registry = Registry.open(uri, "churn")
    keys = [version.key for version in registry.versions()]
    assert keys
    assert len(keys) == len(set(keys))
    assert {f"{turn}-0" for turn in range(12)} <= set(keys)
    assert len(registry._versions._rows()) == len(keys)


def _register_ever_new(uri: str, turn: int) -> None:
    registry = Registry.open(uri, "churn")
    for number in range(1000):
        register(registry, f"{turn}-{number}")


def _complete(uri: str, turns: int) -> None:
    registry = Registry.open(uri, "churn")
    half = {run.data.tags["modelyard.key"] for run in _runs(registry)}
    for key in half | {f"{turn}-0" for turn in range(turns)}:
        register(registry, key)
        register(registry, key)


def _runs(registry: Registry) -> list:
    return registry._tracking.client.search_runs([registry._tracking.experiment], max_results=5000)
