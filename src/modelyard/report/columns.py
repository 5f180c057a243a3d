"""What the data is: a card with a small picture for the columns that matter most, a table for all."""

from dataclasses import dataclass

from modelyard.config.model import ProjectConfig
from modelyard.data.contract import Column
from modelyard.evaluation import words
from modelyard.reference.distribution import Distribution
from modelyard.report.data import ReportData
from modelyard.report.histogram import ends, histogram

_MOST_CARDS = 24
_MOST_BARS = 4
_MOST_LINES = 400


@dataclass(frozen=True)
class Bar:
    """One category with its share."""

    name: str
    share: float


@dataclass(frozen=True)
class Card:
    """One column as a picture: a histogram with its ends, or the commonest categories."""

    name: str
    role: str
    kind: str
    missing: float
    svg: str
    low: str
    high: str
    bars: list[Bar]
    more: str


@dataclass(frozen=True)
class Line:
    """One column in the table."""

    name: str
    role: str
    type: str
    missing: str
    distinct: str
    range: str
    note: str


def cards(data: ReportData) -> list[Card]:
    """Return the pictured columns: the target, then features by importance, then the others in order."""
    if data.profile is None:
        return []
    hidden = _personal(data)
    shown = [column for column in data.profile.columns if column.name not in hidden and column.missing < 1]
    return [_card(column, role(data.config, column.name)) for column in sorted(shown, key=_rank(data))[:_MOST_CARDS]]


def table(data: ReportData) -> list[Line]:
    """Return every column in the contract's order; personal ones by name only."""
    known = {column.name: column for column in (data.profile.columns if data.profile else [])}
    contract = {column.name: column for column in (data.contract.columns if data.contract else ())}
    hidden = _personal(data)
    names = list(contract) or list(known)
    return [
        _line(
            name,
            contract.get(name),
            None if name in hidden else known.get(name),
            data.config,
            personal=name in hidden,
        )
        for name in names[:_MOST_LINES]
    ]


def role(config: ProjectConfig | None, name: str) -> str:
    """Return what a column is for."""
    if config is None:
        return ""
    data = config.data
    named = {data.target: "target", data.id: "identifier", data.time: "time", data.group: "group"}
    if name in named:
        return named[name]
    return "ignored" if name in config.data.not_features else "feature"


def _personal(data: ReportData) -> set[str]:
    declared = {column.name for column in (data.contract.columns if data.contract else ()) if column.personal}
    return declared | set(data.profile.personal if data.profile else [])


def _rank(data: ReportData):  # noqa: ANN202 - a sort key
    drops = {part.column: part.drop for part in (data.evaluation.importance if data.evaluation else [])}
    order = {"target": 0, "feature": 1, "": 1, "time": 2, "group": 2, "identifier": 3, "ignored": 3}
    return lambda column: (order[role(data.config, column.name)], -drops.get(column.name, float("-inf")))


def _card(column: Distribution, used_as: str) -> Card:
    span = ends(column)
    low, high = ("", "") if span is None else (_value(column, span[0]), _value(column, span[1]))
    ranked = sorted(((share, name) for name, share in column.shares.items() if share > 0), key=lambda pair: -pair[0])
    bars = [Bar(name or "(empty)", share) for share, name in ranked[:_MOST_BARS]]
    rest = column.distinct - sum(bar.name != "(other)" for bar in bars)
    return Card(
        name=column.name or "(no name)",
        role=used_as,
        kind={"number": "", "category": "category", "text": "text, length in characters"}[column.kind],
        missing=column.missing,
        svg=histogram(column) if column.kind != "category" else "",
        low=low,
        high=high,
        bars=bars,
        more=words.plural(rest, "more value") if rest > 0 and column.kind == "category" else "",
    )


def _value(column: Distribution, value: float) -> str:
    """Return an end of the histogram; dates are seconds since 1970."""
    if not column.type.startswith(("Date", "Datetime")):
        return _plain(value)
    import datetime as dt

    try:
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=value)
    except OverflowError:
        return words.number(value)
    return moment.date().isoformat()


def _plain(value: float) -> str:
    """Return a number of a column: whole ones in full, below 10,000 without a comma (years read as years)."""
    if value % 1 == 0 and abs(value) < 1e12:
        return f"{value:.0f}".replace("-", "\N{MINUS SIGN}") if abs(value) < 10_000 else words.number(int(value))
    return words.number(value)


def _line(
    name: str,
    declared: Column | None,
    found: Distribution | None,
    config: ProjectConfig | None,
    *,
    personal: bool,
) -> Line:
    reason = config.data.ignore.get(name, "") if config is not None else ""
    return Line(
        name=name or "(no name)",
        role=role(config, name),
        type=declared.type if declared else (found.type if found else ""),
        missing=words.percent(found.missing) if found else "",
        distinct=words.number(found.distinct) if found else "",
        range=_range(found) if found else "",
        note="personal: values are never shown" if personal else reason,
    )


def _range(found: Distribution) -> str:
    if found.kind == "category":
        commonest = max(found.shares.items(), key=lambda item: item[1], default=("", 0.0))
        return f"{commonest[0] or '(empty)'} ({words.percent(commonest[1], 0)})" if commonest[1] else ""
    if not found.edges:
        return ""
    ends_ = f"{_value(found, found.edges[0])} to {_value(found, found.edges[-1])}"
    return f"{ends_} characters" if found.kind == "text" else ends_
