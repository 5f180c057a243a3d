"""Asks a deployed service whether it does what it must: it lives, answers as it was trained, refuses, and is quick."""

from modelyard.smoke.address import address
from modelyard.smoke.results import Check, Smoke
from modelyard.smoke.run import SmokeRequest, smoke

__all__ = ["Check", "Smoke", "SmokeRequest", "address", "smoke"]
