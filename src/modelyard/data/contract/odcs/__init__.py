"""The file form of a contract: Open Data Contract Standard (ODCS) v3.1."""

from modelyard.data.contract.odcs.dump import dump
from modelyard.data.contract.odcs.load import load, parse

__all__ = ["dump", "load", "parse"]
