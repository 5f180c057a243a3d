"""For the tests of a generated repository: its sample as a model sees it, and rows with a known answer."""

from modelyard.testing.case import Case, open_case
from modelyard.testing.lesson import Column, Lesson, lesson, prepared, scores
from modelyard.testing.rows import changed, direction

__all__ = ["Case", "Column", "Lesson", "changed", "direction", "lesson", "open_case", "prepared", "scores"]
