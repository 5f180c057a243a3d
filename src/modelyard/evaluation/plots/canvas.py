"""What every picture is drawn on: one palette for light and dark, real text, the same bytes every time."""

import io
import re
import warnings
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 400.0  # CSS pixels: legible at full size on a phone, three abreast on a desk

# Each colour is drawn as its light value and then handed over to a CSS variable of the page.
INK = "#1c2430"
MUTED = "#5b6675"
GRID = "#d9dee5"
ACCENT = "#2f6db5"
SECOND = "#b85c14"
GOOD = "#2a7a4c"
BAD = "#b3352e"
WARN = "#8a6100"
VARIABLES = {
    INK: "--my-ink",
    MUTED: "--my-muted",
    GRID: "--my-grid",
    ACCENT: "--my-accent",
    SECOND: "--my-second",
    GOOD: "--my-good",
    BAD: "--my-bad",
    WARN: "--my-warn",
}
LINES = (
    (ACCENT, "-"),
    (SECOND, "-"),
    (GOOD, "-"),
    (BAD, "-"),
    (ACCENT, "--"),
    (SECOND, "--"),
    (GOOD, "--"),
    (BAD, "--"),
)
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # real text: small, selectable, and in the reader's own fonts
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 11.0,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "legend.frameon": False,
    "legend.fontsize": 10.0,
    "path.simplify_threshold": 0.2,
}


@dataclass(frozen=True)
class Margins:
    """Space around the axes, in CSS pixels."""

    left: float = 54
    right: float = 14
    top: float = 40
    bottom: float = 46


class Canvas:
    """One figure of `WIDTH` by `height` CSS pixels; `svg` finishes it."""

    def __init__(self, title: str, height: float, description: str) -> None:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        self.title = title
        self.height = height
        self.description = description
        # The salt makes ids repeatable, and different from those of other pictures on the same page.
        self._style: dict[Any, Any] = {**_STYLE, "svg.hashsalt": title}
        with mpl.rc_context(self._style):
            self.figure: Figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
            self.text(2, 14, title, size=13, weight="bold")

    def axes(self, margins: Margins | None = None, *, grid: str = "both") -> "Axes":
        """Add axes inside `margins`; `grid` is both, x, y or none."""
        space = margins or Margins()
        box = (
            space.left,
            space.bottom,
            WIDTH - space.left - space.right,
            self.height - space.top - space.bottom,
        )
        return self.place(box, grid=grid)

    def place(self, box: tuple[float, float, float, float], *, grid: str = "none") -> "Axes":
        """Add axes at (left, bottom, width, height) in CSS pixels from the lower left corner."""
        import matplotlib as mpl

        left, bottom, width, height = box
        with mpl.rc_context(self._style):
            drawn = self.figure.add_axes((left / WIDTH, bottom / self.height, width / WIDTH, height / self.height))
            drawn.tick_params(length=0, pad=5)
            if grid in ("both", "x", "y"):
                drawn.grid(visible=True, axis=grid)
        return drawn

    def text(  # noqa: PLR0913 - where, what, and how it looks
        self, x: float, y: float, words: str, *, size: float = 10.5, colour: str = INK, weight: str = "normal"
    ) -> None:
        """Write `words` with its baseline at (x, y) in CSS pixels from the upper left corner."""
        self.figure.text(x / WIDTH, 1 - y / self.height, words, fontsize=size, color=colour, weight=weight)

    def svg(self) -> str:
        """Return the finished picture."""
        import matplotlib as mpl
        from matplotlib.text import Text

        out = io.StringIO()
        for text in self.figure.findobj(Text):
            if isinstance(text, Text):
                text.set_parse_math(False)  # a column may be called $price$
        with mpl.rc_context(self._style), warnings.catch_warnings():
            # Text stays text, so the reader's fonts show what the measuring one lacks.
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            self.figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
        return _finish(out.getvalue(), self)


def clean(label: object, length: int = 30) -> str:
    """Return a label that fits: at most `length` characters, none of them invisible or unknown to XML."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(label)) or "(empty)"
    return text if len(text) <= length else text[: length - 1] + "…"


def themed(style: str) -> str:
    """Let CSS variables override the colours in declarations; readers that know none keep the light ones."""
    return re.sub(r"(fill|stroke): ?(#[0-9a-f]{6})", _variable, style)


def _variable(match: re.Match[str]) -> str:
    attribute, colour = match.groups()
    name = VARIABLES.get(colour)
    return f"{attribute}:{colour};{attribute}:var({name},{colour})" if name else match.group(0)


def _finish(svg: str, canvas: Canvas) -> str:
    body = svg[svg.index("<svg") :]
    body = body[body.index(">") + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r"<[^<>]+>", lambda match: _tag(match.group(0)), body)  # never the words between tags
    body = re.sub(r"\s*\n\s*", "\n", re.sub(r"<defs>\s*</defs>", "", body)).strip()
    label = escape(f"{canvas.title}: {canvas.description}")
    size = f'viewBox="0 0 {WIDTH:g} {canvas.height:g}" width="{WIDTH:g}" height="{canvas.height:g}"'
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    style = f"font-family:{FONT};stroke-linejoin:round"
    head = f'<svg {names} {size} role="img" aria-label="{label}" style="{style}">'
    return f"{head}\n<title>{label}</title>\n{body}\n"


def _tag(tag: str) -> str:
    """Shorten one tag: no ids of groups, two decimals, no turns by nothing, colours as variables."""
    if tag.startswith("<g id="):
        return re.sub(r'<g id="[^"]*"', "<g", tag)
    tag = re.sub(r' transform="rotate\(-?0 [^"]*"', "", " ".join(tag.split()))
    tag = re.sub(r"-?\d+\.\d{3,}", lambda match: f"{float(match.group(0)):.2f}".rstrip("0").rstrip("."), tag)
    return re.sub(r'(?<=style=")[^"]*', lambda match: themed(_plain_font(match.group(0))), tag)


def _plain_font(style: str) -> str:
    style = re.sub(r"font: (?:(bold|\d{3}) )?([\d.]+px) [^;]*", _font_parts, style)
    return re.sub(r"font-family: [^;]*;? ?", "", style)


def _font_parts(match: re.Match[str]) -> str:
    weight, size = match.groups()
    return f"font-size: {size}" + (f"; font-weight: {weight}" if weight else "")
