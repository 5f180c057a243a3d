"""Lists what the server counts."""

from modelyard.serving.exposition import HELP


def page() -> str:
    """Return the table of metrics."""
    rows = [f"| `{name}` | {told} |" for name, told in HELP.items()]
    return "\n".join(["| metric | what it says |", "|---|---|", *rows])
