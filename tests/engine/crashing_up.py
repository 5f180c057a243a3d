"""`up` of the small layer as a process of its own, so that it can be killed: `python crashing_up.py FOLDER URL`."""

import signal
import sys
from pathlib import Path

from small import target

from modelyard.infra.engine import executable, pending
from modelyard.infra.engine import run as engine
from modelyard.infra.engine.backend import Backend
from modelyard.infra.engine.session import Run

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job is started with it ignored
    folder, url = Path(sys.argv[1]), sys.argv[2]
    look = pending.Look("123456789012", "eu-central-1")
    engine.up(Run(executable.find(), Backend(url, "passphrase"), look), [target(folder)])
