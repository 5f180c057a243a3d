"""Lists the repository variables and secrets that the workflows read; one that has no words here is an error."""

import re
from pathlib import Path

_NAME = re.compile(r"\b(vars|secrets)\.([A-Z][A-Z0-9_]*)")
_ENVIRONMENT = re.compile(r"_(DEV|STAGING|PROD)$")
_MEANINGS = {
    "MODELYARD_APPLY_ROLE_ENV": "the role that changes the platform",
    "MODELYARD_APP_ID": "the GitHub App of `update`: its client id",
    "MODELYARD_APP_KEY": "the GitHub App of `update`: its private key",
    "MODELYARD_ATTEST": "`true`: sign where the image was built, in a private repository too (GitHub Enterprise Cloud)",
    "MODELYARD_BACKEND_ENV": "where the platform's state lies",
    "MODELYARD_IMAGE_ENV": "the repository that takes the image",
    "MODELYARD_LOOP_ROLE_ENV": "the role of training and release; without it the environment takes no part in these",
    "MODELYARD_PLAN_ROLE_ENV": "the role of previews; it may only read",
    "MODELYARD_REGION_ENV": "the region of AWS",
    "MODELYARD_RUNNER_ENV": "the runner inside the VPC; without it jobs run on GitHub's machines",
    "MODELYARD_SERVICE_URL_ENV": "the address of the service",
    "MODELYARD_TOKEN": "the credential of a service that asks for one; each environment has its own",
    "MODELYARD_WATCH_ROLE_ENV": "the role of monitoring; without it the environment is not looked at",
}


def _meaning(name: str) -> str:
    if name not in _MEANINGS:
        raise ValueError(f"A workflow reads {name}: say in docs/_made/variables.py what it is.")
    return _MEANINGS[name]


def page(folder: Path) -> str:
    """Return the table of what the workflows of a folder read."""
    readers: dict[tuple[str, str], set[str]] = {}
    for path in sorted(folder.glob("*.yml")):
        for kind, name in _NAME.findall(path.read_text(encoding="utf-8")):
            readers.setdefault((kind, _ENVIRONMENT.sub("_ENV", name)), set()).add(path.stem)
    rows = [
        f"| `{name}` | {'variable' if kind == 'vars' else 'secret'} | {_meaning(name)} | {', '.join(sorted(files))} |"
        for (kind, name), files in sorted(readers.items(), key=lambda item: item[0][1])
    ]
    return "\n".join(["| name | kind | is | read by |", "|---|---|---|---|", *rows])
