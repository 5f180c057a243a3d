"""Where the files that ship with the package lie, in a wheel and in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def template(name: str) -> Path:
    """Return the folder of the Copier template `name`."""
    shipped = _PACKAGE / "_templates" / name
    return shipped if shipped.is_dir() else _PACKAGE.parents[1] / "templates" / name


def stacks() -> Path:
    """Return the folder of the layers' Pulumi programs, one folder each."""
    shipped = _PACKAGE / "_stacks"
    return shipped if shipped.is_dir() else _PACKAGE.parents[1] / "stacks"


def flights() -> Path:
    """Return the Parquet file of `demo:flights`."""
    return _PACKAGE / "demo" / "flights.parquet"
