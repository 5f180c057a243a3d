"""Opens a table wherever it is: a path, a glob, `s3://`, `https://`, a database, `demo:flights`
or `sklearn:NAME`."""

from modelyard.data.load.open import open_table
from modelyard.data.load.table import Table

__all__ = ["Table", "open_table"]
