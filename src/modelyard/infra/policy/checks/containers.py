"""ECS: tasks that are closed, not root and read-only, without secrets in plain sight, and that log."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.item import Breach, Item, must_be
from modelyard.infra.policy.value import UNKNOWN, as_list, at

ROOT = frozenset({"root", "0", "0:0", "root:root"})
# words that a secret's name ends in; a name such as SECRET_ARN only says where one is
SECRET_ENDS = (
    "password",
    "passwd",
    "secret",
    "secret_key",
    "secret_access_key",
    "token",
    "api_key",
    "apikey",
    "private_key",
)
SECRET_NAMES = frozenset({"aws_access_key_id", "aws_secret_access_key", "ecs_engine_auth_data"})


def containers(item: Item) -> list[Mapping[str, Any]]:
    """Return the containers of a task definition; none while they are not known."""
    value = item.get("containerDefinitions")
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return []
    return [one for one in as_list(found) if isinstance(one, Mapping)]


def _breach(container: Mapping[str, Any], path: str, value: object, message: str) -> Breach:
    return Breach(f"containerDefinitions[{container.get('name', '?')}].{path}", value, message)


class OwnNetworkNoRoot(Property, row="ECS.1"):
    """Containers have a network of their own and are not root; without a user the image's own holds."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "networkMode", "awsvpc")
        for one in containers(item):
            if str(one.get("user", "")) in ROOT:
                yield _breach(one, "user", one.get("user"), "is root")


class ServiceWithoutAddress(Property, row="ECS.2"):
    """Tasks have no public address."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "networkConfiguration.assignPublicIp", False, unset=False)


class OwnProcesses(Property, row="ECS.3"):
    """Tasks do not see the host's processes."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.get("pidMode") == "host":
            yield Breach("pidMode", "host", "shares the host's processes")


class NotPrivileged(Property, row="ECS.4"):
    """Containers are not privileged."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in containers(item):
            if one.get("privileged") is True:
                yield _breach(one, "privileged", True, "is root on the host")


class ReadOnly(Property, row="ECS.5"):
    """Containers cannot write their own files."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in containers(item):
            if one.get("readonlyRootFilesystem") is not True:
                value = one.get("readonlyRootFilesystem")
                yield _breach(one, "readonlyRootFilesystem", value, "lets the process write its own files")


class NoPlainSecrets(Property, row="ECS.8"):
    """No secrets in environment variables."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in containers(item):
            for variable in as_list(one.get("environment")):
                if _is_secret(str(at(variable, "name", ""))) and at(variable, "value"):
                    yield _breach(one, "environment", at(variable, "name"), "holds a secret in plain sight")


def _is_secret(name: str) -> bool:
    lower = name.lower()
    return lower in SECRET_NAMES or any(lower == end or lower.endswith(f"_{end}") for end in SECRET_ENDS)


class Logs(Property, row="ECS.9"):
    """Containers log."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        for one in containers(item):
            if not at(one, "logConfiguration.logDriver"):
                yield _breach(one, "logConfiguration", None, "is not set")


class LatestPlatform(Property, row="ECS.10"):
    """Services run on the latest platform."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "platformVersion", "LATEST", unset="LATEST")


class ContainerInsights(Property, row="ECS.12"):
    """The cluster has Container Insights."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        found = [at(one, "value") for one in as_list(item.get("settings")) if at(one, "name") == "containerInsights"]
        if not set(found) & {"enabled", "enhanced", UNKNOWN}:
            yield Breach("settings", found or None, "does not switch on Container Insights")
