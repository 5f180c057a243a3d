"""Answers with a registered version. Imports no training code."""
