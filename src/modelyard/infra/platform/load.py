"""Finds and reads `platform.yaml`; every problem is reported at once, with its path and value."""

from pathlib import Path

from pydantic import ValidationError

from modelyard.config import problems as config_problems
from modelyard.config.strict_yaml import read_file
from modelyard.errors import RequestError
from modelyard.infra.platform.check import problems
from modelyard.infra.platform.model import Platform
from modelyard.infra.platform.project import with_project
from modelyard.infra.platform.words import EnvName

FILE_NAME = "platform.yaml"
_SMALLEST = """\
name: {name}
account: "123456789012"
region: eu-west-1
github: {{owner: YOUR-GITHUB-NAME}}
repositories: [{{name: {name}}}]
"""


def find(start: Path) -> Path:
    """Return the nearest `infra/platform.yaml` or `platform.yaml` at or above `start`.

    Raises:
        RequestError: There is none; the hint is the smallest file that works.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        for path in (folder / "infra" / FILE_NAME, folder / FILE_NAME):
            if path.is_file():
                return path
    where = next((f for f in (start, *start.parents) if (f / "modelyard.yaml").is_file()), None)
    target = where / "infra" / FILE_NAME if where else start / FILE_NAME
    raise RequestError(
        f"No platform is configured in {start} or above it.",
        f"Write {target} with:\n\n{_SMALLEST.format(name=where.name if where else 'acme')}",
        code="no_platform",
    )


def load(path: Path) -> Platform:
    """Read one file.

    Raises:
        RequestError: It is unreadable, or breaks the model (all problems in one message).
    """
    return parse(with_project(_read(path), path), str(path))


def known(platform: Platform, env: str) -> EnvName:
    """Return the name of an environment of the platform.

    Raises:
        RequestError: It has none of that name.
    """
    for name in platform.environments:
        if name == env:
            return name
    names = ", ".join(platform.environments)
    raise RequestError(f"Environment {env!r} is not in platform.yaml.", f"Use one of: {names}.", code="no_environment")


def parse(document: object, name: str) -> Platform:
    """Validate a parsed document; `name` is what messages call it.

    Raises:
        RequestError: With one line per problem: dotted path, message, value, and the nearest valid key.
    """
    try:
        platform = Platform.model_validate(document)
    except ValidationError as error:
        raise _refused(name, config_problems.found(Platform, error)) from None
    wrong = problems(platform)
    if wrong:
        raise _refused(name, wrong)
    return platform


def _refused(name: str, lines: list[str]) -> RequestError:
    return config_problems.refusal(name, lines, "Correct each of them there.", code="bad_platform")


def _read(path: Path) -> object:
    try:
        return read_file(path, code="bad_platform")
    except FileNotFoundError:
        raise RequestError(f"No file {path}.", "Name the folder that holds it.", code="no_platform") from None
