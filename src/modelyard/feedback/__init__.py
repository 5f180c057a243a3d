"""Joins true outcomes, late and corrected as they come, to captured predictions."""
