"""From a typed frame to the float32 matrix that models see."""

from modelyard.data.encode.column import FIRST, MISSING, UNSEEN, EncodedColumn
from modelyard.data.encode.encoding import Encoding
from modelyard.data.encode.learn import learn

__all__ = ["FIRST", "MISSING", "UNSEEN", "EncodedColumn", "Encoding", "learn"]
