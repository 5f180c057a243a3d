"""What each prediction was: written by servers as Parquet files, read by monitoring."""

from modelyard.capture.capture import Capture
from modelyard.capture.compact import Compacted, compact
from modelyard.capture.loss import Loss, loss
from modelyard.capture.read import days, read
from modelyard.capture.shape import Shape, shape_of

__all__ = ["Capture", "Compacted", "Loss", "Shape", "compact", "days", "loss", "read", "shape_of"]
