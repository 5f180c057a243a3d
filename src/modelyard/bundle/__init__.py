"""A version's files: the served model, the user's code, and one digest over all of them."""

from modelyard.bundle.calibration import Calibration
from modelyard.bundle.pack import digest, pack, unpack, verify
from modelyard.bundle.served import Served
from modelyard.bundle.source import Pipeline, load_pipeline

__all__ = ["Calibration", "Pipeline", "Served", "digest", "load_pipeline", "pack", "unpack", "verify"]
