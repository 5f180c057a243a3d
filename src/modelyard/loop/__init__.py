"""Runs the stages `data train evaluate gate register`, skips what is unchanged, and finishes what was killed."""

STAGES = ("data", "train", "evaluate", "gate", "register")

__all__ = ["STAGES"]
