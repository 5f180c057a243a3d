"""The base of every part of `modelyard.yaml`."""

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


class Section(BaseModel):
    """A part of the file: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_truth_for_a_number(cls, value: object, info: ValidationInfo) -> object:
        """Refuse `yes` where a number belongs: Python takes it for 1."""
        found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        if any(isinstance(each, bool) for each in found):
            kinds = _leaves(cls.model_fields[info.field_name or ""].annotation)
            if kinds & {int, float} and bool not in kinds:
                raise ValueError("Input should be a number, not true or false")
        return value


def _leaves(annotation: Any) -> set[Any]:  # noqa: ANN401 - an annotation
    inner = get_args(annotation)
    if inner:
        return {leaf for each in inner for leaf in _leaves(each)}
    return {annotation if isinstance(annotation, type) else type(annotation)}  # of a literal: its kind
