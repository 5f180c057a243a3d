"""Scores tables larger than memory with a released version."""
