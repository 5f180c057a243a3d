"""The profile of a version: what its rows and predictions looked like, for monitoring to compare with."""

from modelyard.reference.distribution import Distribution
from modelyard.reference.profile import Profile, build
from modelyard.reference.windows import Windows

__all__ = ["Distribution", "Profile", "Windows", "build"]
