"""What can be known of the engine without running it: which stacks are meant, where state lies, what errors say."""

import io
import json
import os
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

import modelyard
from modelyard.cli import app
from modelyard.errors import OutsideError, RequestError
from modelyard.infra import pinned
from modelyard.infra.engine import executable, identity, locks, pending
from modelyard.infra.engine.backend import backend
from modelyard.infra.engine.targets import Request, targets
from modelyard.infra.platform import parse

PLATFORM = """\
name: acme
account: "123456789012"
region: eu-central-1
github: {owner: acme, owner_id: 5}
repositories: [{name: churn, repository_id: 7}]
"""


@pytest.fixture
def platform():
    github = {"owner": "acme"}
    document = {"name": "acme", "account": "123456789012", "region": "eu-central-1", "github": github}
    return parse(document | {"repositories": [{"name": "churn"}, {"name": "late"}]}, "platform.yaml")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "platform.yaml").write_text(PLATFORM, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_pulumi(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")


def asked(*words):
    done = CliRunner().invoke(app, ["infra", *words])
    return done, json.loads(done.stdout) if done.stdout.startswith("{") else {}


def test_layers_come_in_the_order_in_which_they_stand_on_each_other(platform):
    names = [target.layer for target in targets(Request(platform, "dev"))]
    assert names[:3] == ["account", "network", "lake"]
    assert names[-2:] == ["project:churn", "project:late"]
    assert [t.layer for t in targets(Request(platform, "dev", layers=("lake", "network")))] == ["network", "lake"]


def test_a_layer_that_the_environment_does_not_have_is_refused_with_those_it_has(platform):
    plain = platform.model_copy(update={"kubernetes": False})
    with pytest.raises(RequestError, match="'dev' has no layer 'cluster'") as caught:
        targets(Request(plain, "dev", layers=("cluster",)))
    assert "registry" in caught.value.hint


def test_state_lies_in_the_platforms_bucket_unless_the_machine_says_otherwise(platform, tmp_path):
    own = backend(platform, "dev", {})
    assert own.url == "s3://acme-eu-central-1-state-123456789012?region=eu-central-1&awssdk=v2"
    assert own.provider.startswith("awskms:///alias/acme-eu-central-1-state?")
    told = {"PULUMI_BACKEND_URL": f"file://{tmp_path}/new", "PULUMI_CONFIG_PASSPHRASE": ""}
    assert backend(platform, "dev", told).provider == "passphrase"
    assert (tmp_path / "new").is_dir()


def test_a_folder_for_the_state_needs_a_passphrase(platform, tmp_path):
    with pytest.raises(RequestError, match="needs a passphrase"):
        backend(platform, "dev", {"PULUMI_BACKEND_URL": f"file://{tmp_path}"})


def test_ids_that_follow_from_inputs_are_known_and_others_are_not_guessed():
    bucket = identity.expected("aws:s3/bucket:Bucket", {"bucket": "b"}, "1", "r")
    policy = identity.expected("aws:iam/policy:Policy", {"name": "p"}, "123456789012", "r")
    pod = {"metadata": {"name": "n", "namespace": "s"}}
    assert (bucket, policy) == ("b", "arn:aws:iam::123456789012:policy/p")
    assert identity.expected("kubernetes:core/v1:ConfigMap", pod, "1", "r") == "s/n"
    assert identity.expected("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, "1", "r") is None
    assert identity.expected("aws:s3/bucket:Bucket", {"bucketPrefix": "b"}, "1", "r") is None


def test_only_the_engine_imports_the_automation_api():
    root = Path(modelyard.__file__).parent
    users = {
        p.relative_to(root).parts[:2] for p in root.rglob("*.py") if "from pulumi.automation" in p.read_text("utf-8")
    }
    assert users == {("infra", "engine")}


def test_a_lock_is_dead_only_when_its_process_is_known_to_be_gone():
    text = "the stack is currently locked by 1 lock(s)\n  file:///x: created by ann@{} (pid {}) at 2026-11-21T10:00:00Z"
    here = socket.gethostname()
    (alive,), (gone,), (far,) = (
        locks.found(text.format(host, pid)) for host, pid in ((here, os.getpid()), (here, 2**22 + 1), ("elsewhere", 1))
    )
    assert (alive.dead, gone.dead, far.dead) == (False, True, False)


def test_what_was_typed_for_a_lost_resource_must_have_its_form():
    assert pending.parsed(["urn:pulumi:dev::p::aws:ec2/vpc:Vpc::v=vpc-1"]) == {
        "urn:pulumi:dev::p::aws:ec2/vpc:Vpc::v": "vpc-1"
    }
    for wrong in ("vpc-1", "urn:pulumi:dev::p::t::v", "a=b"):
        with pytest.raises(RequestError, match="URN=ID"):
            pending.parsed([wrong])


@pytest.mark.parametrize("command", ["preview", "up", "destroy", "refresh", "outputs", "bootstrap", "leftovers"])
def test_every_command_wants_to_know_which_environment(folder, command):
    done, found = asked(command, "--json")
    assert done.exit_code == 2
    assert found["error"]["code"] == "no_environment"


@pytest.mark.parametrize("command", ["up", "bootstrap", "leftovers", "restore"])
def test_an_environment_that_this_platform_does_not_have_is_refused_with_those_it_has(folder, command):
    (folder / "platform.yaml").write_text(f"{PLATFORM}environments: {{dev: {{}}, prod: {{}}}}\n", "utf-8")
    done, found = asked(command, "--env", "staging", "--json")
    assert (done.exit_code, found["error"]["code"]) == (2, "no_environment")
    assert "dev, prod" in found["error"]["hint"]


@pytest.mark.parametrize("command", ["up", "destroy", "bootstrap", "restore"])
def test_what_changes_the_world_is_refused_when_nobody_can_confirm_it(folder, command):
    done, found = asked(command, "--env", "dev", "--json")
    assert done.exit_code == 2
    assert found["error"]["hint"] == "Add --yes."


def test_without_a_cli_the_exact_way_to_get_it_is_told(folder, no_pulumi):
    done, found = asked("preview", "--env", "dev", "--json")
    assert (done.exit_code, found["error"]["code"]) == (2, "no_pulumi")
    assert "--install-cli" in found["error"]["hint"]
    assert "--version 3.272.0" in found["error"]["hint"]


def test_a_cli_that_cannot_run_is_named(folder, no_pulumi, tmp_path):
    fake = tmp_path / "pulumi"
    fake.write_text("#!/bin/sh\necho v3.1.0\n")
    fake.chmod(0o755)
    done, found = asked("preview", "--env", "dev", "--json")
    assert (done.exit_code, found["error"]["code"]) == (2, "pulumi_unusable")
    assert str(fake) in found["error"]["message"]


@pytest.mark.parametrize("why", ["read-only file system", "permission denied"])
def test_a_home_that_cannot_be_written_is_told_with_the_variable_that_names_another(
    folder, no_pulumi, tmp_path, monkeypatch, why
):
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    fake = tmp_path / "pulumi"
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = version ] && echo v{pinned.VERSION} && exit\n'
        f'echo "error: mkdir /home/me/.pulumi: {why}" >&2\nexit 255\n'
    )
    fake.chmod(0o755)
    done, found = asked("outputs", "--env", "dev", "--json")
    assert (done.exit_code, found["error"]["code"]) == (3, "not_writable")
    assert "/home/me/.pulumi" in found["error"]["message"]
    assert "PULUMI_HOME" in found["error"]["hint"]


INSTALLER = b"""#!/bin/sh
while [ $# -gt 0 ]; do [ "$1" = --install-root ] && root="$2"; [ "$1" = --version ] && version="$2"; shift; done
mkdir -p "$root/bin"
printf '#!/bin/sh\\necho v%s\\n' "$version" > "$root/bin/pulumi"
chmod +x "$root/bin/pulumi"
"""


@pytest.fixture
def without_pulumi(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr("shutil.which", lambda name: None)


def test_the_pinned_cli_is_fetched_once_and_used(without_pulumi, monkeypatch):
    asked_for = []
    monkeypatch.setattr("urllib.request.urlopen", lambda url: asked_for.append(url) or io.BytesIO(INSTALLER))
    assert str(executable.find(install=True).version) == pinned.VERSION
    assert str(executable.find(install=True).version) == pinned.VERSION
    assert asked_for == ["https://get.pulumi.com/install.sh"]


def test_a_cli_that_cannot_be_fetched_is_an_outside_failure(without_pulumi, monkeypatch):
    def unreachable(url):
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    with pytest.raises(OutsideError, match=r"could not be fetched from get\.pulumi\.com: no route to host") as caught:
        executable.find(install=True)
    assert str(pinned.home()) in caught.value.hint


def test_an_installer_that_fails_is_told_in_its_own_words(without_pulumi, monkeypatch):
    says = b"#!/bin/sh\necho + Extracting\necho mkdir: .pulumi: Read-only file system >&2\nexit 1\n"
    monkeypatch.setattr("urllib.request.urlopen", lambda url: io.BytesIO(says))
    with pytest.raises(OutsideError, match=r"mkdir: \.pulumi: Read-only file system"):
        executable.find(install=True)


def test_a_fetched_cli_that_was_cut_off_is_to_be_deleted(without_pulumi, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    pinned.fetched().parent.mkdir(parents=True)
    pinned.fetched().touch(mode=0o755)
    with pytest.raises(RequestError, match="cannot be used") as caught:
        executable.find()
    assert f"Delete {pinned.home()} and run again with --install-cli" in caught.value.hint
