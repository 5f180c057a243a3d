"""The provider protocol over a cloud: what the engine calls, answered as strictly as the service would."""

import json
import threading
import time
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from standin_cloud import wire
from standin_cloud.cloud import Cloud, Refused, Resource

Wrong = list[tuple[str, str]]


@dataclass
class Settings:
    """What one configured provider knows: several may talk to the same server, each over its own connection."""

    variables: dict[str, str] = field(default_factory=dict)

    @property
    def region(self) -> str:
        """Return the region that the program configured."""
        return self.variables.get("region", "eu-west-1")


class Service(provider_pb2_grpc.ResourceProviderServicer):
    """A provider for one package; a subclass says what is right and what a service answers."""

    package: str
    version: str

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.settings: dict[str, Settings] = {}
        self.stopping = threading.Event()

    def wrong(self, token: str, inputs: dict[str, Any]) -> Wrong:
        """Return (property, reason) for what the service would refuse."""
        raise NotImplementedError

    def made(self, token: str, urn: str, inputs: dict[str, Any], settings: Settings) -> tuple[str, dict[str, Any]]:
        """Return the id and the computed outputs of a new resource."""
        raise NotImplementedError

    def changed(self, token: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Return the properties that differ, and those among them that need a new resource."""
        raise NotImplementedError

    def answer(self, token: str, arguments: dict[str, Any], settings: Settings) -> dict[str, Any]:
        """Return what a function of the package returns."""
        raise NotImplementedError

    # -- the protocol

    def Attach(self, request, context):  # noqa: N802
        return empty_pb2.Empty()

    def GetPluginInfo(self, request, context):  # noqa: N802
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(self, request, context):  # noqa: N802
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self.package, "version": self.version}))

    def CheckConfig(self, request, context):  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request, context):  # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request, context):  # noqa: N802
        given = {k.rsplit(":", 1)[-1]: v for k, v in request.variables.items()}
        self.settings[context.peer()] = Settings(given)
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    def Check(self, request, context):  # noqa: N802
        news, token = wire.plain(request.news), _token(request.urn)
        failures = [provider_pb2.CheckFailure(property=p, reason=r) for p, r in self.wrong(token, news)]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Diff(self, request, context):  # noqa: N802
        old, new = wire.plain(request.old_inputs or request.olds), wire.plain(request.news)
        differ, replace = self.changed(_token(request.urn), old, new)
        differ = [d for d in differ if d not in request.ignoreChanges]
        kind = provider_pb2.DiffResponse.DIFF_SOME if differ else provider_pb2.DiffResponse.DIFF_NONE
        kept = [r for r in replace if r in differ]
        return provider_pb2.DiffResponse(changes=kind, diffs=differ, replaces=kept, deleteBeforeReplace=bool(kept))

    def Create(self, request, context):  # noqa: N802
        token, inputs = _token(request.urn), wire.plain(request.properties)
        settings = self._of(context)
        if request.preview:
            _, outputs = self.made(token, request.urn, inputs, settings)
            return provider_pb2.CreateResponse(
                properties=wire.struct(wire.merged(wire.unknown(outputs, inputs), inputs))
            )
        return self._operate(
            "create", token, request.urn, context, lambda: self._create(token, request.urn, inputs, settings)
        )

    def Read(self, request, context):  # noqa: N802
        self._refuse_closed(_token(request.urn), context)
        with self.cloud.open() as cloud:
            found = cloud.find(_token(request.urn), request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        state = wire.struct(wire.merged(found.outputs, found.inputs))
        return provider_pb2.ReadResponse(id=found.id, properties=state, inputs=wire.struct(found.inputs))

    def Update(self, request, context):  # noqa: N802
        token, inputs = _token(request.urn), wire.plain(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=wire.struct(wire.plain(request.olds) | inputs))
        return self._operate("update", token, request.urn, context, lambda: self._update(token, request.id, inputs))

    def Delete(self, request, context):  # noqa: N802
        token = _token(request.urn)
        return self._operate("delete", token, request.urn, context, lambda: self._delete(token, request.id))

    def Invoke(self, request, context):  # noqa: N802
        self._refuse_closed(request.tok, context)
        found = self.answer(request.tok, wire.plain(request.args), self._of(context))
        return provider_pb2.InvokeResponse(**{"return": wire.struct(found)})

    def Cancel(self, request, context):  # noqa: N802
        self.stopping.set()
        return empty_pb2.Empty()

    def _of(self, context: grpc.ServicerContext) -> Settings:
        return self.settings.get(context.peer(), Settings())

    def _refuse_closed(self, token: str, context: grpc.ServicerContext) -> None:
        if token in self.cloud.closed:
            context.abort(grpc.StatusCode.UNKNOWN, f"AccessDeniedException: nobody may read {token}")

    def _create(self, token: str, urn: str, inputs: dict[str, Any], settings: Settings) -> Any:
        self.cloud.serial += 1
        identifier, outputs = self.made(token, urn, inputs, settings)
        found = self.cloud.create(token, urn, settings.region, inputs, outputs, identifier)
        return provider_pb2.CreateResponse(id=found.id, properties=_state(found))

    def _update(self, token: str, identifier: str, inputs: dict[str, Any]) -> Any:
        found = self.cloud.find(token, identifier)
        if found is None:
            raise Refused(f"{token} {identifier} does not exist")
        found.inputs = inputs
        return provider_pb2.UpdateResponse(properties=_state(found))

    def _delete(self, token: str, identifier: str) -> Any:
        self.cloud.delete(token, identifier)
        return empty_pb2.Empty()

    def _operate(self, op: str, token: str, urn: str, context: grpc.ServicerContext, act: Callable[[], Any]) -> Any:
        with self.cloud.open() as cloud:
            cloud.journal.append((op, token, urn))
            fault = cloud.strike(op, token, urn)
            if fault is None or fault.how in {"lose", "slow"}:
                answer = _refusing(act, context)
        if fault is not None and fault.how in {"slow", "late"}:
            time.sleep(2)
        if fault is None or fault.how == "slow":
            return answer
        if fault.how in {"fail", "late"}:
            context.abort(grpc.StatusCode.UNKNOWN, f"{fault.says} while it did {op} {urn}")
        self.stopping.wait()
        return context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was lost")


def _refusing(act: Callable[[], Any], context: grpc.ServicerContext) -> Any:
    try:
        return act()
    except Refused as error:
        return context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _state(found: Resource) -> Any:
    return wire.struct(wire.merged(found.outputs, found.inputs))


def _token(urn: str) -> str:
    return urn.split("::")[2].rsplit("$", 1)[-1]


def serve(service: Service) -> tuple[grpc.Server, int]:
    """Start the server on a free port of this machine, and return both."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=64), options=[("grpc.max_receive_message_length", 2**28)]
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port
