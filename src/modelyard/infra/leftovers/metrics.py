"""Where metrics are kept beside CloudWatch; what is in there is paid by the gigabyte, for five months."""

from collections.abc import Iterator

from modelyard.infra import aws
from modelyard.infra.leftovers.clues import Clues
from modelyard.infra.leftovers.found import Found


def workspaces(clues: Clues) -> Iterator[Found]:
    """Search Managed Prometheus."""
    for found in aws.pages(aws.client("amp", clues.region), "list_workspaces", "workspaces"):
        name = found["workspaceId"]
        if why := clues.why(found.get("tags", {}), name=found.get("alias", "")):
            fix = f"aws amp delete-workspace --workspace-id {name}"
            yield Found(kind="workspace of Prometheus", id=name, why=why, fix=fix)
