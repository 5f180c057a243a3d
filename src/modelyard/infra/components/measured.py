"""By which words the metrics agent finds the model servers in the cluster, and is let in by them."""

# a Service and two Secrets; no project's name begins with `internal-`, so nothing of a project is called so
CALLED = "internal-metrics"
LABELS = {"app.kubernetes.io/component": "server"}
PORT = 8000
TOKEN = "MODELYARD_METRICS_TOKEN"  # noqa: S105 - the name of a variable
