"""Draws the layers of a platform, and lists who is told what, from the plan of a small one."""

from collections.abc import Iterator
from functools import cache

from _made import drawing, layout
from _made.workflow import Job, Step, Workflow
from modelyard.infra.graph.model import bands, links
from modelyard.infra.plan import Plan, Resource, plan
from modelyard.infra.platform import parse
from modelyard.infra.platform.layers import KUBERNETES

_SMALL = {
    "name": "acme",
    "account": "123456789012",
    "region": "us-east-1",
    "github": {"owner": "acme", "owner_id": 1},
    "repositories": [{"name": "churn", "repository_id": 2}],
}
_ENV = "dev"
_ALARMS = ("cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm")


def drawn() -> str:
    """Return the drawing of the layers: each below those whose outputs it uses."""
    return "```{raw} html\n" + drawing.figure(_stacked()) + "\n```"


def mermaid() -> str:
    """Return the same arrows in the language that GitHub draws, without those that follow from others."""
    needs = {job.key: job.needs for job in _stacked().jobs}
    edges = layout.edges(_stacked())
    lines = [f"  {source} --> {target}" for target in needs for source in edges[target] if source]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


def alarms() -> str:
    """Return the table of alarms, with the words of their messages."""
    rows = [f"| {name} | {said} |" for layer in _planned().layers for name, said in _told(layer.resources)]
    return "\n".join(["| alarm | what its message says |", "|---|---|", *rows])


@cache
def _planned() -> Plan:
    return plan(parse(_SMALL, "platform.yaml"), _ENV)


def _stacked() -> Workflow:
    found = links(_planned())
    jobs = tuple(
        Job(
            key=band.name,
            name=band.name,
            needs=tuple(link.source for link in found if link.target == band.name),
            condition="it has Kubernetes" if band.name in KUBERNETES else "",
            environment="",
            each="repository" if band.name == "project" else "",
            inside=False,
            role=False,
            steps=tuple(Step(kind, ()) for kind in dict.fromkeys(card.kind for card in band.cards)),
        )
        for band in bands(_planned())
    )
    return Workflow("The layers of a platform", ("modelyard infra up",), jobs)


def _told(resources: tuple[Resource, ...]) -> Iterator[tuple[str, str]]:
    for one in resources:
        if one.type.endswith(_ALARMS):
            name = str(one.inputs.get("name") or one.inputs.get("alarmName"))
            yield name.rsplit(f"-{_ENV}-", maxsplit=1)[-1], str(one.inputs["alarmDescription"])
