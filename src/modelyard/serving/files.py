"""How many files, and so connections, this process may open."""

from contextlib import suppress

_WANTED = 65_536


def raise_limit() -> None:
    """Raise the soft limit as far as the hard one allows, up to 65,536."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
