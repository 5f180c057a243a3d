"""When a preview is made against a copy, and what becomes of the copy; the CLI is played by answers."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from pulumi.automation import CommandError, CommandResult, StackNotFoundError

from modelyard.errors import OutsideError
from modelyard.infra.components import unseen
from modelyard.infra.engine import pending, unsecret
from modelyard.infra.engine.backend import Backend
from modelyard.infra.engine.session import Run
from modelyard.infra.engine.stacks import Target

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:hunter2"}
URN = "urn:pulumi:dev::modelyard-demo::aws:s3/bucket:Bucket::data"
STACKS = {
    "organization/modelyard-demo/dev": {
        "secrets_providers": {"type": "cloud", "state": {"url": "awskms:///alias/a", "encryptedkey": "aGk="}},
        "resources": [{"urn": URN, "type": "aws:s3/bucket:Bucket", "inputs": {"bucket": SECRET}}],
        "pending_operations": [],
    },
    "organization/modelyard-elsewhere/prod": {},
}
DENIED = "error: secrets (code=PermissionDenied): operation error KMS: Decrypt, api error AccessDeniedException: no"


class Cli:
    """Answers the few commands that are asked; `refusal` is what opening the secrets says."""

    def __init__(self, refusal: str = "", stacks: dict = STACKS) -> None:
        self.refusal, self.stacks = refusal, stacks
        self.asked: list[str] = []
        self.version = None

    def run(self, arguments: Sequence[str], *_: object, **__: object) -> CommandResult:
        self.asked.append(" ".join(arguments[:2]))
        if arguments[0] == "config" and self.refusal:
            raise CommandError(CommandResult(stdout="", stderr=self.refusal, code=255))
        return CommandResult(stdout=json.dumps(self._answer(list(arguments))), stderr="", code=0)

    def _answer(self, arguments: list[str]) -> object:
        if arguments[:2] == ["stack", "ls"]:
            return [{"name": name} for name in self.stacks]
        if arguments[:2] != ["stack", "export"]:
            return {}
        name = arguments[arguments.index("--stack") + 1]
        if name not in self.stacks:
            raise StackNotFoundError(CommandResult(stdout="", stderr=f"no stack named {name} found", code=255))
        return {"version": 3, "deployment": self.stacks[name]}


def layers(tmp_path):
    return [Target(name, f"modelyard-{name}", "dev", tmp_path, {"aws:region": "x"}) for name in ("first", "demo")]


def copied(cli, tmp_path):
    run = Run(cli, Backend("s3://state", "awskms:///alias/a"), pending.Look("1", "x"))
    return run, unsecret.where_shut(run, layers(tmp_path))


@pytest.mark.parametrize("refusal", [DENIED, "error: incorrect passphrase", "error: passphrase must be set with X"])
def test_who_may_not_open_the_secrets_sees_a_copy_without_them(refusal, tmp_path):
    cli = Cli(refusal)
    run, seen = copied(cli, tmp_path)
    with seen as (at, targets):
        folder = Path(at.backend.url.removeprefix("file://"))
        files = {each.relative_to(folder).as_posix(): each.read_text("utf-8") for each in folder.rglob("*.json")}
        assert set(files) == {".pulumi/stacks/modelyard-demo/dev.json", ".pulumi/stacks/modelyard-elsewhere/prod.json"}
        assert "v1:hunter2" not in "".join(files.values())
        kept = json.loads(files[".pulumi/stacks/modelyard-demo/dev.json"])
        assert (kept["version"], kept["checkpoint"]["stack"]) == (3, "organization/modelyard-demo/dev")
        assert at.backend.provider == "passphrase"
        assert len(at.backend.env["PULUMI_CONFIG_PASSPHRASE"]) > 30
        assert at.masks(targets[1]).hidden == {("aws:s3/bucket:Bucket", "data"): [("bucket",)]}
        assert {target.config[unseen.KEY] for target in targets} == {"true"}
    assert not folder.exists()
    assert run.blind is None
    assert set(cli.asked) == {"stack export", "stack ls", "config set"}


def test_who_may_open_them_sees_the_state_itself(tmp_path):
    run, seen = copied(Cli(), tmp_path)
    with seen as (at, targets):
        assert (at, targets) == (run, layers(tmp_path))


def test_before_anything_is_up_there_is_nothing_to_mask(tmp_path):
    cli = Cli(DENIED, {})
    run, seen = copied(cli, tmp_path)
    with seen as (at, _):
        assert at is run
    assert set(cli.asked) == {"stack export"}


@pytest.mark.parametrize(
    "refusal", ["error: ExpiredToken: sign in", "error: dial tcp: no such host", "error: Disabled"]
)
def test_another_failure_is_told_and_not_taken_for_a_refusal(refusal, tmp_path):
    _, seen = copied(Cli(refusal), tmp_path)
    with pytest.raises(OutsideError), seen:
        pass


def _interrupted(seen):
    with seen as (at, _):
        assert Path(at.backend.url.removeprefix("file://")).exists()
        raise KeyboardInterrupt


def test_an_interrupt_leaves_no_copy_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _, seen = copied(Cli(DENIED), tmp_path)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(seen)
    assert list(tmp_path.iterdir()) == []
