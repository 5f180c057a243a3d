"""The pod of a server on Kubernetes: unprivileged, probed, spread over zones, with time to write its captures."""

from typing import TYPE_CHECKING

import pulumi_kubernetes as k8s

from modelyard.infra.components.measured import CALLED, PORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.infra.components.project.workload import WorkloadArgs

_USER = 10001  # as in the image's Dockerfile
_STOP_S = 60


def pod(args: "WorkloadArgs", labels: "Mapping[str, str]") -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod's spec; it fits Pod Security `restricted`."""
    return {
        "service_account_name": args.service_account,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "termination_grace_period_seconds": _STOP_S,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": _USER,
            "run_as_group": _USER,
            "fs_group": _USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "topology_spread_constraints": [
            {
                "max_skew": 1,
                "topology_key": "topology.kubernetes.io/zone",
                "when_unsatisfiable": "ScheduleAnyway",
                "label_selector": {"match_labels": labels},
            }
        ],
        "containers": [_server(args)],
        "volumes": [{"name": "tmp", "empty_dir": {"size_limit": "2Gi"}}],
    }


def _server(args: "WorkloadArgs") -> k8s.core.v1.ContainerArgsDict:
    known = {"MODELYARD_ENV": args.env, "MODELYARD_WORKERS": str(max(1, args.cpu // 1024))}
    variables: list[k8s.core.v1.EnvVarArgsDict] = [
        {"name": name, "value": value} for name, value in {**known, **args.variables}.items()
    ]
    cpu, memory = f"{args.cpu * 1000 // 1024}m", f"{args.memory_mb}Mi"
    return {
        "name": "server",
        "image": args.image,
        "ports": [{"name": "http", "container_port": PORT}],
        "env": variables,
        "env_from": _secrets(args),
        # a limit on CPU too: pods without one starve the daemons of an Auto Mode node
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu, "memory": memory}},
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mounts": [{"name": "tmp", "mount_path": "/tmp"}],  # noqa: S108
        "startup_probe": _asks(2, 60),
        "liveness_probe": _asks(10, 3),
        # /healthz and not /readyz: the first rollout has no model yet, and must end all the same
        "readiness_probe": _asks(5, 2),
        # endpoints forget the pod before it stops to answer
        "lifecycle": {"pre_stop": {"sleep": {"seconds": 5}}},
    }


def _secrets(args: "WorkloadArgs") -> list[k8s.core.v1.EnvFromSourceArgsDict]:
    found: list[k8s.core.v1.EnvFromSourceArgsDict] = [{"secret_ref": {"name": args.secret}}] if args.secret else []
    if args.measured:  # it serves without being measured rather than not at all
        found.append({"secret_ref": {"name": CALLED, "optional": True}})
    return found


def _asks(period_s: int, failures: int) -> k8s.core.v1.ProbeArgsDict:
    return {
        "http_get": {"path": "/healthz", "port": "http"},
        "timeout_seconds": 3,
        "period_seconds": period_s,
        "failure_threshold": failures,
    }
