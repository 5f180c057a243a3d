import json

import pytest

from modelyard.infra.components.unseen import MASK
from modelyard.infra.engine import masking

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
ASSET = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "hello", "hash": "abc"}
CONNECTION = "aws:cloudwatch/eventConnection:EventConnection"


def hidden(value="v1:c2VjcmV0", form="ciphertext"):
    return {SIGNATURE: SECRET, form: value}


def opened(value=MASK):
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}


def resource(type_, name="it", **parts):
    return {"urn": f"urn:pulumi:dev::demo::modelyard:a:B${type_}::{name}", "custom": True, "type": type_, **parts}


def state(*resources, **parts):
    return {"manifest": {"version": "v3"}, "resources": list(resources), **parts}


def only(*resources):
    (found,) = masking.masked(state(*resources))["resources"]
    return found


@pytest.mark.parametrize("form", ["ciphertext", "plaintext"])
def test_a_secret_stays_one_and_its_value_is_the_mask(form):
    found = only(resource(CONNECTION, inputs={"name": "hub", "description": hidden("the value", form)}))
    assert found["inputs"] == {"name": "hub", "description": opened()}


def test_secrets_within_objects_and_lists_are_masked_and_nothing_else_is_touched():
    value = {"keys": [{"key": "a", "value": hidden()}, "plain"], "asset": ASSET, "none": None, "yes": True}
    found = only(resource(CONNECTION, inputs={"authParameters": value}, parent="urn:p", dependencies=["urn:d"]))
    assert found["inputs"]["authParameters"] == value | {"keys": [{"key": "a", "value": opened()}, "plain"]}
    assert (found["parent"], found["dependencies"]) == ("urn:p", ["urn:d"])


def test_nothing_that_was_encrypted_is_left_wherever_it_lies():
    operation = {"type": "creating", "resource": resource(CONNECTION, inputs={"a": hidden("v1:pending")})}
    everywhere = state(
        resource("pulumi:pulumi:Stack", outputs={"token": hidden("v1:output")}),
        resource(CONNECTION, inputs={"a": [hidden("v1:deep")]}, outputs={"b": {"c": hidden("v1:deeper")}}),
        resource("aws:x/y:Z", inputs={"a": hidden("v1:unknown type")}, replacementTrigger=hidden("v1:trigger")),
        secrets_providers={"type": "cloud", "state": {"url": "awskms:///alias/a", "encryptedkey": "v1:key"}},
        pending_operations=[operation],
        metadata={"odd": hidden("v1:metadata")},
    )
    text = json.dumps(masking.masked(everywhere))
    assert "v1:" not in text
    assert "ciphertext" not in text
    assert "encryptedkey" not in text
    assert text.count(SECRET) == json.dumps(everywhere).count(SECRET)


def test_masking_twice_changes_nothing_more_and_an_empty_state_stays_empty():
    once = masking.masked(state(resource(CONNECTION, inputs={"a": hidden()}, outputs={"a": hidden()})))
    assert masking.masked(once) == once
    assert masking.masked({}) == {}
    assert masking.masks({}) == masking.Masks({}, [])


def test_an_output_takes_what_the_input_of_the_same_place_says():
    inputs = {"name": "hub", "authParameters": {"apiKey": {"key": "Authorization", "value": hidden()}}}
    outputs = {"name": hidden(), "authParameters": hidden(), "arn": hidden()}
    found = only(resource(CONNECTION, inputs=inputs, outputs=outputs))["outputs"]
    assert found["name"] == opened("hub")
    assert found["authParameters"] == opened({"apiKey": {"key": "Authorization", "value": MASK}})
    assert found["arn"] == opened()


def test_where_a_provider_takes_no_text_something_empty_of_the_right_kind_stands():
    secret = resource("kubernetes:core/v1:Secret", inputs={"stringData": hidden(), "type": hidden()})
    assert only(secret)["inputs"] == {"stringData": opened({}), "type": opened()}
    port = resource(
        "aws:lb/targetGroup:TargetGroup", inputs={"port": hidden(), "lambdaMultiValueHeadersEnabled": hidden()}
    )
    assert only(port)["inputs"] == {"port": opened(0), "lambdaMultiValueHeadersEnabled": opened(value=False)}
    group = resource("aws:ec2/securityGroup:SecurityGroup", inputs={"ingress": hidden()})
    assert only(group)["inputs"] == {"ingress": opened([])}


def test_the_masked_inputs_are_told_by_resource_and_so_is_what_cannot_be_read():
    version = "aws:secretsmanager/secretVersion:SecretVersion"
    made = masking.masks(
        masking.masked(
            state(
                resource(
                    CONNECTION, "hub", inputs={"a": {"b.c": [1, hidden()]}, "d": hidden()}, outputs={"e": hidden()}
                ),
                resource(version, "first::of two", inputs={"secretString": hidden()}),
                resource("aws:s3/bucket:Bucket", inputs={"bucket": "open"}),
            )
        )
    )
    assert made.hidden == {
        (CONNECTION, "hub"): [("a", "b.c", 1), ("d",)],
        (version, "first::of two"): [("secretString",)],
    }
    assert made.unread == [f"urn:pulumi:dev::demo::modelyard:a:B${version}::first::of two"]


def test_a_place_is_written_as_the_engine_reads_it():
    assert masking.written(("a", "b.c", 1, "d_e")) == 'a["b.c"][1].d_e'
    assert masking.written(("secretString",)) == "secretString"
