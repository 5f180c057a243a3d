"""Says what `monitor` found in lines for a person."""

from collections.abc import Iterator

from modelyard.monitoring.results import ColumnDrift, MonitorResult, PerformanceWindow


def lines(found: MonitorResult) -> Iterator[str]:
    """Yield the lines of a result: drift by version, performance by window, service, alerts."""
    if found.window is None:
        yield "Nothing was captured yet: start `modelyard serve` and ask it."
    else:
        yield f"{found.rows:,} predictions for events from {found.window.since} to {found.window.until}"
    yield from _drift(found)
    yield from _performance(found)
    if found.service.checks:
        yield "\nservice"
        yield from (f"  {_mark(alert=c.alert)} {c.name:<13} {c.says}" for c in found.service.checks)
    yield "\nalerts" if found.alerts else "\nno alerts"
    yield from (f"  {alert.severity}: {alert.title}" for alert in found.alerts)
    ended = [sent for sent in found.sent if sent.resolved and sent.channel == "stdout" and sent.state == "sent"]
    yield from (f"  resolved: {sent.resolved}" for sent in ended)
    if found.retrain is not None:
        yield f"\nretrain: {found.retrain.says or found.retrain.reason}"
        yield from (f"  {rule.verdict:<12} {rule.name}: {rule.reason}" for rule in found.retrain.rules)
        yield from (f"  note: {warning}" for warning in found.retrain.warnings)


def _drift(found: MonitorResult) -> Iterator[str]:
    for version in found.drift.versions:
        yield f"\ndrift of version {version.version}, {version.rows:,} rows"
        if version.without:
            yield f"  not judged: {version.without}"
            continue
        yield "  distance and limit of the window that lies furthest"
        yield f"    {'column':<24} {'distance':>8} {'limit':>7} {'PSI':>8} {'missing':>8}"
        yield from (_column(column) for column in version.columns)
        yield from (_column(column) for column in version.predictions)


def _column(column: ColumnDrift) -> str:
    since = f"  since {column.first.since[:10]}" if column.first else ""
    new = f"  {column.new:.1%} new values" if column.new else ""
    far, limit = column.furthest
    return (
        f"  {_mark(alert=column.alert)} {column.name[:24]:<24} {_number(far):>8} {limit:>7.3f} "
        f"{_number(column.psi):>8} {column.missing:>8.1%}{new}{since}"
    )


def _performance(found: MonitorResult) -> Iterator[str]:
    performance = found.performance
    labelled = [window for window in performance.windows if window.labelled]
    if labelled:
        yield f"\nperformance on {performance.labelled:,} labelled rows, each window with those just before it"
        yield from map(_window, labelled)
    for guess in performance.estimated:
        loss = f"log loss about {guess.loss:.3f}" if guess.loss else ""
        yield f"  estimated for {guess.rows:,} rows without labels: {loss} ({guess.says})"
    if performance.hidden:
        yield f"  no estimate: {performance.hidden}"


def _window(window: PerformanceWindow) -> str:
    bad = window.miscalibrated or window.useless
    shown = window.pooled or window
    gap, skill = shown.gap, "" if shown.skill is None else f", skill {shown.skill.value:+.3f}"
    sure = "" if gap is None or gap.low is None or gap.high is None else f" [{gap.low:+.3g}, {gap.high:+.3g}]"
    reason = f"  (not judged: {window.reason})" if window.reason else ""
    return (
        f"  {_mark(alert=bad)} {window.until[:10]} v{window.version} predicted {_number(shown.predicted)}, "
        f"true {_number(shown.observed)}, gap {_number(gap.value if gap else None)}{sure}{skill}, "
        f"{window.coverage:.0%} labelled{reason}"
    )


def _mark(*, alert: bool) -> str:
    return "!" if alert else " "


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
