"""The page `/docs`: the routes, the columns of a row, and a form that asks; it loads nothing from elsewhere."""

from functools import cache
from importlib.resources import files


@cache
def page() -> bytes:
    """Return the page; it reads `openapi.json` of the same server."""
    return (files("modelyard.serving") / "docs.html").read_bytes()
