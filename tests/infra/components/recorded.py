"""Builds components under Pulumi's own mocks and hands back what the engine would have seen."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks

ACCOUNT = "111122223333"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # Pulumi's mark of a secret on the wire


@dataclass
class Seen:
    """One registered resource, with the engine's own (camelCase) names."""

    type: str
    name: str
    inputs: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)

    def json(self, key: str) -> Any:
        """Parse an input that holds JSON."""
        return json.loads(self.inputs[key])


@dataclass
class World(pulumi.runtime.Mocks):
    """Everything that was registered."""

    seen: list[Seen] = field(default_factory=list)
    options: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs):
        self.seen.append(Seen(args.typ, args.name, dict(args.inputs), self.options.pop((args.typ, args.name), {})))
        made = {"arn": f"arn:aws:mock:eu-central-1:{ACCOUNT}:{args.name}", "arnSuffix": f"suffix/{args.name}"}
        made |= {"name": args.name, "url": f"https://{args.name}", "repositoryUrl": f"registry/{args.name}"}
        made |= {"dnsName": f"{args.name}.example", "zoneId": "Z1", "fqdn": f"{args.name}.example"}
        made |= {"certificateAuthority": {"data": "Y2E="}, "endpoint": f"https://{args.name}.example"}
        made |= {"prometheusEndpoint": f"https://{args.name}.example/workspaces/ws-1/"}
        made |= {"vpcConfig": {"clusterSecurityGroupId": "sg-cluster"}} if "eks/cluster" in args.typ else {}
        return f"{args.name}-id", {**made, **args.inputs}

    def call(self, args: pulumi.runtime.MockCallArgs):
        self.asked.append(args.token)
        answers = {
            "aws:secretsmanager/getRandomPassword:getRandomPassword": {"randomPassword": "drawn"},
            "aws:secretsmanager/getSecretVersion:getSecretVersion": {"secretString": "ghp_hidden"},
        }
        return answers.get(args.token, {})

    def all(self, type_: str) -> list[Seen]:
        """Return what has this type, `aws:` left out."""
        return [one for one in self.seen if one.type in (type_, f"aws:{type_}", f"kubernetes:{type_}")]

    def one(self, type_: str, name: str | None = None) -> Seen:
        """Return the only one of a type (and name)."""
        found = [one for one in self.all(type_) if name is None or one.name == name]
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}: {[f'{s.type} {s.name}' for s in self.seen]}"
        return found[0]

    def secret(self, type_: str, key: str) -> bool:
        """Say whether an input of the only one of a type holds a secret."""
        return key in self.one(type_).options["secret"]

    def statements(self, role: str) -> list[dict[str, Any]]:
        """Return the statements of a role's inline policy, by the policy's logical name."""
        return self.one("iam/rolePolicy:RolePolicy", f"{role}-allows").json("policy")["Statement"]


def build(program) -> World:
    """Run a program that makes components; return what it registered.

    Raises what the program raises.
    """
    world = World()
    asyncio.set_event_loop(asyncio.new_event_loop())  # whoever ran a loop before has taken the thread's own away
    pulumi.runtime.set_mocks(world, project="test", stack="dev", preview=False, monitor=_Monitor(world))
    raised: list[BaseException] = []

    @pulumi.runtime.test
    def run() -> None:
        try:
            program()
        except Exception as error:
            raised.append(error)

    run()
    if raised:
        raise raised[0]
    return world


class _Monitor(mocks.MockMonitor):
    """Pulumi's own, which also keeps the options that mocks are not told."""

    def RegisterResource(self, request):  # noqa: N802 - Pulumi's name
        secret = [key for key, value in request.object.items() if _SECRET in str(value)]
        options = {
            "secret": secret,
            "ignore": list(request.ignoreChanges),
            "protect": request.protect,
            "parent": request.parent,
        }
        self.mocks.options[request.type, request.name] = options
        return super().RegisterResource(request)
