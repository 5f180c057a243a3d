"""Judges the servers' processes: can they be read, have they loaded the challenger, do they live and stay small."""

from modelyard.config.release import Release as Config
from modelyard.release.counts import CHALLENGER, Process, Snapshot
from modelyard.release.verdict import Check
from modelyard.release.window import Look
from modelyard.routing.release import Release

_MIB = 2**20
_BYTES_PER_REQUEST = 1024.0  # less is what buffers and fragmentation take
_RESTARTS = 2  # one is a deployment, or a machine that went away


def source(look: Look) -> Check:
    """Wait while a source is silent: what it does not say may be the bad news."""
    silent = look.now.problems
    return Check(name="source", verdict="waiting" if silent else "pass", reason="; ".join(silent))


def ready(look: Look, config: Config, release: Release) -> Check:
    """Wait until every server has the challenger; fail when one has not had it for `ready_s`.

    One that cannot be read says nothing about the challenger: `source` waits for it. What was scraped before the
    challenger was there says that it is waited for, and not for how long.
    """
    version = str(release.challenger.version)
    known = {name: p for name, p in look.now.processes.items() if p.ready_at is not None and _heard(p, look)}
    missing = {name: _away(look, p, version) for name, p in known.items() if _last(p, version) < look.now.at}
    longest = max(missing.values(), default=0.0)
    late = longest >= config.ready_s
    names = ", ".join(sorted(missing)[:3])
    reason = f"v{version} is not loaded at {names}, for {longest:.0f} s" if missing else ""
    verdict = "fail" if late else "waiting" if missing else "pass"
    return Check(name="ready", verdict=verdict, value=longest, limit=config.ready_s, reason=reason)


def _away(look: Look, process: Process, version: str) -> float:
    said = look.now.at if process.scraped is None else min(process.scraped, look.now.at)
    return max(0.0, said - max(_last(process, version), process.since, look.before.at))


def _last(process: Process, version: str) -> float:
    return (process.ready_at or {}).get(version, 0.0)


def _heard(process: Process, look: Look) -> bool:
    return process.seen is None or process.seen >= look.now.at


def restarts(look: Look) -> Check:
    """Fail when a server died again and again."""
    counted = {name: p.restarts - _restarts_before(look, name) for name, p in look.now.processes.items()}
    most = max(counted.values(), default=0)
    names = ", ".join(sorted(name for name, n in counted.items() if n == most)[:3])
    reason = f"{names} restarted {most} times" if most else ""
    verdict = "fail" if most >= _RESTARTS else "pass"
    return Check(name="restarts", verdict=verdict, value=most, limit=_RESTARTS - 1, reason=reason, warning=most > 0)


def _restarts_before(look: Look, name: str) -> int:
    process = look.start.processes.get(name)
    return process.restarts if process else 0


def memory(look: Look, config: Config, release: Release) -> Check:
    """Fail when the servers grow, since the release began, beyond what is borne and with every challenger request.

    The challenger's memory cannot be told from the rest of its process, so it is the process against its own baseline:
    from when the challenger was loaded, since a model is no leak.
    """
    version = str(release.challenger.version)
    grown = [growth for name in look.now.processes if (growth := _growth(look, name, version)) is not None]
    requests = max(1, _requests(look))
    value, rate = max(grown, default=0) / _MIB, sum(grown) / requests
    told = Check(name="memory", value=round(value, 1), limit=config.memory_mb, rows=requests, verdict="waiting")
    if not grown:
        return told.ruled("pass", "no server's memory is measured", warning=True)
    bad = requests >= config.min_rows and value > config.memory_mb and rate > _BYTES_PER_REQUEST
    reason = f"grew by {value:.0f} MiB, {rate / 1024:.1f} KiB for each of {requests} requests"
    return told.ruled("fail" if bad else "pass", reason)


def _growth(look: Look, name: str, version: str) -> int | None:
    """Return how much one process grew; None where it is another process now, or was never measured."""
    now = look.now.processes[name]
    known = [snapshot.processes.get(name) for snapshot in (look.start, look.before) if _loaded(snapshot, name, version)]
    then = next((process for process in known if process and process.restarts == now.restarts), None)
    if then is None or then.rss_bytes is None or now.rss_bytes is None:
        return None
    return max(0, now.rss_bytes - then.rss_bytes)


def _loaded(snapshot: Snapshot, name: str, version: str) -> bool:
    process = snapshot.processes.get(name)
    return process is not None and (process.ready_at is None or process.ready_at.get(version, -1.0) >= snapshot.at)


def _requests(look: Look) -> int:
    return look.now.of(CHALLENGER).plus(look.start.of(CHALLENGER), -1).trials
