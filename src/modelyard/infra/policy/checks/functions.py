"""Lambda and Step Functions: judged where somebody adds them."""

from collections.abc import Iterator
from datetime import date

from modelyard.infra.policy.control import Property, Relation
from modelyard.infra.policy.item import Breach, Item, must_be, must_number
from modelyard.infra.policy.world import World

# Deprecation dates (Lambda developer guide, runtimes, read 2026-11-21); a runtime of another language is not judged.
PYTHON_ENDS = {
    "python3.10": date(2026, 10, 31),
    "python3.11": date(2027, 6, 30),
    "python3.12": date(2028, 10, 31),
    "python3.13": date(2029, 6, 30),
    "python3.14": date(2029, 6, 30),
}
LONG_GONE = ("python2", "python3.6", "python3.7", "python3.8", "python3.9")


class FunctionNotPublic(Property, row="Lambda.1"):
    """Functions are not public: a service may call on anybody's behalf unless the statement says whose."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        principal = str(item.get("principal", ""))
        bound = any(item.get(key) is not None for key in ("sourceArn", "sourceAccount", "principalOrgId"))
        if not bound and (principal == "*" or principal.endswith(".amazonaws.com")):
            yield Breach("principal", principal, "may call the function for anybody")


class SupportedRuntime(Relation, row="Lambda.2"):
    """Functions run on a supported runtime."""

    def _breaches(self, item: Item, world: World) -> Iterator[Breach]:
        runtime = str(item.get("runtime", ""))
        ends = PYTHON_ENDS.get(runtime)
        if runtime.startswith(LONG_GONE) or (ends is not None and ends < world.today):
            yield Breach("runtime", runtime, "is out of support")


class FunctionSpansZones(Property, row="Lambda.5"):
    """Functions in a VPC span zones."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.get("vpcConfig") is not None:
            yield from must_number(item, "vpcConfig.subnetIds", 2)


class MachineLogs(Property, row="StepFunctions.1"):
    """State machines log."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        yield from must_be(item, "loggingConfiguration.level", "ALL", "ERROR", "FATAL", unset="OFF")
