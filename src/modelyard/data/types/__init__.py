"""The six logical types of a column: read from text, converted from what a file holds, or inferred."""

from modelyard.data.types.convert import convert
from modelyard.data.types.epochs import EPOCHS, Epoch, epoch, unit_of
from modelyard.data.types.infer import TOLERATED, Inferred, infer
from modelyard.data.types.kinds import LOGICAL_TYPES, WIDE, LogicalType, exactly, logical_type, plainly, polars_type
from modelyard.data.types.moments import written
from modelyard.data.types.parse import NULL_TOKENS, missing, parse

__all__ = [
    "EPOCHS",
    "LOGICAL_TYPES",
    "NULL_TOKENS",
    "TOLERATED",
    "WIDE",
    "Epoch",
    "Inferred",
    "LogicalType",
    "convert",
    "epoch",
    "exactly",
    "infer",
    "logical_type",
    "missing",
    "parse",
    "plainly",
    "polars_type",
    "unit_of",
    "written",
]
