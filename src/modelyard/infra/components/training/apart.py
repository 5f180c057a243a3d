"""What a job of one project must not be, in CEL: in another's queue, cluster or account (Kubernetes, admission)."""

import json
from collections.abc import Mapping

from modelyard.infra.components.cluster.groups import cel_of_loop
from modelyard.infra.components.training.labels import QUEUE

_CLUSTER = "object.spec.rayClusterSpec"
_WORKERS = f"{_CLUSTER}.workerGroupSpecs"
_SUBMITTER = "object.spec.submitterPodTemplate"


def words(accounts: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the rules: the job's queue, and the account of its project (project -> account)."""
    labels = "object.metadata.labels"
    return {
        "queue": f"has({labels}) && '{QUEUE}' in {labels} ? {labels}['{QUEUE}'] : ''",
        "accounts": json.dumps(dict(accounts), sort_keys=True),
        "account": "variables.queue in variables.accounts ? variables.accounts[variables.queue] : ''",
    }


def rules() -> dict[str, str]:
    """Return what is said of a job that is refused, and the expression that is false of it."""
    return {
        "a loop starts jobs in the queue of its own project only": _in_own_queue(),
        "a loop's job brings a Ray cluster of its own": f"has({_CLUSTER}) && !has(object.spec.clusterSelector)",
        "head, workers and submitter run as the account of their project": _as_own_account(),
    }


def _in_own_queue() -> str:
    return f"{cel_of_loop('variables.queue')} in request.userInfo.groups"


def _as_own_account() -> str:
    head = f"has({_CLUSTER}) && {_own(f'{_CLUSTER}.headGroupSpec.template.spec')}"
    workers = f"(!has({_WORKERS}) || {_WORKERS}.all(group, {_own('group.template.spec')}))"
    submitter = f"has({_SUBMITTER}) && {_own(f'{_SUBMITTER}.spec')}"  # left out, it would be the namespace's default
    return f"{head} && {workers} && {submitter}"


def _own(spec: str) -> str:
    return f"has({spec}.serviceAccountName) && {spec}.serviceAccountName == variables.account"
