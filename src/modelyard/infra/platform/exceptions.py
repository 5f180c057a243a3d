"""What a platform knowingly does not meet: with a reason, and an end."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from modelyard.config.section import Section
from modelyard.infra.platform.words import EnvName


class Exemption(Section):
    """One control that is not enforced on some resources until a date."""

    control: str = Field(min_length=1, description="As in `modelyard infra controls`, such as S3.9.")
    resource: str = Field("*", description="Name of the resource, `*` and `?` allowed.")
    environments: tuple[EnvName, ...] = Field((), description="Empty: all of them.")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)] = Field(
        description="Why, in a sentence an auditor understands."
    )
    until: date = Field(description="The day on which it ends: an exception is not a decision for ever.")

    @field_validator("until", mode="before")
    @classmethod
    def _a_day_as_it_is_written(cls, given: object) -> object:
        """Refuse a number: `20270131` would be the seconds since 1970, a day long past."""
        if isinstance(given, int | float):
            raise ValueError("must be a day such as 2027-01-31")  # noqa: TRY004 - pydantic wants this one
        return given
