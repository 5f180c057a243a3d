"""What belongs to an environment and still costs money: searched by tag, and service by service for what has no tags.

Tags alone are not enough: volumes, load balancers and nodes that a cluster made, snapshots that a deletion left, and
log groups that a service opened are not in Pulumi's state, and some carry only the cluster's own tags.
"""

from modelyard.infra import caller
from modelyard.infra.leftovers.clues import Clues
from modelyard.infra.leftovers.found import Found
from modelyard.infra.leftovers.services import SEARCHES
from modelyard.infra.leftovers.tagged import tagged
from modelyard.infra.platform import EnvName, Platform
from modelyard.progress import Progress, silent
from modelyard.record import Record


class Leftovers(Record):
    """Everything that was found, each once."""

    resources: tuple[Found, ...]


def leftovers(platform: Platform, env: EnvName, report: Progress = silent) -> Leftovers:
    """Search the account and region of an environment. The bucket for the state is not part of it.

    Raises:
        RequestError: The credentials belong to another account.
        OutsideError: AWS cannot be reached or refuses; nothing is claimed then.
    """
    account, region = platform.account_of(env), platform.region_of(env)
    caller.must_be(account, region)
    clues = Clues(platform.name, env, region, projects=platform.projects)
    found: dict[str, Found] = {}
    for done, (what, search) in enumerate(SEARCHES.items()):
        report(f"leftovers: {what}", done, len(SEARCHES) + 1)
        for each in search(clues):
            found.setdefault(each.id, _in(region, each))
    for each in tagged(clues):
        if not any(each.id.endswith((f"/{known}", f":{known}")) or each.id == known for known in found):
            found[each.id] = each
    report("leftovers", len(SEARCHES) + 1, len(SEARCHES) + 1)
    return Leftovers(resources=tuple(sorted(found.values(), key=lambda f: (f.kind, f.id))))


def _in(region: str, found: Found) -> Found:
    """Return it with a command that names the region: the one that a shell is set to may be another."""
    if not found.fix.startswith("aws "):
        return found
    return found.model_copy(update={"fix": f"{found.fix} --region {region}"})


__all__ = ["Found", "Leftovers", "leftovers"]
