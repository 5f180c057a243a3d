"""MLflow on Fargate over Postgres: the database, the server, its front, and what follows a rotated password."""

from modelyard.infra.components.registry.registry import Registry, RegistryArgs
from modelyard.infra.components.registry.settings import Place, Sizes
from modelyard.infra.components.registry.task import Storage

__all__ = ["Place", "Registry", "RegistryArgs", "Sizes", "Storage"]
