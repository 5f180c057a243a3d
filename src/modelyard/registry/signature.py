"""The `MLmodel` file of a version: its inputs and outputs in MLflow's words, and where the bundle lies.

Written by hand: MLflow's own writer needs pandas, and infers requirements by running the model.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

_TYPES = {
    "string": "string",
    "integer": "long",
    "number": "double",
    "boolean": "boolean",
    "date": "datetime",
    "timestamp": "datetime",
}
_KINDS = {theirs: ours for ours, theirs in _TYPES.items()}


def write(
    folder: Path,
    *,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    requirements: Sequence[str],
    bundle: Mapping[str, str],
) -> None:
    """Write `MLmodel` and `requirements.txt`.

    Args:
        folder: Where to.
        inputs: Column -> logical type; each may be missing in a request.
        outputs: Name -> logical type.
        requirements: As pip reads them.
        bundle: What is told about the bundle, such as its sha256.
    """
    document = {
        "flavors": {"modelyard": dict(bundle)},
        "signature": {
            "inputs": json.dumps([_column(name, kind) | {"required": False} for name, kind in inputs.items()]),
            "outputs": json.dumps([_column(name, kind) for name, kind in outputs.items()]),
            "params": None,
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    (folder / "MLmodel").write_text(text, encoding="utf-8")
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")


def read(folder: Path) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Return inputs, outputs and requirements as `write` takes them; empty where there is no `MLmodel`."""
    path = folder / "MLmodel"
    if not path.is_file():
        return {}, {}, []
    stated = yaml.safe_load(path.read_text(encoding="utf-8"))["signature"]
    inputs, outputs = ({c["name"]: _KINDS[c["type"]] for c in json.loads(stated[s])} for s in ("inputs", "outputs"))
    return inputs, outputs, (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()


def _column(name: str, kind: str) -> dict[str, object]:
    return {"type": _TYPES.get(kind, "string"), "name": name}
