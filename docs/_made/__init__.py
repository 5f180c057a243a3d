"""What of the pages is made from the product itself: a line `<!-- made: NAME -->` is replaced by it in the build."""

import re
from collections.abc import Callable
from pathlib import Path

from sphinx.application import Sphinx

from _made import commands, configuration, drawing, layers, messages, metrics, variables

WORKFLOWS = Path(__file__).parents[2] / "templates" / "tabular" / ".github" / "workflows"
_MARK = re.compile(r"^<!-- made: (\w+)(?: (\S+))? -->$", re.MULTILINE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", _replace)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _replace(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = expand(source[0])


def expand(text: str) -> str:
    """Put what is made in place of its marks."""
    return _MARK.sub(lambda mark: _makers()[mark[1]](*filter(None, mark.groups()[1:])), text)


def _makers() -> dict[str, Callable[..., str]]:
    return {
        "commands": commands.page,
        "configuration": configuration.modelyard,
        "platform": configuration.platform,
        "layers": layers.drawn,
        "alarms": layers.alarms,
        "messages": messages.page,
        "metrics": metrics.page,
        "variables": lambda: variables.page(WORKFLOWS),
        "workflow": lambda name: "```{raw} html\n" + drawing.draw(WORKFLOWS / f"{name}.yml") + "\n```",
    }
