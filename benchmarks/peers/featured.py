"""What the peers' model is given: the row as it came, or what the project's own `features()` makes of it.

The variable FEATURES names the project's features.py, or is empty. The peer runs the same function as modelyard, on a
frame of the same library; unlike modelyard it is spared the encoding of categories, which came as numbers.
"""

import json
import os
import runpy

import numpy as np
import polars as pl

_path = os.environ.get("FEATURES")
_features = runpy.run_path(_path)["features"] if _path else None
_columns = json.loads(os.environ["COLUMNS_OF_ROW"])


def finished(rows: np.ndarray) -> np.ndarray:
    """Return the float32 matrix that the model reads; `rows` is (rows, columns), float32."""
    if _features is None:
        return rows
    return _features(pl.DataFrame(rows, schema=_columns)).to_numpy().astype(np.float32, copy=False)
