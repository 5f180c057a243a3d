"""Scores tables larger than memory with a released version."""

from modelyard.batch.request import PredictRequest, PredictResult
from modelyard.batch.run import predict

__all__ = ["PredictRequest", "PredictResult", "predict"]
