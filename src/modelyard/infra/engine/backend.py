"""Where state lies and what encrypts its secrets: the machine's settings when there are any, else the platform's."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from modelyard.errors import RequestError
from modelyard.infra.components import names
from modelyard.infra.platform import EnvName, Platform

PASSPHRASE = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


@dataclass(frozen=True)
class Backend:
    """A state backend. `provider` is Pulumi's secrets provider; `env` is set for the CLI only."""

    url: str
    provider: str
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """The bucket and key that `bootstrap` makes, one of each per account and region."""

    bucket: str
    alias: str
    region: str
    account: str

    @property
    def url(self) -> str:
        """The address of the backend."""
        return f"s3://{self.bucket}?region={self.region}&awssdk=v2"

    @property
    def provider(self) -> str:
        """The address of the key for secrets."""
        return f"awskms:///{self.alias}?region={self.region}&awssdk=v2"


def place(platform: Platform, env: EnvName) -> Place:
    """Return where the state of an environment belongs: environments of one account and region share it."""
    account, region = platform.account_of(env), platform.region_of(env)
    bucket = names.bucket(platform.name, region, "state", account)
    return Place(bucket, names.state_key(platform.name, region), region, account)


def backend(platform: Platform, env: EnvName, environ: Mapping[str, str] = os.environ) -> Backend:
    """Return the backend of an environment; `PULUMI_BACKEND_URL` and a passphrase win over the platform's own.

    Raises:
        RequestError: A backend without a key of its own, and no passphrase.
    """
    home = place(platform, env)
    url = environ.get("PULUMI_BACKEND_URL") or home.url
    if any(name in environ for name in PASSPHRASE):
        return Backend(_made(url), "passphrase")
    if url.startswith("s3://") or "PULUMI_BACKEND_URL" not in environ:
        return Backend(url, home.provider)
    raise RequestError(
        f"The state in {url} needs a passphrase for its secrets.",
        "Set PULUMI_CONFIG_PASSPHRASE (it may be empty), or unset PULUMI_BACKEND_URL to use the platform's bucket.",
        code="no_passphrase",
    )


def _made(url: str) -> str:
    """Make the folder of a file backend: the CLI refuses one that does not exist."""
    if url.startswith("file://") and url != "file://~":
        Path(url.removeprefix("file://").split("?", 1)[0]).expanduser().mkdir(parents=True, exist_ok=True)
    return url
