"""The stores with captures that the tests of monitoring make."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "monitoring"))
