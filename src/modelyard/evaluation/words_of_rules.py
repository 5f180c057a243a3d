"""Numbers and phrases in the reasons that rules give."""

from modelyard.evaluation.blocks import LEAST_BLOCKS
from modelyard.evaluation.results import Comparison, HeldOut


def shown(value: float) -> str:
    """Return a number with four digits that matter."""
    return f"{value:.4g}" if abs(value) >= 0.001 or value == 0 else f"{value:.2g}"


def few_blocks(found: HeldOut | Comparison) -> str:
    """Return why no verdict can rest on these rows."""
    return f"{found.blocks} blocks ({found.unit}) are too few to judge by; {LEAST_BLOCKS} are needed"
