"""Reads a table and decides what its columns are for, the task, the metric and the split."""

from modelyard.scaffold.profile.config import to_config
from modelyard.scaffold.profile.contract import to_contract
from modelyard.scaffold.profile.model import ColumnProfile, Overrides, TableProfile
from modelyard.scaffold.profile.profiling import profile

__all__ = ["ColumnProfile", "Overrides", "TableProfile", "profile", "to_config", "to_contract"]
