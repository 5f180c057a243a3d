"""Runs the stages `data train evaluate gate register`, skips what is unchanged, finishes what was killed."""

import os

# Threads of OpenMP that wait by spinning take the processor from everything else (a fit of boosted trees took 39 s so
# on two busy cores), and threads that sleep at once wake slowly (1.3 s instead of 0.3 s on two free ones): they spin
# for some microseconds, then sleep. Read once, when the library is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

STAGES = ("data", "train", "evaluate", "gate", "register")

__all__ = ["STAGES"]
