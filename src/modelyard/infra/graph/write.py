"""Plans and draws: one SVG per environment."""

from pathlib import Path

from modelyard.errors import OutsideError, RequestError
from modelyard.infra.graph.draw import draw
from modelyard.infra.platform import Platform
from modelyard.infra.policy.environments import chosen
from modelyard.record import Record


class Drawn(Record):
    """Where the drawing lies: the file of one environment, the folder of several."""

    path: str


def write(platform: Platform, env: str | None, target: Path) -> Drawn:
    """Draw one environment, or all of them.

    Args:
        platform: The configuration.
        env: None draws every environment.
        target: A folder; for one environment also a file that ends in `.svg`.

    Raises:
        RequestError: The environment does not exist, or several are to go into one file.
        OutsideError: The file cannot be written.
    """
    from modelyard.infra.plan import plan

    names = chosen(platform, env)
    if target.suffix == ".svg" and len(names) > 1:
        raise RequestError(
            f"{len(names)} drawings do not fit into {target}.", "Choose one with --env, or name a folder."
        )
    paths = {name: target if target.suffix == ".svg" else target / f"{name}.svg" for name in names}
    for name, path in paths.items():
        _put(path, draw(plan(platform, name)))
    return Drawn(path=str(paths[names[0]] if env is not None else target))


def _put(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutsideError(
            f"{path} cannot be written: {error.strerror}.", "Name another place with --output."
        ) from error
