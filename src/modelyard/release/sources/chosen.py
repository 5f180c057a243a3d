"""Chooses the source that the configuration names."""

from collections.abc import Mapping

from modelyard.config.release import Release
from modelyard.release.sources.cloudwatch import CloudWatch
from modelyard.release.sources.prometheus import Prometheus
from modelyard.release.sources.servers import ServerMetrics
from modelyard.release.sources.signed import signer
from modelyard.release.verdict import Source

TOKEN, SERVERS = "MODELYARD_TOKEN", "MODELYARD_SERVERS"


def chosen(config: Release, *, project: str = "", env: str = "", environ: Mapping[str, str] | None = None) -> Source:
    """Return CloudWatch (but not in `local`) or Prometheus where one is configured, else the servers themselves.

    Args:
        config: The section `release`.
        project: Dimension of the metrics in CloudWatch; other servers say themselves whose they are.
        env: Likewise.
        environ: `MODELYARD_SERVERS` (addresses, by comma) and `MODELYARD_TOKEN`, for servers that ask for one.

    Raises:
        RequestError: An address is none, or there is none.
        OutsideError: boto3 is missing, or AWS's credentials where they are needed.
    """
    environ = environ or {}
    of = (project, env) if project else None
    if config.cloudwatch and env != "local":  # what runs on a laptop writes nothing there
        named = {"project": project, "env": env}
        return CloudWatch(config.cloudwatch, dimensions={name: value for name, value in named.items() if value})
    if config.prometheus:
        return Prometheus(config.prometheus, of=of, signer=signer(config.prometheus))
    given = [url.strip() for url in environ.get(SERVERS, "").split(",") if url.strip()]
    return ServerMetrics(given or config.servers, token=environ.get(TOKEN, ""), of=of)
