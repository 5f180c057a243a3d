"""True outcomes: joined to captured predictions, kept for good, never guessed."""

from modelyard.feedback.add import add
from modelyard.feedback.join import joined
from modelyard.feedback.results import FeedbackRequest, FeedbackResult, LabelWindow

__all__ = ["FeedbackRequest", "FeedbackResult", "LabelWindow", "add", "joined"]
