"""What one ML repository has for itself: images, roles, service, alarms, dashboard and retraining."""

from modelyard.infra.components.project.graphs import Shown, graphs
from modelyard.infra.components.project.images import Images, ImagesArgs
from modelyard.infra.components.project.on_ecs import OnEcs, OnEcsArgs
from modelyard.infra.components.project.on_kubernetes import OnKubernetes, OnKubernetesArgs
from modelyard.infra.components.project.shared import Front, Place, Size
from modelyard.infra.components.project.watching import Dispatch, Watching, WatchingArgs

__all__ = [
    "Dispatch",
    "Front",
    "Images",
    "ImagesArgs",
    "OnEcs",
    "OnEcsArgs",
    "OnKubernetes",
    "OnKubernetesArgs",
    "Place",
    "Shown",
    "Size",
    "Watching",
    "WatchingArgs",
    "graphs",
]
