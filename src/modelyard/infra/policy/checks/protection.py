"""What keeps data and its traces: protection from deletion, and logs that are kept, but not for ever."""

from collections.abc import Iterator

from modelyard.infra.policy.control import Property
from modelyard.infra.policy.item import Breach, Item, must_reach
from modelyard.infra.policy.value import UNKNOWN


class Protected(Property, row="Modelyard.protected"):
    """What holds data is protected from deletion."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if not item.protect:
            yield Breach("protect", False, "could be deleted by one wrong command")


class KeptAYear(Property, row="CloudWatch.16"):
    """Logs are kept for a year: 0 keeps for ever, which Modelyard.log-retention speaks of."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        if item.get("retentionInDays"):
            yield from must_reach(item, "retentionInDays", 365)


class NotForEver(Property, row="Modelyard.log-retention"):
    """No log is kept for ever."""

    def _breaches(self, item: Item) -> Iterator[Breach]:
        days = item.get("retentionInDays")
        delivery = item.get("logGroupClass") == "DELIVERY"  # AWS fixes the retention of this class itself
        if not delivery and days is not UNKNOWN and not days:
            yield Breach("retentionInDays", days, "keeps the log for ever")
