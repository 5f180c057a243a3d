"""CloudWatch: alarms that somebody hears, on metrics that somebody emits."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Relation
from modelyard.infra.policy.item import Breach, Item, must_be, must_have
from modelyard.infra.policy.metrics import Watched, emitters, watched
from modelyard.infra.policy.world import World

COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"


class AlarmsReachSomebody(Relation, row="CloudWatch.15/17"):
    """Alarms reach somebody, by themselves or through a composite alarm that names them."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        yield from must_be(item, "actionsEnabled", True, unset=True)
        if not _part_of_another(item, world):
            yield from must_have(item, "alarmActions")


def _part_of_another(alarm: Item, world: World) -> bool:
    named = f"({alarm.get('name', alarm.name)})"
    others = [one for one in world.of(COMPOSITE) if one.urn != alarm.urn and one.get("alarmActions")]
    return any(
        alarm.urn in one.refers.get("alarmRule", ()) or named in str(one.get("alarmRule", "")).replace('"', "")
        for one in others
    )


class OnEmittedMetrics(Relation, row="Modelyard.metrics"):
    """Alarms watch metrics that somebody emits."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        for one in watched(item):
            fault = _fault(one, world)
            if fault:
                yield Breach(one.property, str(one), fault)


def _fault(one: Watched, world: World) -> str:
    known = [emitter for emitter in emitters() if emitter.namespace == one.namespace]
    having = [emitter for emitter in known if one.metric in emitter.metrics]
    if not having:
        return "is emitted by nobody"
    exact = [emitter for emitter in having if emitter.has(one.dimensions)]
    if not exact:
        sets = " or ".join(", ".join(sorted(names)) for names in having[0].dimensions)
        return f"has no series under these dimensions; there are {sets}"
    # only a whole plan can say that an emitter is missing: it may stand in another layer
    if world.whole and not any(not emitter.types or world.of(*emitter.types) for emitter in exact):
        return f"is emitted by {exact[0].by}, and the plan has none"
    return ""
