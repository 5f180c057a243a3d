"""The section `monitoring.alerts`: where alerts are told, and how often.

Addresses and credentials are named by their environment variables and never written into the file.
"""

import re
from typing import Literal

from pydantic import Field, model_validator

from modelyard.config.section import Section

Kind = Literal[
    "drift",
    "calibration",
    "skill",
    "errors",
    "latency",
    "no_traffic",
    "stale_model",
    "stale_data",
    "capture_loss",
    "failed_job",
]
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


class Channel(Section):
    """One place where alerts are told."""

    kinds: list[Kind] | None = Field(None, description="Which alerts; default all.")


class Webhook(Channel):
    """Posts the JSON that Slack's incoming webhooks read: `text` and `blocks`."""

    url: str = Field("MODELYARD_WEBHOOK_URL", description="Environment variable that holds the URL.")

    @model_validator(mode="after")
    def _names_a_variable(self) -> "Webhook":
        _check_variable("url", self.url)
        return self


class Sns(Channel):
    """Publishes to an SNS topic."""

    topic: str = Field("MODELYARD_SNS_TOPIC", description="Environment variable that holds the topic's ARN.")

    @model_validator(mode="after")
    def _names_a_variable(self) -> "Sns":
        _check_variable("topic", self.topic)
        return self


class GitHub(Channel):
    """A repository at GitHub, and who may write to it."""

    repository: str | None = Field(None, description="OWNER/NAME; default: the variable GITHUB_REPOSITORY.")
    token: str = Field("GITHUB_TOKEN", description="Environment variable that holds the token.")

    @model_validator(mode="after")
    def _names_a_variable(self) -> "GitHub":
        _check_variable("token", self.token)
        if self.repository is not None and not _REPOSITORY.fullmatch(self.repository):
            raise ValueError("`repository` must be OWNER/NAME")
        return self


class Issue(GitHub):
    """Opens one issue per alert, and comments on it while it is open."""

    label: str = Field("modelyard-alert", min_length=1, max_length=50, description="By which it finds its issues.")
    close: bool = Field(True, description="Close the issue when its trouble has ended; else that is a comment only.")


class Dispatch(GitHub):
    """Asks for retraining: one `repository_dispatch` with the event `modelyard-retrain`."""

    kinds: list[Kind] | None = Field(["drift", "calibration", "skill"], description="Alerts that ask for it.")


class Alerts(Section):
    """Where alerts are told, and how often."""

    stdout: bool = Field(True, description="Among the lines of `modelyard monitor`.")
    webhook: Webhook | None = None
    sns: Sns | None = None
    issue: Issue | None = None
    dispatch: Dispatch | None = None
    cooldown_h: float = Field(24, ge=0, description="An alert that stays is repeated after so many hours.")
    resolved: bool = Field(True, description="Tell once when what was told has ended; `dispatch` is never told so.")
    timeout_s: float = Field(10, gt=0, le=120, description="Of one request.")
    attempts: int = Field(4, ge=1, le=10, description="Of one message, with growing pauses between them.")

    @model_validator(mode="before")
    @classmethod
    def _channels_are_sections(cls, found: object) -> object:
        """Refuse an address in place of a section here, where the message does not show it."""
        channels = ("webhook", "sns", "issue", "dispatch")
        wrong = [c for c in channels if isinstance(found, dict) and not isinstance(found.get(c), dict | Section | None)]
        if wrong:
            raise ValueError(f"`{wrong[0]}` must be a section of keys, say `{wrong[0]}: {{}}`")
        return found


def _check_variable(key: str, name: str) -> None:
    """Refuse what is no name, without showing it: it may be the secret itself."""
    if not _VARIABLE.fullmatch(name):
        raise ValueError(f"`{key}` must be the name of an environment variable that holds the value, not the value")
