"""A state or a machine that cannot be used is told as that: running the same command again would never mend it."""

import json

import pytest
from small import target

from modelyard.errors import ModelyardError
from modelyard.infra.engine import run as engine

pytestmark = pytest.mark.slow


def refusal(run, layer, what="up"):
    with pytest.raises(ModelyardError) as caught:
        engine.preview(run, [layer], dict) if what == "preview" else getattr(engine, what)(run, [layer])
    return caught.value


def dangling(text):
    """Return the state without the resources that others have as parent and provider."""
    document = json.loads(text)
    document["checkpoint"]["latest"]["resources"] = document["checkpoint"]["latest"]["resources"][2:]
    return json.dumps(document)


BROKEN = {
    "cut off": (lambda text: text[: len(text) // 2], "broken_state"),
    "empty": (lambda _: "", "broken_state"),
    "of another kind": (lambda _: "<html>", "broken_state"),
    "changed by hand": (dangling, "broken_state"),
    "of a newer Pulumi": (lambda text: json.dumps({**json.loads(text), "version": 99}), "newer_state"),
}


def test_a_state_that_cannot_be_used_is_told_and_left_alone(run, cloud, tmp_path):
    layer = target(tmp_path)
    engine.up(run, [layer])
    made = len(cloud.resources)
    file = next((tmp_path / "state").rglob("stacks/**/dev.json"))
    good = file.read_text()
    for what, (change, code) in BROKEN.items():
        broken = change(good)
        file.write_text(broken)
        for operation in ("up", "preview", "outputs", "destroy") if what == "cut off" else ("up",):
            error = refusal(run, layer, operation)
            assert (what, operation, error.code) == (what, operation, code)
            assert "again" not in error.hint
        assert file.read_text() == broken
        assert len(cloud.resources) == made
    file.write_text(good)
    assert engine.up(run, [layer]).layers[0].same == 3


def test_a_folder_of_a_newer_pulumi_is_told(run, cloud, tmp_path):
    engine.up(run, [target(tmp_path)])
    (tmp_path / "state" / ".pulumi" / "meta.yaml").write_text("version: 99\n")
    assert refusal(run, target(tmp_path)).code == "newer_state"


def test_a_plugin_that_is_missing_and_may_not_be_fetched_is_named(run, cloud, tmp_path, monkeypatch):
    monkeypatch.delenv("PULUMI_DEBUG_PROVIDERS")
    error = refusal(run, target(tmp_path))
    assert error.code == "no_plugin"
    assert "pulumi-resource-aws" in error.message
    assert "pulumi plugin install" in error.hint
