"""References to what is not there: an id or ARN of this account that no program made and no configuration names."""

import re
from collections.abc import Iterator, Sequence

from modelyard.infra.plan.checks.known import Known, places
from modelyard.infra.plan.records import Problem, Resource

_ID = re.compile(r"(vpc|subnet|sg|rtb|igw|nat|eipalloc|vpce)-[0-9a-f]{8,17}")
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:[^*{}\s]+")
# documents speak of things that are made later, or by others; the policy pack reads those
_DOCUMENTS = ("policy", "Policy", "containerDefinitions", "dashboardBody", "eventPattern", "settingId", "inputTemplate")


def references(resources: Sequence[Resource], known: Known) -> Iterator[Problem]:
    """Yield a problem for each reference that leads nowhere."""
    for resource in resources:
        for path, value in places(resource.inputs):
            if not path.partition(".")[0].partition("[")[0].endswith(_DOCUMENTS) and _dangling(value, known):
                yield Problem(
                    layer=resource.layer,
                    resource=resource.urn,
                    property=path,
                    value=value,
                    message="refers to nothing that is planned or configured",
                    fix="Take it from an output of the layer that makes it, or name it in platform.yaml.",
                )


def _dangling(value: str, known: Known) -> bool:
    if value in known.texts:
        return False
    if _ID.fullmatch(value):
        return True
    return _ARN.fullmatch(value) is not None and f":{known.account}:" in value and not _part_of_known(value, known)


def _part_of_known(value: str, known: Known) -> bool:
    """Tell whether it is a part of something made: a stream of a log group, a key of a secret."""
    whole = value
    while any(mark in whole for mark in ":/"):
        whole = whole[: max(whole.rfind(":"), whole.rfind("/"))]
        if whole in known.texts:
            return True
    return value.endswith(":root")
