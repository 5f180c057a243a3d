"""What a platform knowingly does not meet: with a reason, and an end."""

from datetime import date

from pydantic import Field

from modelyard.config.section import Section
from modelyard.infra.platform.words import EnvName


class Exemption(Section):
    """One control that is not enforced on some resources until a date."""

    control: str = Field(min_length=1, description="As in `modelyard infra controls`, such as S3.9.")
    resource: str = Field("*", description="Name of the resource, `*` and `?` allowed.")
    environments: tuple[EnvName, ...] = Field((), description="Empty: all of them.")
    reason: str = Field(min_length=10, description="Why, in a sentence an auditor understands.")
    until: date = Field(description="The day on which it ends: an exception is not a decision for ever.")
