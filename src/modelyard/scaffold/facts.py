"""What the cards of a new repository say about its table, in words that are safe inside Markdown."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelyard.scaffold.profile import TableProfile
    from modelyard.scaffold.tables import Placed

_MOST_CLASSES = 8


def shown(value: object) -> str:
    """Return a name or value on one line, with nothing that could end a code span or a table cell."""
    line = re.sub(r"[\s\x00-\x1f\x7f]+", " ", str(value)).strip().replace("`", "'").replace("|", "¦")
    return line[:77] + "..." if len(line) > 80 else line or "(no name)"


def of(profile: "TableProfile", placed: "Placed", absent: frozenset[str]) -> dict[str, Any]:
    """Return the answer `facts` of the template `tabular`.

    Args:
        profile: What was found in the table.
        placed: Where its rows are now.
        absent: Columns that look like personal data and are not in the repository.
    """
    ignored = [column for column in profile.columns if column.role == "ignored" and column.name not in absent]
    return {
        "balance": _balance(profile.balance),
        "columns": len(profile.columns),
        "committed": placed.committed,
        "dummy": round(float(profile.dummy), 4),
        "features": sum(column.role == "feature" for column in profile.columns),
        "ignored": [{"name": shown(column.name), "reason": shown(column.reason)} for column in ignored],
        "metric_reason": shown(profile.metric_reason),
        "personal": sorted(shown(name) for name in absent),
        "positive": "" if profile.positive is None else shown(profile.positive),
        "rows": profile.rows,
        "sample_rows": placed.sample_rows,
        "source": shown(profile.source if placed.committed else placed.source),
        "split": _split(profile),
    }


def _balance(counts: dict[str, int]) -> str:
    total = sum(counts.values()) or 1
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    words = [f"`{shown(label)}` {100 * count / total:.3g} %" for label, count in ordered[:_MOST_CLASSES]]
    rest = len(ordered) - _MOST_CLASSES
    return ", ".join(words) + (f", and {rest} more" if rest > 0 else "")


def _split(profile: "TableProfile") -> str:
    column = f" `{shown(profile.split_column)}`" if profile.split_column is not None else ""
    return f"by {profile.split_by}{column}"
