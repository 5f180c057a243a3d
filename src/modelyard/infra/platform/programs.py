"""Where the Pulumi programs lie: shipped with the package, in a checkout, or ejected into the repository."""

from pathlib import Path

from modelyard import assets
from modelyard.errors import RequestError
from modelyard.infra.platform.layers import LAYERS


def shipped(layer: str) -> Path:
    """Return the folder of a layer's program as it came with the library.

    Raises:
        RequestError: There is no such layer.
    """
    if layer not in LAYERS:
        raise RequestError(f"There is no layer {layer!r}.", f"Layers: {', '.join(LAYERS)}.", code="no_layer")
    return assets.stacks() / layer


def ejected(configuration: Path) -> Path:
    """Return the folder of ejected programs: `stacks` beside `platform.yaml`."""
    return configuration.parent / "stacks"


def own(configuration: Path, layer: str) -> Path | None:
    """Return where an ML repository has the program of layer `project` from the start; None for other layers."""
    return configuration.parent / "__main__.py" if layer == "project" else None


def program(layer: str, ejected: Path | None = None) -> Path:
    """Return the folder whose program is run: the one ejected, else the shipped one.

    An ML repository's own `infra/__main__.py`, beside its `platform.yaml`, is its program of layer `project`.
    """
    candidates = [] if ejected is None else [ejected / layer]
    if ejected is not None and layer == "project":
        candidates.append(ejected.parent)
    return next((folder for folder in candidates if (folder / "__main__.py").is_file()), shipped(layer))
