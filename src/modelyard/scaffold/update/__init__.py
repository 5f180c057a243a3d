"""Brings a new template into a repository: a branch of pristine renders, and a three-way merge from there."""
