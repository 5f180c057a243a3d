"""A real control plane on this machine: etcd and an API server, with the definitions of what a platform uses."""

import contextlib
import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api import Api
from toolchain import module, tool

TOKEN = "tests-only"
LOOP = "of-a-loop"
CRDS = {
    "github.com/ray-project/kuberay/ray-operator": ("v1.6.0", "config/crd/bases"),
    "sigs.k8s.io/kueue": ("v0.19.2", "config/components/crd/bases"),
    "sigs.k8s.io/karpenter": ("v1.14.0", "pkg/apis/crds"),
}
_DEFINITION = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_OWN_CRDS = Path(__file__).parent / "crds"


@dataclass
class Plane:
    """One control plane in a folder. `stop` ends every process that it started."""

    folder: Path
    processes: list[subprocess.Popen] = field(default_factory=list)
    port: int = 0
    metrics_port: int = 0
    api: Api = field(init=False)

    def start(self) -> "Plane":
        """Bring up etcd and the API server, and install the CustomResourceDefinitions."""
        self._etcd()
        self._api_server()
        folders = [module(path, version) / below for path, (version, below) in CRDS.items()]
        # as text: parsing megabytes of YAML here would take longer than all the rest
        for file in sorted(file for folder in (*folders, _OWN_CRDS) for file in folder.glob("*.yaml")):
            if "kind: CustomResourceDefinition" in (text := file.read_text()):
                self.api.ask("POST", _DEFINITIONS, text, "application/yaml")
        self.wait(lambda: all(_established(crd) for crd in self.api.all(*_DEFINITION)), "the definitions")
        return self

    def stop(self) -> None:
        """End the processes, the youngest first."""
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()

    def wait(self, ready, what: str, seconds: float = 120) -> Any:
        """Look until it is so; fail with the words for it otherwise."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(AssertionError, OSError, KeyError):
                found = ready()
                if found:
                    return found
            time.sleep(0.5)
        logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log")))
        raise AssertionError(f"Waited {seconds:g} s for {what}.\n{logs}")

    @property
    def config(self) -> Path:
        """The kubeconfig of an administrator."""
        return self.folder / "kubeconfig"

    def run(self, name: str, *words: str) -> subprocess.Popen:
        """Start a process whose output goes to NAME.log."""
        log = (self.folder / f"{name}.log").open("wb")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        process = subprocess.Popen(
            [tool(name), *words], stdout=log, stderr=log, cwd=self.folder, env=environment, start_new_session=True
        )
        self.processes.append(process)
        return process

    def _etcd(self) -> None:
        clients, peers = f"http://127.0.0.1:{free()}", f"http://127.0.0.1:{free()}"
        self._store = clients
        self.run(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
            "--unsafe-no-fsync",
        )

    def _api_server(self) -> None:
        keys = self._keys()
        self.port = free()
        people = [f"{TOKEN},admin,1,system:masters", f"{LOOP},loop,2,modelyard:churn:loop"]
        (self.folder / "tokens.csv").write_text("\n".join(people) + "\n")
        self.config.write_text(json.dumps(_kubeconfig(self.port)))
        self.run(
            "kube-apiserver",
            f"--etcd-servers={self._store}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={keys}",
            f"--service-account-signing-key-file={keys}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--allow-privileged=true",  # as on EKS: Pod Security decides
            f"--cert-dir={self.folder / 'certificates'}",
            f"--secure-port={self.port}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--disable-admission-plugins=ServiceAccount",  # no controller makes the default accounts
        )
        self.api = Api(self.port, TOKEN)
        self.wait(lambda: self.api.ask("GET", "/readyz") == "ok", "the API server")

    def _keys(self) -> Path:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path = self.folder / "accounts.key"
        path.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            )
        )
        return path


def free() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _kubeconfig(port: int) -> dict[str, Any]:
    cluster = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "tests", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": TOKEN}}],
        "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "admin"}}],
        "current-context": "tests",
    }


def _established(crd: dict[str, Any]) -> bool:
    conditions = {one["type"]: one["status"] for one in crd.get("status", {}).get("conditions") or []}
    return conditions.get("Established") == "True"
