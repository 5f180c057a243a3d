"""Where each card, band and arrow of the drawing goes, in pixels."""

from dataclasses import dataclass

from modelyard.infra.graph.model import Band, Card, Link

WIDTH = 1480
MARGIN = 24
TITLE = 76  # height of the heading
CARD = 228
GAP_X = 26
GAP_Y = 22
LINE = 16
CARD_HEAD = 44
LINES = 5  # kinds that a card names before it only counts
BAND_HEAD = 58
BAND_GAP = 26
BAND_PAD = 18
GUTTER = 150  # room for the arrows between layers, at the right
PER_ROW = (WIDTH - 2 * MARGIN - GUTTER - 2 * BAND_PAD + GAP_X) // (CARD + GAP_X)


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.w / 2, self.y + self.h / 2


@dataclass(frozen=True)
class Placed:
    """Everything in its place."""

    bands: dict[str, Box]
    cards: dict[str, Box]
    lanes: dict[tuple[str, str], float]
    height: float


def height_of(card: Card) -> float:
    """Return the height of a card: its heading and a line per kind."""
    shown = min(len(card.contents), LINES) + (len(card.contents) > LINES)
    return CARD_HEAD + shown * LINE + 10


def place(bands: tuple[Band, ...], links: tuple[Link, ...]) -> Placed:
    """Put bands below each other, cards in rows, and arrows between bands in lanes of their own."""
    y = float(TITLE)
    placed: dict[str, Box] = {}
    cards: dict[str, Box] = {}
    for band in bands:
        inside = _rows(band, y + BAND_HEAD)
        bottom = max((box.y + box.h for box in inside.values()), default=y + BAND_HEAD)
        placed[band.name] = Box(MARGIN, y, WIDTH - 2 * MARGIN - GUTTER, bottom + BAND_PAD - y)
        cards |= inside
        y = bottom + BAND_PAD + BAND_GAP
    return Placed(placed, cards, _lanes(links, list(placed)), y + MARGIN)


def _rows(band: Band, top: float) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    for start in range(0, len(band.cards), PER_ROW):
        row = band.cards[start : start + PER_ROW]
        for column, card in enumerate(row):
            boxes[card.key] = Box(MARGIN + BAND_PAD + column * (CARD + GAP_X), top, CARD, height_of(card))
        top += max(height_of(card) for card in row) + GAP_Y
    return boxes


def _lanes(links: tuple[Link, ...], order: list[str]) -> dict[tuple[str, str], float]:
    """Give each arrow the innermost lane in which nothing it passes is in the way; short ones stay inside."""
    spans = sorted(links, key=lambda one: order.index(one.target) - order.index(one.source))
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[tuple[str, str], float] = {}
    for link in spans:
        low, high = order.index(link.source), order.index(link.target)
        number = next((n for n, lane in enumerate(taken) if all(high <= a or low >= b for a, b in lane)), len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((low, high))
        lanes[link.source, link.target] = float(number)
    step = min(16.0, (GUTTER - 34) / max(1, len(taken)))
    return {key: 22 + number * step for key, number in lanes.items()}
