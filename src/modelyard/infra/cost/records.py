"""What a plan costs: one item per thing that is charged, and everything that could not be priced."""

from modelyard.record import Record


class Item(Record):
    """One charge of one resource.

    Attributes:
        usd: A month, at least; `usd_high` is what it may become at most, where that is not the same.
        source: Where the price is published, and `date` when.
    """

    resource: str
    layer: str
    what: str
    quantity: float
    unit: str
    usd: float
    usd_high: float
    source: str
    date: str


class Unpriced(Record):
    """Something that has a price which is not known here. It is missing in the sum."""

    resource: str
    layer: str
    what: str
    why: str


class Cost(Record):
    """The monthly price of a plan in US dollars, without tax.

    Attributes:
        monthly_usd: What it costs when accelerators are used as little as assumed: the sum of `usd`.
        low_usd: The same; `high_usd` with every node pool at its ceiling all month.
        date: When the price table was made.
        assumptions: What was assumed about use, by name.
        free: How many resources have no price of their own.
    """

    monthly_usd: float
    low_usd: float
    high_usd: float
    region: str
    date: str
    items: tuple[Item, ...]
    unpriced: tuple[Unpriced, ...]
    assumptions: dict[str, float]
    free: int
