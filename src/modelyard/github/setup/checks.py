"""Which checks a pull request must pass: the jobs of the repository's own ci.yml, as GitHub names them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from modelyard.errors import RequestError

FILE = Path(".github") / "workflows" / "ci.yml"
_EVENT = "pull_request"
_FILTERS = ("paths", "paths-ignore")


@dataclass(frozen=True)
class Checks:
    """Names that GitHub shows, and why a job's name is not among them."""

    names: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def read(root: Path) -> Checks:
    """Return the checks of `ci.yml`; none where there is no such workflow, or it does not run on every pull request.

    Raises:
        RequestError: The file is no workflow.
    """
    path = root / FILE
    if not path.is_file():
        return Checks(left_out=(f"there is no {FILE}",))
    try:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RequestError(f"Cannot read {path}: {error}", "Correct it there.", code="bad_workflow") from error
    if not isinstance(workflow, dict) or not isinstance(workflow.get("jobs"), dict):
        raise RequestError(f"{path} is no workflow: it has no jobs.", "Correct it there.", code="bad_workflow")
    why = _not_on_every(workflow.get("on", workflow.get(True)))  # YAML 1.1 reads the key `on` as true
    if why:
        return Checks(left_out=(why,))
    found = [(key, name) for key, job in workflow["jobs"].items() for name in _names(str(key), job)]
    lost = tuple(f"the name of job {key} is known only when it runs" for key, name in found if name is None)
    return Checks(tuple(dict.fromkeys(name for _, name in found if name is not None)), lost)


def _not_on_every(on: object) -> str:
    """Return why a pull request to main may come without these checks: it would wait for them forever."""
    events = {on: None} if isinstance(on, str) else dict.fromkeys(on) if isinstance(on, list) else on
    if not isinstance(events, dict) or _EVENT not in events:
        return f"{FILE} does not run on {_EVENT}"
    told = events[_EVENT] if isinstance(events[_EVENT], dict) else {}
    filters = [name for name in _FILTERS if told.get(name)]
    if filters:
        return f"{FILE} runs only for some files ({', '.join(filters)})"
    branches = told.get("branches")
    if branches is not None and "main" not in branches and "**" not in branches and "*" not in branches:
        return f"{FILE} does not run for main"
    return ""


def _names(key: str, job: Any) -> Iterator[str | None]:  # noqa: ANN401 - as the file has it
    """Yield the names of a job's checks, one for each combination of its matrix; None for one that is unknown."""
    if not isinstance(job, dict) or "uses" in job:  # a called workflow names its checks itself
        yield None
        return
    name, rows = job.get("name"), _rows((job.get("strategy") or {}).get("matrix"))
    if rows is None:
        yield None
        return
    for row in rows:
        shown = _filled(str(name), row) if name is not None else _plain(key, row)
        yield None if "${{" in shown else shown


def _rows(matrix: object) -> list[dict[str, Any]] | None:
    """Return the combinations of a plain matrix; None for one that only GitHub can work out."""
    if matrix is None:
        return [{}]
    if not isinstance(matrix, dict) or {"include", "exclude"} & set(matrix):
        return None
    if not all(isinstance(values, list) and all(_is_plain(v) for v in values) for values in matrix.values()):
        return None
    return [dict(zip(matrix, row, strict=True)) for row in itertools.product(*matrix.values())]


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and "${{" not in str(value)


def _filled(name: str, row: dict[str, Any]) -> str:
    for key, value in row.items():
        for written in (f"${{{{ matrix.{key} }}}}", f"${{{{matrix.{key}}}}}"):
            name = name.replace(written, _shown(value))
    return name


def _plain(key: str, row: dict[str, Any]) -> str:
    return f"{key} ({', '.join(_shown(value) for value in row.values())})" if row else key


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
