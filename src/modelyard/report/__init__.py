"""The report: one self-contained HTML page of a project, pictures first."""

from modelyard.report.data import Part, ReportData, Step
from modelyard.report.page import page

__all__ = ["Part", "ReportData", "Step", "page"]
