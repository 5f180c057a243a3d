"""By which names the cluster knows who runs a project's loop: EKS puts the role into a group of this form."""

_PREFIX, _SUFFIX = "modelyard:", ":loop"


def of_loop(project: str) -> str:
    """Return the group of a project's loop."""
    return f"{_PREFIX}{project}{_SUFFIX}"


def cel_of_loop(project: str) -> str:
    """Return the same as a CEL expression over the expression of a project's name."""
    return f"('{_PREFIX}' + {project} + '{_SUFFIX}')"


def cel_is_loop(group: str) -> str:
    """Return the CEL expression that says whether a group is that of some project's loop."""
    return f"{group}.startsWith('{_PREFIX}') && {group}.endsWith('{_SUFFIX}')"
