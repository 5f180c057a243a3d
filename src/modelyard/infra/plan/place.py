"""Where a plan is made, and the digits of which its ids consist."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where the plan is made: what `get_caller_identity` and `get_region` say."""

    account: str
    region: str


def digits(seed: str, count: int) -> str:
    """Return hexadecimal digits that follow from the seed: a plan made twice is the same to the letter."""
    return hashlib.sha256(seed.encode()).hexdigest()[:count]
