"""Which signals end a server in order: every one that would end it without."""

import signal


def ends() -> list[signal.Signals]:
    """Return them; a terminal that closes sends SIGHUP, but under `nohup` the server outlives it."""
    asked = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if asked else [])]
