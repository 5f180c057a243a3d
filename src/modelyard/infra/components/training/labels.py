"""The words by which pools, queues and jobs find each other on a node."""

from modelyard.infra.components.cluster.spaces import TRAINING

GPU = "nvidia.com/gpu"
ACCELERATOR = {"accelerator": "nvidia"}
CAPACITY = "karpenter.sh/capacity-type"
POOL = "modelyard.io/pool"
NAMESPACE = TRAINING
QUEUE = "kueue.x-k8s.io/queue-name"
ACCOUNT = "trainer"  # the service account of jobs
PRIORITIES = {"production": 1000, "normal": 100, "experiment": 10}
TAINT = {"key": GPU, "value": "present", "effect": "NoSchedule"}
