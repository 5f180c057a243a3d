"""Where a service answers: as it was named, or as the platform named it."""

import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from modelyard.config import Project
from modelyard.errors import OutsideError, RequestError

VARIABLE = "MODELYARD_SERVICE_URL"
_LOCAL = "http://127.0.0.1:8000"
_NAME_IT = f"Name it: --url http://HOST/PATH, or set {VARIABLE}."


def address(project: Project, given: str | None) -> str:
    """Return the service's address: the given one, the variable's, else the platform's.

    Raises:
        RequestError: It is no address, or the platform cannot know it.
        OutsideError: AWS does not say it.
    """
    named = given or os.environ.get(f"{VARIABLE}_{project.env.upper()}") or os.environ.get(VARIABLE)
    if named:
        return checked(named)
    return _LOCAL if project.env == "local" else _of_platform(project.root, project.env, project.config.name)


def checked(text: str) -> str:
    """Return an address without its last slash.

    Raises:
        RequestError: It is none, or more than one.
    """
    wrong = _wrong(text.strip())
    if wrong:
        shown = text if "@" not in text else "It"  # what stands before the @ may be a password
        raise RequestError(f"{shown} is no address of a service: {wrong}.", _NAME_IT, code="bad_url")
    return text.strip().rstrip("/")


def _wrong(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        return str(error)
    return _wrong_part(parts, text)


def _wrong_part(parts: SplitResult, text: str) -> str:
    if parts.scheme not in {"http", "https"}:
        return "it must begin with http:// or https://"
    if not parts.hostname:
        return "it names no host"
    if parts.username is not None or parts.password is not None:
        return "a credential belongs into MODELYARD_TOKEN"
    if parts.query or parts.fragment or not text.isascii() or any(c.isspace() for c in text):
        return "it must end with its path"
    return ""


def _of_platform(root: Path, env: str, project: str) -> str:
    from modelyard.infra import platform as platforms

    found = platforms.load(platforms.find(root))
    name = platforms.known(found, env)
    environment = found.environments[name]
    if environment.service.backend != "ecs":
        raise RequestError(f"A service in the cluster of {env} has no address from outside.", _NAME_IT, code="no_url")
    if environment.domain is not None:
        return f"https://models.{environment.domain.name}/{project}"
    return f"http://{_balancer(found.name, name, found.region_of(name))}/{project}"


def _balancer(platform: str, env: str, region: str) -> str:
    from botocore.exceptions import ClientError

    from modelyard.infra import aws
    from modelyard.infra.components.names import physical

    called = physical(platform, env, "serving", 32)
    with aws.told(f"looking for the load balancer {called}"):
        try:
            found = aws.client("elbv2", region).describe_load_balancers(Names=[called])["LoadBalancers"]
        except ClientError as error:
            if aws.code(error) not in {"LoadBalancerNotFound", "LoadBalancerNotFoundException"}:
                raise
            found = []
    if not found:
        raise OutsideError(
            f"There is no load balancer {called} in {region}.",
            f"Make it with `modelyard infra up --env {env}`, or name the service: --url.",
            code="no_service",
        )
    return found[0]["DNSName"]
