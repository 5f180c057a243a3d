"""Draws a plan as an SVG that stands by itself: no script, no font and no style from elsewhere, light and dark."""

from collections import Counter
from html import escape

from modelyard.infra.graph.layout import BAND_PAD, LINE, LINES, WIDTH, Box, Placed, place
from modelyard.infra.graph.model import Band, Card, Link, bands, links
from modelyard.infra.plan.records import Plan

# one hue per layer (degrees), so that an arrow can be followed to where it comes from
HUES = {
    "account": 265, "network": 210, "lake": 190, "registry": 150, "ci": 95,
    "cluster": 45, "training": 22, "serving": 350, "monitoring": 320, "project": 235,
}  # fmt: skip
_STYLE = """
svg{--page:#fbfbfd;--band:#ffffff;--ink:#1d2330;--soft:#5b6475;--edge:#d5dae3;--card:#f5f7fa;--light:40%;--wash:96%}
@media (prefers-color-scheme:dark){svg{--page:#12151b;--band:#1a1e26;--ink:#e8ebf1;--soft:#9aa4b5;--edge:#323946;
--card:#222833;--light:66%;--wash:20%}}
.page{fill:var(--page)}.band{fill:var(--band);stroke:var(--edge)}
.card{fill:var(--card);stroke:var(--edge)}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
.h1{font-size:22px;font-weight:650}.h2{font-size:17px;font-weight:650}.t{font-size:13px;font-weight:600}
.s{font-size:12px;fill:var(--soft)}.l{font-size:12px}
.in{fill:none;stroke:var(--soft);stroke-width:1.2;opacity:.55}.out{fill:none;stroke-width:1.8;opacity:.85}
.tip{fill:var(--soft);opacity:.8}
"""
_TIP = (
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>'
)


def draw(plan: Plan) -> str:
    """Return the drawing of a plan: a band per layer, a card per component, arrows to what needs it."""
    shown, joined = bands(plan), links(plan)
    names = {band.name for band in shown}
    joined = tuple(link for link in joined if link.source in names and link.target in names)
    where = place(shown, joined)
    parts = [
        _open(plan, where.height),
        f"<style>{_STYLE}{_hues(shown)}</style>",
        _TIP,
        f'<rect class="page" width="{WIDTH}" height="{where.height:.0f}"/>',
        *_heading(plan, shown),
        *(line for band in shown for line in _band(band, joined, where)),
        *(_link(link, where) for link in joined),
        "</svg>",
    ]
    return "\n".join(parts)


def _open(plan: Plan, height: float) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(_title(plan))}">'


def _title(plan: Plan) -> str:
    return f"{plan.env} in {plan.region}"


def _heading(plan: Plan, shown: tuple[Band, ...]) -> list[str]:
    count = sum(band.size for band in shown)
    components = sum(len(band.cards) for band in shown)
    words = f"{count} resources in {components} components and {len(shown)} layers · account {plan.account}"
    return [_text(24, 36, _title(plan), "h1"), _text(24, 58, words, "s")]


def _hues(shown: tuple[Band, ...]) -> str:
    return "".join(
        f".x-{_slug(band.name)}{{stroke:hsl({_hue(band.name)} 65% var(--light))}}"
        f".y-{_slug(band.name)}{{fill:hsl({_hue(band.name)} 65% var(--light))}}"
        for band in shown
    )


def _hue(name: str) -> int:
    return HUES.get(name, sum(name.encode()) % 360)


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _band(band: Band, joined: tuple[Link, ...], where: Placed) -> list[str]:
    box = where.bands[band.name]
    needs = "  ·  ".join(f"{one.source} ({_some(one.outputs)})" for one in joined if one.target == band.name)
    words = f"{band.size} resources" + (f"  ·  from {needs}" if needs else "")
    return [
        _rect(box, "band", 10),
        f'<rect class="y-{_slug(band.name)}" x="{box.x}" y="{box.y}" width="5" height="{box.h:.0f}" rx="2"/>',
        _text(box.x + BAND_PAD, box.y + 26, band.name, "h2"),
        _text(box.x + BAND_PAD, box.y + 45, _cut(words, 190), "s"),
        *(_arrow(where.cards[a], where.cards[b]) for a, b in band.arrows),
        *(line for card in band.cards for line in _card(card, where.cards[card.key])),
    ]


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _card(card: Card, box: Box) -> list[str]:
    lines = [kind if count == 1 else f"{kind} \N{MULTIPLICATION SIGN}{count}" for kind, count in card.contents]
    if len(lines) > LINES:
        rest = sum(count for _, count in card.contents[LINES:])
        lines = [*lines[:LINES], f"and {rest} more"]
    everything = Counter(dict(card.contents))
    tip = f"{card.kind} {card.name}: " + ", ".join(f"{count} {kind}" for kind, count in everything.items())
    return [
        f"<g><title>{escape(tip)}</title>",
        _rect(box, "card", 7),
        _text(box.x + 11, box.y + 19, _cut(card.kind, 27), "t"),
        _text(box.x + 11, box.y + 35, _cut(card.name, 30), "s"),
        *(_text(box.x + 11, box.y + 54 + n * LINE, _cut(line, 30), "l") for n, line in enumerate(lines)),
        "</g>",
    ]


def _arrow(source: Box, target: Box) -> str:
    """Draw from the edge of one card to the edge of another, through the gaps between rows and columns."""
    if target.y > source.y:
        x1, y1, x2, y2 = source.x + source.w / 2, source.y + source.h, target.x + target.w / 2, target.y
        return _curve(x1, y1, x1, (y1 + y2) / 2, x2, (y1 + y2) / 2, x2, y2)
    if target.y < source.y:
        x1, y1, x2, y2 = source.x + source.w / 2, source.y, target.x + target.w / 2, target.y + target.h
        return _curve(x1, y1, x1, (y1 + y2) / 2, x2, (y1 + y2) / 2, x2, y2)
    forward = target.x > source.x
    x1, x2 = (source.x + source.w, target.x) if forward else (source.x, target.x + target.w)
    if abs(x2 - x1) < source.w:
        return _curve(x1, source.y + 22, x1, source.y + 22, x2, target.y + 22, x2, target.y + 22)
    top = source.y - 12
    x1, x2 = source.x + source.w - 24, target.x + 24
    return _curve(x1, source.y, x1, top, x2, top, x2, target.y)


def _curve(*points: float) -> str:
    x1, y1, a, b, c, d, x2, y2 = (f"{point:.0f}" for point in points)
    return f'<path class="in" d="M{x1} {y1}C{a} {b} {c} {d} {x2} {y2}" marker-end="url(#a)"/>'


def _link(link: Link, where: Placed) -> str:
    source, target = where.bands[link.source], where.bands[link.target]
    right = source.x + source.w
    lane = where.lanes[link.source, link.target]
    y1, y2 = source.y + source.h - 12 - lane / 12, target.y + 14 + lane / 4
    x = right + lane
    path = f"M{right:.0f} {y1:.0f}H{x - 6:.0f}q6 0 6 6V{y2 - 6:.0f}q0 6 -6 6H{right + 2:.0f}"
    tip = escape(f"{link.target} uses {', '.join(link.outputs)} of {link.source}")
    return f'<path class="out x-{_slug(link.source)}" d="{path}" marker-end="url(#a)"><title>{tip}</title></path>'


def _rect(box: Box, kind: str, radius: int) -> str:
    return (
        f'<rect class="{kind}" x="{box.x:.0f}" y="{box.y:.0f}" width="{box.w:.0f}" height="{box.h:.0f}" rx="{radius}"/>'
    )


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
