"""What exists when a plan is checked: what its programs made, and what their configuration names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Known:
    """Every text that a reference may be: ids, ARNs and names of what is made, and all texts of the configuration."""

    texts: set[str] = field(default_factory=set)
    account: str = ""

    def add(self, values: Any) -> None:  # noqa: ANN401 - any tree of values
        """Take in every text of a tree of values."""
        self.texts.update(texts(values))


def texts(values: Any) -> Iterator[str]:  # noqa: ANN401 - any tree of values
    """Yield every text in a tree of values."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from texts(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from texts(value)


def places(values: Any, at: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any tree of values
    """Yield every text in a tree of values with its path, such as `rules[0].filter.prefix`."""
    if isinstance(values, str):
        yield at, values
    elif isinstance(values, Mapping):
        for key, value in values.items():
            yield from places(value, f"{at}.{key}" if at else str(key))
    elif isinstance(values, list | tuple):
        for number, value in enumerate(values):
            yield from places(value, f"{at}[{number}]")
