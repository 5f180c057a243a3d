"""Runs the stages `data train evaluate gate register`, skips what is unchanged, finishes what was killed."""

import os

# Threads of OpenMP that wait by spinning take the processor from everything else: on two busy cores a fit of
# boosted trees took 39 s so, and 9 s with threads that sleep. Read once, when the library is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

STAGES = ("data", "train", "evaluate", "gate", "register")

__all__ = ["STAGES"]
