"""The data contract: what rows must look like, as a file people edit and as one pass over the rows."""

from modelyard.data.contract.check import CheckResult, Violation, check
from modelyard.data.contract.model import Column, Contract, Rule, RuleKind, Severity
from modelyard.data.contract.odcs import dump, load, parse
from modelyard.data.contract.read import as_numbers, read, schema, with_moments

__all__ = [
    "CheckResult",
    "Column",
    "Contract",
    "Rule",
    "RuleKind",
    "Severity",
    "Violation",
    "as_numbers",
    "check",
    "dump",
    "load",
    "parse",
    "read",
    "schema",
    "with_moments",
]
