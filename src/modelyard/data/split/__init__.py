"""Divides rows into train, validation and test: by whole days, by group, or by a hash of the id or row."""

from modelyard.data.split.folds import folds
from modelyard.data.split.parts import parts
from modelyard.data.split.plan import MINIMUM_DAYS, plan
from modelyard.data.split.record import PARTS, Part, Split

__all__ = ["MINIMUM_DAYS", "PARTS", "Part", "Split", "folds", "parts", "plan"]
