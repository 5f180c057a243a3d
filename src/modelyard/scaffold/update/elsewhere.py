"""Run by another version of modelyard through uv: one order on stdin, one answer on stdout, the same in every version.

Orders: `{"do": "version"}`, `{"do": "about", "template"}`, `{"do": "pristine", "template", "answers", "into"}`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from modelyard.errors import ModelyardError
from modelyard.scaffold.update import editions


def obey(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out an order; an expected failure is an answer too."""
    edition = editions.installed()
    try:
        if order["do"] == "about":
            return {"copier_yml": edition.copier_yml(order["template"])}
        if order["do"] == "pristine":
            edition.pristine(order["template"], order["answers"], Path(order["into"]))
    except ModelyardError as error:
        return {"message": error.message, "hint": error.hint}
    except OSError as error:
        return {"errno": error.errno, "message": error.strerror, "file": error.filename}
    return {"version": edition.version}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(obey(json.loads(sys.stdin.read()))))
