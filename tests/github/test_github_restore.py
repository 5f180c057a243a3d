"""The store of the last good run on main: brought, checked before it replaces, never from a fork or another branch."""

import io
import stat
import zipfile

import pytest
from github_api import Token

from modelyard.bundle import pack
from modelyard.data.store import Store
from modelyard.routing import Ref, read, swap

CONFIG = """\
name: churn
task: binary
data: {source: data.csv, target: churned}
evaluation: {metric: log_loss}
"""


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "churn"
    root.mkdir()
    (root / "modelyard.yaml").write_text(CONFIG)
    return root


def store_of(folder, champion=1):
    """A store with as many versions, the last of which is champion; returns its folder."""
    store = Store.open(str(folder), folder)
    for version in range(1, champion + 1):
        files = {"model.json": f'{{"version": {version}}}'.encode()}
        sha256 = pack(files, folder / "parts" / str(version))
        (folder / "models").mkdir(exist_ok=True)
        (folder / "parts" / str(version)).rename(folder / "models" / sha256)
        ref = Ref(version=version, sha256=sha256)
        swap(
            store, lambda routing, ref=ref: routing.model_copy(update={"champion": ref}), why="a test", action="routed"
        )
    (folder / "parts").rmdir()
    return folder


def zipped(folder, prefix=""):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, prefix + path.relative_to(folder).as_posix())
    return content.getvalue()


@pytest.fixture
def kept(tmp_path):
    """The bytes of an artifact with a champion."""

    def make(champion=1, prefix=""):
        return zipped(store_of(tmp_path / f"made-{champion}", champion), prefix)

    return make


@pytest.fixture
def restore(github, modelyard, project):
    return lambda *more: modelyard("restore", "--project", project, "--json", *more)


def champion(project, store=".modelyard"):
    return read(Store.open(store, project)).champion


def test_a_first_run_has_nothing_to_bring(restore, project):
    done = restore()
    assert done.code == 0
    assert done.json["change"] == "absent"
    assert "no successful run of main" in done.json["reason"]
    assert not (project / ".modelyard").exists()


def test_the_store_of_the_last_good_run_is_brought(restore, it, kept, project):
    run = it.run()
    it.artifact(run, kept(2))
    done = restore()
    assert done.code == 0, done.stderr
    assert (done.json["change"], done.json["run"], done.json["champion"]) == ("restored", run["id"], 2)
    assert champion(project).version == 2
    assert sorted(path.name for path in project.iterdir()) == [".modelyard", "modelyard.yaml"]


@pytest.mark.parametrize("prefix", ["", ".modelyard/"])
def test_both_ways_to_pack_the_folder_are_read(restore, it, kept, project, prefix):
    it.artifact(it.run(), kept(1, prefix))
    assert restore().json["change"] == "restored"
    assert (project / ".modelyard" / "routing.json").is_file()


def test_the_newest_counts_and_the_one_that_asks_does_not(restore, it, kept):
    it.artifact(it.run(), kept(1))
    second = it.run()
    it.artifact(second, kept(2))
    asking = it.run()  # a second attempt of a run that was good
    it.artifact(asking, kept(3))
    assert restore("--run", asking["id"]).json["run"] == second["id"]


@pytest.mark.parametrize(
    "unfit",
    [
        {"branch": "feature"},
        {"fork": "you/it"},
        {"conclusion": "failure"},
        {"conclusion": "cancelled"},
        {"conclusion": None, "status": "in_progress"},
        {"event": "pull_request"},
        {"event": "pull_request_target"},
    ],
)
def test_what_is_not_a_good_run_of_main_is_passed_over(restore, it, kept, unfit):
    good = it.run(event="schedule")
    it.artifact(good, kept(1))
    it.artifact(it.run(**unfit), kept(2))
    assert restore().json["run"] == good["id"]


def test_a_fork_that_either_answer_shows_is_passed_over(restore, it, kept):
    of_artifact = it.artifact(it.run(), kept(1))
    of_artifact["workflow_run"]["head_repository_id"] = 7
    of_run = it.run()
    it.artifact(of_run, kept(2))
    of_run["head_repository"] = {"id": 7, "full_name": "you/it"}
    assert restore().json["change"] == "absent"


def test_an_expired_artifact_is_passed_over(restore, it, kept):
    it.artifact(it.run(), kept(1), expired=True)
    assert restore().json["change"] == "absent"


def test_another_name_is_another_artifact(restore, it, kept):
    it.artifact(it.run(), kept(1), name="reports")
    assert restore().json["change"] == "absent"
    assert restore("--artifact", "reports").json["change"] == "restored"


def test_again_changes_nothing(restore, it, kept):
    it.artifact(it.run(), kept(1))
    restore()
    assert restore().json["change"] == "none"


def test_versions_of_ones_own_stay_unless_they_are_let_go(restore, it, kept, project):
    it.artifact(it.run(), kept(2))
    (project / ".modelyard").mkdir()
    store_of(project / ".modelyard", 3)
    done = restore()
    assert done.code == 2
    assert done.json["error"]["code"] == "store_in_use"
    assert champion(project).version == 3
    assert restore("--replace").json["champion"] == 2


def test_caches_alone_are_no_reason_to_keep(restore, it, kept, project):
    it.artifact(it.run(), kept(1))
    (project / ".modelyard" / "work").mkdir(parents=True)
    assert restore().json["change"] == "restored"


def _without_bundle(folder):
    sha256 = champion(folder, ".").sha256
    (folder / "models" / sha256 / "model.json").unlink()


def _changed_bundle(folder):
    (next((folder / "models").iterdir()) / "model.json").write_text("{}")


def _no_routing(folder):
    (folder / "routing.json").write_text("{}{")


def _changed_event(folder):
    event = min((folder / "audit").iterdir())
    event.write_text(event.read_text().replace("a test", "a story"))


@pytest.mark.parametrize("damage", [_without_bundle, _changed_bundle, _no_routing, _changed_event])
def test_a_store_that_does_not_fit_together_replaces_nothing(restore, it, project, tmp_path, damage):
    folder = store_of(tmp_path / "made", 2)
    damage(folder)
    it.artifact(it.run(), zipped(folder))
    done = restore()
    assert done.code == 1
    assert done.json["error"]["code"] == "bad_store"
    assert not (project / ".modelyard").exists()


def _zip(entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"not a zip",
        _zip([("../outside", 0o644)]),
        _zip([("/etc/outside", 0o644)]),
        _zip([("routing.json", stat.S_IFLNK | 0o777)]),
        _zip([("a", 0o644), ("a/b", 0o644)]),
    ],
    ids=["no zip", "above", "absolute", "link", "file and folder"],
)
def test_a_hostile_archive_is_refused_and_leaves_nothing(restore, it, project, content):
    it.artifact(it.run(), content)
    done = restore()
    assert done.code == 1, done.stdout
    assert done.json["error"]["code"] == "bad_artifact"
    assert [path.name for path in project.iterdir()] == ["modelyard.yaml"]
    assert not (project.parent / "outside").exists()


def test_a_bomb_is_refused(restore, it, kept, monkeypatch):
    monkeypatch.setattr("modelyard.github.archive.MOST_BYTES", 10)
    it.artifact(it.run(), kept(1))
    assert "unpacks to more" in restore().json["error"]["message"]


def test_bytes_that_are_not_those_of_the_digest_are_refused(restore, it, kept, project):
    it.artifact(it.run(), kept(1))["digest"] = "sha256:" + "0" * 64
    done = restore()
    assert done.code == 3
    assert done.json["error"]["code"] == "bad_digest"
    assert not (project / ".modelyard").exists()


def test_the_storage_behind_artifacts_never_sees_the_token(github, restore, it, kept):
    it.artifact(it.run(), kept(1))
    assert restore().json["change"] == "restored"
    (asked,) = [each for each in github.asked if each.path.startswith("/_blobs/")]
    assert "authorization" not in asked.headers
    assert asked.headers["host"].startswith("localhost")


def test_the_signature_of_the_address_is_in_no_error(github, restore, it, kept):
    made = it.artifact(it.run(), kept(1))
    made["content"] = None
    done = restore()
    assert done.code == 3
    assert "s/g" not in done.stdout + done.stderr
    assert "sig" not in done.stdout + done.stderr


def test_a_missing_permission_is_named(github, restore):
    github.token(Token("t0ken", "me", kind="actions", may={"metadata": "read"}))
    done = restore()
    assert done.code == 3
    assert "actions: read" in done.json["error"]["hint"]


def test_a_store_in_a_bucket_is_not_carried(restore, project):
    with (project / "modelyard.yaml").open("a") as file:
        file.write("environments: {local: {store: s3://bucket/churn, tracking: http://localhost:1}}\n")
    done = restore()
    assert done.code == 2
    assert "s3://bucket/churn" in done.json["error"]["message"]


def test_the_repository_is_that_of_the_configuration(github, modelyard, project, it, kept, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY")
    it.artifact(it.run(), kept(1))
    (project / "modelyard.yaml").write_text(CONFIG + "github: {repository: me/it}\n")
    assert modelyard("restore", "--project", project, "--json").json["repository"] == "me/it"


def test_a_kill_between_old_and_new_is_finished_by_the_next_run(restore, it, kept, project):
    from modelyard.github import stored

    it.artifact(it.run(), kept(1))
    (project / ".modelyard.before").mkdir()
    assert restore().json["change"] == "restored"
    assert not (project / ".modelyard.before").exists()
    assert stored.is_used(project / ".modelyard")
