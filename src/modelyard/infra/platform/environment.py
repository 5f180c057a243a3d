"""One environment of the platform: every section with its sizes."""

from modelyard.config.section import Section
from modelyard.infra.platform.cluster import Cluster, Training
from modelyard.infra.platform.lake import Lake
from modelyard.infra.platform.monitoring import Budget, Monitoring, Usage
from modelyard.infra.platform.network import Network
from modelyard.infra.platform.registry import Ci, Registry
from modelyard.infra.platform.serving import Domain, Service, Serving
from modelyard.infra.platform.words import AccountId, Region


class Environment(Section):
    """dev, staging or prod. A section that is left out has the preset's values (`presets.py`)."""

    account: AccountId | None = None
    region: Region | None = None
    kubernetes: bool | None = None
    domain: Domain | None = None
    network: Network
    lake: Lake = Lake()
    registry: Registry = Registry()
    ci: Ci = Ci()
    cluster: Cluster = Cluster()
    training: Training = Training()
    serving: Serving = Serving()
    service: Service = Service()
    monitoring: Monitoring = Monitoring()
    budget: Budget
    usage: Usage = Usage()
