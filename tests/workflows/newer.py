"""A newer version of modelyard: the wheel that a project carries, with another number and a changed template."""

import zipfile
from collections.abc import Callable
from pathlib import Path

VERSION = "9.1.0"
_MAKEFILE = "modelyard/_templates/tabular/Makefile"
OLD, NEW = "help: ## Show the targets\n", "help: ## Show every target\n"


def wheel(project: Path, folder: Path, change: Callable[[str], str] = lambda text: text.replace(OLD, NEW)) -> Path:
    """Write the wheel of the newer version into a folder that uv may look into; `change` is made to the Makefile."""
    (old,) = (project / "vendor").glob("modelyard-*.whl")
    version = old.name.split("-")[1]
    folder.mkdir(exist_ok=True)
    made = folder / old.name.replace(version, VERSION)
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == _MAKEFILE:
                content = change(content.decode()).encode()
                assert content != source.read(entry)
            if entry.endswith((".dist-info/METADATA", ".dist-info/RECORD")):
                content = content.replace(version.encode(), VERSION.encode())
            target.writestr(entry.replace(version, VERSION), content)
    return made
