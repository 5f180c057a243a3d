"""Buckets for the lake, the store and the logs; the catalogue; who may read and write what."""

from modelyard.infra.components.lake.access import ProjectAccess, ProjectAccessArgs
from modelyard.infra.components.lake.bucket import SafeBucket, SafeBucketArgs
from modelyard.infra.components.lake.catalogue import Catalogue, CatalogueArgs
from modelyard.infra.components.lake.lake import DataLake, DataLakeArgs, Keep
from modelyard.infra.components.lake.lifecycle import Expiry
from modelyard.infra.components.lake.zones import ZoneAccess, ZoneAccessArgs

__all__ = [
    "Catalogue",
    "CatalogueArgs",
    "DataLake",
    "DataLakeArgs",
    "Expiry",
    "Keep",
    "ProjectAccess",
    "ProjectAccessArgs",
    "SafeBucket",
    "SafeBucketArgs",
    "ZoneAccess",
    "ZoneAccessArgs",
]
