"""Keeps what a failed update leaves behind off the screen: the error that matters is raised, and shown once.

When an update fails, the CLI hangs up while the program still waits for its answers. The Automation API's language
server then leaves coroutines unfinished and logs the broken connection, long after the cause was reported.
"""

import logging
import sys
import warnings
from functools import cache

_CUT_OFF = frozenset({"run_pulumi_func", "run_in_stack"})


@cache
def install() -> None:
    """Drop these messages, and only these, from now on in this process."""
    before = sys.unraisablehook

    def hook(lost: "sys.UnraisableHookArgs") -> None:
        if getattr(lost.object, "__qualname__", "") not in _CUT_OFF:
            before(lost)

    sys.unraisablehook = hook
    warnings.filterwarnings("ignore", r"coroutine 'Output\.\w+' was never awaited", RuntimeWarning)
    logging.getLogger("grpc._server").setLevel(logging.CRITICAL)
