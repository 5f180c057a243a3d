"""Web ACLs and access analyzers."""

from collections.abc import Iterator

from modelyard.infra.cost.charge import Charge, Use, meter
from modelyard.infra.policy.item import Item
from modelyard.infra.policy.value import as_list


@meter("aws:wafv2/webAcl:WebAcl")
def web_acl(item: Item, use: Use) -> Iterator[Charge]:
    """Itself, its rules, and the requests it looks at."""
    yield Charge("waf.acl", 1)
    yield Charge("waf.rule", len(as_list(item.get("rules"))))
    yield Charge("waf.requests", use.assume.requests / 1_000_000)


@meter("aws:accessanalyzer/analyzer:Analyzer")
def analyzer(item: Item, use: Use) -> Iterator[Charge]:
    """What looks for access from outside is free; what looks for unused access costs by the role."""
    if "UNUSED" in str(item.get("type", "ACCOUNT")):
        yield Charge("analyzer.unused", use.assume.watched_roles)
