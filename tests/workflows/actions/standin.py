"""What the stand-ins of actions share: each call is written down, and one that a test named fails.

Usage: standin.py ACTION [FUNCTION]. The inputs come as JSON in INPUTS; steps of the stand-ins run without any package.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

PLACE = Path(os.environ["MODELYARD_ACT_PLACE"])
ARTIFACTS = PLACE / "artifacts"


def main(action: str, function: str = "") -> None:
    """Write the call down, fail if told to, and do what the action does as far as the jobs can see it."""
    inputs = {name: value for name, value in json.loads(os.environ["INPUTS"]).items() if value not in (None, "")}
    call = {"action": action, "inputs": inputs, "job": os.environ["GITHUB_JOB"]}
    number = len(list((PLACE / "calls").iterdir()))
    (PLACE / "calls" / f"{number:04}-{uuid.uuid4()}.json").write_text(json.dumps(call))
    if {action, f"{action}:{inputs.get('name')}"} & set(os.environ["MODELYARD_ACT_FAILING"].split()):
        sys.exit(f"::error::{action} failed, as the test wants")
    if function:
        globals()[function](inputs)


def checkout(inputs: dict) -> None:
    """Put one commit of the origin into the workspace, as shallow as was asked for."""
    folder = Path(os.environ["GITHUB_WORKSPACE"]) / inputs.get("path", ".")
    folder.mkdir(parents=True, exist_ok=True)
    sha = os.environ["GITHUB_SHA"]
    named = inputs.get("ref", "")
    ref = named or sha
    depth = inputs.get("fetch-depth", "1")
    # the origin gives out any commit, as GitHub does
    allowed = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_0": "1"}

    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=folder, check=True, env={**os.environ, **allowed})

    git("init", "--quiet", "--initial-branch", "unborn")
    git("remote", "add", "origin", f"file://{os.environ['MODELYARD_ACT_ORIGIN']}")
    if depth == "0":
        git("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
        git("fetch", "--quiet", "origin", ref)
    else:
        git("fetch", "--quiet", "--no-tags", "--depth", depth, "origin", ref)
    branch = os.environ.get("GITHUB_REF", "").removeprefix("refs/heads/")
    on_branch = not named and os.environ.get("GITHUB_REF", "").startswith("refs/heads/")
    if on_branch:
        git("update-ref", f"refs/remotes/origin/{branch}", "FETCH_HEAD")
    git("checkout", "--quiet", "--force", *(["-B", branch] if on_branch else ["--detach"]), "FETCH_HEAD")


def uv(inputs: dict) -> None:
    """Put uv on PATH, and an environment beside the project as a warm cache would make it; `uv sync` has the say."""
    with Path(os.environ["GITHUB_PATH"]).open("a") as file:
        file.write(os.environ["MODELYARD_ACT_UV"] + "\n")
    warm, target = os.environ["MODELYARD_ACT_WARM"], Path(os.environ["GITHUB_WORKSPACE"]) / ".venv"
    if warm and not target.exists():
        shutil.copytree(warm, target, symlinks=True, copy_function=os.link)


def upload(inputs: dict) -> None:
    """Keep the files of an artifact below the deepest folder that holds them all; hidden ones only if asked."""
    hidden = inputs.get("include-hidden-files") == "true"
    wanted, unwanted = [], []
    for line in inputs["path"].split("\n"):
        pattern = line.strip()
        if pattern:
            (unwanted if pattern.startswith("!") else wanted).append(pattern.removeprefix("!"))
    left_out = {path for pattern in unwanted for path in _files(pattern)}
    found = sorted({path for pattern in wanted for path in _files(pattern)} - left_out)
    roots = [_root(pattern) for pattern in wanted]
    root = Path(os.path.commonpath(roots)) if roots else Path.cwd()
    kept = [path for path in found if hidden or not _is_hidden(path.relative_to(root.parent))]
    if not kept:
        none = inputs.get("if-no-files-found", "warn")
        sys.stdout.write(f"No files were found with the provided path: {inputs['path']}\n")
        sys.exit(1 if none == "error" else 0)
    target = ARTIFACTS / inputs.get("name", "artifact")
    if target.exists() and inputs.get("overwrite") != "true":
        sys.exit(f"::error::an artifact with the name {target.name} exists already")
    for path in kept:
        copy = target / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _files(pattern: str) -> list[Path]:
    path = Path(pattern).absolute()
    if "*" not in pattern:
        return [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path] * path.is_file()
    root = _root(pattern)
    found = root.glob(str(path.relative_to(root)))
    return [each for match in found for each in (match.rglob("*") if match.is_dir() else [match]) if each.is_file()]


def _root(pattern: str) -> Path:
    """Return the folder that an artifact's paths begin at."""
    path = Path(pattern).absolute()
    if "*" not in pattern:
        return path if path.is_dir() else path.parent
    parts = path.parts[: next(i for i, part in enumerate(path.parts) if "*" in part)]
    return Path(*parts)


def download(inputs: dict) -> None:
    """Bring artifacts of this run: one by name, or those that match, each in a folder of its name."""
    target = Path(inputs.get("path", "."))
    if "name" in inputs:
        source = ARTIFACTS / inputs["name"]
        if not source.is_dir():
            sys.exit(f"::error::Unable to download artifact(s): Artifact not found for name: {inputs['name']}")
        shutil.copytree(source, target, dirs_exist_ok=True)
        return
    for source in sorted(ARTIFACTS.glob(inputs.get("pattern", "*"))):
        merged = inputs.get("merge-multiple") == "true"
        shutil.copytree(source, target if merged else target / source.name, dirs_exist_ok=True)


def credentials(inputs: dict) -> None:
    """Give the following steps keys that no AWS knows."""
    region = inputs["aws-region"]
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing"}
    _tell("GITHUB_ENV", {**keys, "AWS_REGION": region, "AWS_DEFAULT_REGION": region})
    _tell("GITHUB_OUTPUT", {"aws-account-id": "111122223333"})


def registry(inputs: dict) -> None:
    """Name the registry of an account."""
    _tell("GITHUB_OUTPUT", {"registry": f"111122223333.dkr.ecr.{os.environ.get('AWS_REGION', '')}.amazonaws.com"})


def build(inputs: dict) -> None:
    """Name the image of this commit by a digest, and leave the folder that was asked for, as an OCI layout begins."""
    digest = f"sha256:{hashlib.sha256(os.environ['GITHUB_SHA'].encode()).hexdigest()}"
    output = dict(part.split("=", 1) for part in inputs.get("outputs", "").split(",") if part)
    if output.get("type") == "oci" and output.get("tar") == "false":
        Path(output["dest"]).mkdir()
        (Path(output["dest"]) / "index.json").write_text(json.dumps({"manifests": [{"digest": digest}]}))
    _tell("GITHUB_OUTPUT", {"digest": digest, "imageid": digest, "metadata": "{}"})


def attested(inputs: dict) -> None:
    """Name an attestation."""
    url = f"https://github.com/{os.environ['GITHUB_REPOSITORY']}/attestations/1"
    _tell("GITHUB_OUTPUT", {"attestation-id": "1", "attestation-url": url, "bundle-path": "/dev/null"})


def app_token(inputs: dict) -> None:
    """Give out the token of an app, if its key is there."""
    if not inputs.get("private-key") or not (inputs.get("app-id") or inputs.get("client-id")):
        sys.exit("::error::Input required and not supplied: private-key")
    _tell(
        "GITHUB_OUTPUT",
        {"token": "ghs_app0000000000000000000000000000000000", "app-slug": "updater", "installation-id": "1"},
    )


def _tell(variable: str, values: dict) -> None:
    with Path(os.environ[variable]).open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


if __name__ == "__main__":
    main(*sys.argv[1:])
