"""Stands where Pulumi's engine would: writes down what a program registers, and answers as AWS would.

Pulumi's own `MockMonitor` passes on inputs only; a plan also needs protection, retention, ignored changes and
dependencies.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
from google.protobuf.empty_pb2 import Empty  # ty: ignore[missing-module-member] - made at run time
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct  # ty: ignore[missing-module-member] - made at run time
from pulumi.runtime import mocks, rpc
from pulumi.runtime.proto import resource_pb2

from modelyard.infra.plan.answers import made
from modelyard.infra.plan.calls import answer
from modelyard.infra.plan.place import Place
from modelyard.infra.plan.records import Resource

REFERENCE = "pulumi:pulumi:StackReference"
_STACK = "pulumi:pulumi:Stack"
SECRET = "[secret]"  # noqa: S105 - what is shown instead of one


class _Unused(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return "", dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:  # noqa: ARG002 - never asked: `Invoke` answers itself
        return {}, None


class Recorder(mocks.MockMonitor):
    """The monitor of one program's run.

    Afterwards `recorded` holds the resources, `exports` the stack's outputs, `below` the full names of the stacks that
    it referred to, `answered` the ids and outputs that AWS would have added.

    Args:
        layer: Name of the layer, for the records.
        place: Account and region that AWS answers for.
        outputs: What the stacks below export, by full stack name.
    """

    def __init__(self, layer: str, place: Place, outputs: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(_Unused())
        self.layer = layer
        self.recorded: list[Resource] = []
        self.exports: dict[str, Any] = {}
        self.missing: list[str] = []
        self.below: set[str] = set()
        self.answered: list[Any] = []
        self._place = place
        self._outputs = outputs

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - a message of the protocol
        """Record one resource and answer with its id and outputs."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = _plain(request.object)
        given = _clear(request.object)
        identity, state = made(request.type, request.name, given, self._place)
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, identity, state)
        if not request.type.startswith("pulumi:"):
            self.recorded.append(_record(self.layer, urn, request, inputs))
        # what the program sent goes back as it is, secrets and archives included; only what AWS adds is ours
        more = {key for key, value in state.items() if isinstance(value, dict) and value != given.get(key)}
        added = {key: value for key, value in state.items() if key in more or key not in request.object}
        self.answered += [identity, added]
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identity, object=_joined(request.object, added))

    def ReadResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - a message of the protocol
        """Answer a reference to another stack from the plan of that stack; other reads by their id."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == REFERENCE:
            self.below.add(request.id)
            if request.id not in self._outputs:
                self.missing.append(request.id)
            state = {"name": request.id, "outputs": dict(self._outputs.get(request.id, {})), "secretOutputNames": []}
        else:
            _, state = made(request.type, request.name, {"name": request.id, **_clear(request.properties)}, self._place)
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, request.id, state)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(state))

    def Invoke(self, request: Any) -> Any:  # noqa: ANN401, N802 - a message of the protocol
        """Answer a provider's function."""
        if request.tok.startswith("pulumi:"):
            return super().Invoke(request)
        found = answer(request.tok, _clear(request.args), self._place)
        return _invoked(_struct(found))

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: ANN401, N802 - a message of the protocol
        """Keep what the stack exports."""
        if request.urn.split("::")[2] == _STACK:
            self.exports = _plain(request.outputs)
        return Empty()


def _invoked(values: Struct) -> resource_pb2.ResourceInvokeResponse:
    response = resource_pb2.ResourceInvokeResponse()
    getattr(response, "return").CopyFrom(values)
    return response


def _record(layer: str, urn: str, request: Any, inputs: dict[str, Any]) -> Resource:  # noqa: ANN401 - a message
    parent = request.parent if "::pulumi:pulumi:Stack::" not in request.parent else ""
    return Resource(
        layer=layer,
        type=request.type,
        name=request.name,
        urn=urn,
        parent=parent or None,
        inputs=inputs,
        protect=bool(request.protect),
        retain=bool(request.retainOnDelete),
        ignore_changes=tuple(request.ignoreChanges),
        depends_on=tuple(sorted(request.dependencies)),
    )


def _plain(struct: Struct) -> dict[str, Any]:
    """Return properties as plain values with every secret masked."""
    return _unwrapped(rpc.deserialize_properties(struct, keep_unknowns=True), masked=True)


def _clear(struct: Struct) -> dict[str, Any]:
    """Return properties as plain values, secrets in clear: only for the program's own answers, never for a record."""
    return _unwrapped(rpc.deserialize_properties(struct, keep_unknowns=True), masked=False)


def _unwrapped(value: Any, *, masked: bool) -> Any:  # noqa: ANN401 - any tree of values
    if rpc.is_rpc_secret(value):
        return SECRET if masked else _unwrapped(rpc.unwrap_rpc_secret(value), masked=masked)
    if isinstance(value, dict):  # sorted: protobuf's order differs from run to run
        return {key: _unwrapped(value[key], masked=masked) for key in sorted(value)}
    if isinstance(value, list):
        return [_unwrapped(each, masked=masked) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # protobuf knows only floats
    if isinstance(value, pulumi.Asset | pulumi.Archive):
        return {"asset": getattr(value, "path", None) or type(value).__name__}
    return value


def _joined(sent: Struct, added: Mapping[str, Any]) -> Struct:
    whole = Struct()
    whole.CopyFrom(sent)
    whole.MergeFrom(_struct(added))
    return whole


def _struct(values: Mapping[str, Any]) -> Struct:
    return ParseDict(dict(values), Struct())
