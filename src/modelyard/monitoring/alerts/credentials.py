"""Finds AWS credentials where AWS's own clients do: environment, web identity, profile, container, instance.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

from modelyard.data.store import profile
from modelyard.monitoring.alerts.http import Request, UnsentError, once

_INSTANCE = "http://169.254.169.254/latest"
_CONTAINER = "http://169.254.170.2"
_NEAR_S = 2.0  # these services are on the machine itself


@dataclass(frozen=True)
class Credentials:
    """An access key; its text form shows nothing."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


def find(region: str) -> Credentials:
    """Return the first credentials there are.

    Raises:
        UnsentError: There are none, or the service that gives them failed.
    """
    if os.environ.get("AWS_ACCESS_KEY_ID") and os.environ.get("AWS_SECRET_ACCESS_KEY"):
        return _of_environment()
    if os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE") and os.environ.get("AWS_ROLE_ARN"):
        return _of_web_identity(region)
    found = profile.settings()
    if "access_key_id" in found and "secret_access_key" in found:
        return Credentials(found["access_key_id"], found["secret_access_key"], found.get("session_token", ""))
    if os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") or os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        return _of_container()
    return _of_instance()


def _of_environment() -> Credentials:
    return Credentials(
        os.environ["AWS_ACCESS_KEY_ID"].strip(),
        os.environ["AWS_SECRET_ACCESS_KEY"].strip(),
        os.environ.get("AWS_SESSION_TOKEN", "").strip(),
    )


def _of_web_identity(region: str) -> Credentials:
    """Exchange the token of a pod, or of a workflow, for the role's credentials."""
    try:
        token = Path(os.environ["AWS_WEB_IDENTITY_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UnsentError("the file that AWS_WEB_IDENTITY_TOKEN_FILE names cannot be read") from None
    asked = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": os.environ["AWS_ROLE_ARN"],
        "RoleSessionName": os.environ.get("AWS_ROLE_SESSION_NAME") or "modelyard",
        "WebIdentityToken": token,
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = once(Request("POST", endpoint("sts", region), headers, urlencode(asked).encode()), 10.0)
    try:
        found = {e.tag.rpartition("}")[2]: e.text or "" for e in ElementTree.fromstring(answer.body).iter()}  # noqa: S314
    except ElementTree.ParseError:
        found = {}
    return _given({"Token": found.get("SessionToken"), **found}, "AWS's token service")


def _of_container() -> Credentials:
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "")
    url = f"{_CONTAINER}{relative}" if relative else os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    file = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
    try:
        token = Path(file).read_text(encoding="utf-8").strip() if file else token
    except (OSError, UnicodeDecodeError):
        raise UnsentError("the file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names cannot be read") from None
    answer = once(Request("GET", url, {"authorization": token} if token else {}), _NEAR_S)
    return _given(answer.json(), "the container's credential service")


def _of_instance() -> Credentials:
    """Ask the instance's metadata service, version 2."""
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        raise _none()
    try:
        asked = Request("PUT", f"{_INSTANCE}/api/token", {"x-aws-ec2-metadata-token-ttl-seconds": "60"})
        headers = {"x-aws-ec2-metadata-token": once(asked, _NEAR_S).body.decode("ascii", "replace")}
        place = f"{_INSTANCE}/meta-data/iam/security-credentials/"
        role = once(Request("GET", place, headers), _NEAR_S).body.decode("ascii", "replace").partition("\n")[0]
        answer = once(Request("GET", place + role.strip(), headers), _NEAR_S)
    except UnsentError:
        raise _none() from None
    return _given(answer.json(), "the instance's credential service")


def _given(found: object, service: str) -> Credentials:
    values = found if isinstance(found, Mapping) else {}
    key, secret, token = (values.get(name) for name in ("AccessKeyId", "SecretAccessKey", "Token"))
    if not (isinstance(key, str) and isinstance(secret, str)):
        raise UnsentError(f"{service} gave no credentials")
    return Credentials(key, secret, token if isinstance(token, str) else "")


def endpoint(service: str, region: str) -> str:
    """Return the URL of a service: the one of the environment variables, else AWS's own."""
    named = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    if named:
        return named.strip().rstrip("/") + "/"
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://{service}.{region}.{suffix}/"


def _none() -> UnsentError:
    return UnsentError("no AWS credentials were found")
