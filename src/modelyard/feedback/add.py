"""Takes in a table of true outcomes: read, checked, matched to predictions, and added to the store's labels."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import polars as pl

from modelyard.bundle.served import FILE_NAME, Served
from modelyard.config import Project
from modelyard.data import contract as contracts
from modelyard.data.load import open_table
from modelyard.data.store import Store
from modelyard.errors import RequestError
from modelyard.feedback import ledger
from modelyard.feedback.labels import Labels, read
from modelyard.feedback.match import match
from modelyard.feedback.results import FeedbackRequest, FeedbackResult, LabelWindow
from modelyard.progress import Progress, silent
from modelyard.routing import document

_SHOWN = 5


def add(project: Project, request: FeedbackRequest, progress: Progress = silent) -> FeedbackResult:
    """Add the outcomes of a table to the store; adding the same ones again changes nothing.

    Labels by request are kept even where their prediction is not captured yet; labels by entity are kept once
    they have found one.

    Raises:
        RequestError: The table cannot be read, lacks a column, or holds outcomes that no version can answer.
        OutsideError: The store failed.
    """
    store = Store.open(project.environment.store, project.root)
    contract = contracts.load(project.root / project.config.data.contract)
    progress("reading labels", 0, None)
    labels = read(open_table(request.labels, project.root), request, project.config, contract)
    progress("matching labels", 0, labels.frame.height)
    horizon = timedelta(days=project.config.monitoring.label_horizon_days)
    found = match(store, labels, horizon)
    hidden = project.config.data.target in contract.personal
    _require_known(found, store, request.labels, hidden=hidden)
    now = request.as_of or datetime.now(UTC).replace(tzinfo=None)
    return _added(store, labels, found, now)


def _added(store: Store, labels: Labels, found: pl.DataFrame, now: datetime) -> FeedbackResult:
    placed = found.filter(pl.col("captured_time").is_not_null())
    kept = placed if labels.by == "entity" else found
    corrected = _corrected(store, placed)
    added = kept.height if kept.height and ledger.append(store, kept, now) else 0
    return FeedbackResult(
        matched=placed.height,
        unmatched=found.height - placed.height,
        window=_window(placed),
        added=added,
        corrected=corrected if added else 0,
        missing=labels.missing,
        by=labels.by,
    )


def _window(placed: pl.DataFrame) -> LabelWindow | None:
    first, last = placed["captured_time"].min(), placed["captured_time"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    return LabelWindow(since=first.isoformat(), until=last.isoformat())


def _corrected(store: Store, placed: pl.DataFrame) -> int:
    """Count the predictions whose label was another one so far."""
    first, last = placed["captured_time"].min(), placed["captured_time"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return 0
    with ledger.Ledger(store) as known:
        before = known.between(first, last).select("request_id", "row", was="label")
    now = placed.unique(["request_id", "row"], keep="last", maintain_order=True)
    return now.join(before, on=["request_id", "row"]).filter(pl.col("label") != pl.col("was")).height


def _require_known(found: pl.DataFrame, store: Store, source: str, *, hidden: bool) -> None:
    """Refuse outcomes that are no class of the versions that answered, and of those in service."""
    routing = document.read(store)
    serving = {ref.sha256 for ref in (routing.champion, routing.challenger) if ref is not None}
    answered = set(found.get_column("sha256").drop_nulls().unique().to_list())
    names = _classes(store, answered | serving)
    if not names:
        return
    strange = [label for label in ledger.known_values(found) if label not in names]
    if strange:
        shown = f"{len(strange)} kinds" if hidden else ", ".join(map(repr, strange[:_SHOWN]))
        known = "" if hidden else f" The model knows {', '.join(map(repr, sorted(names)[:20]))}."
        raise RequestError(
            f"{source} has outcomes that are no class of the model: {shown}.",
            f"Write classes as the training data does, and leave unknown outcomes empty.{known}",
            code="unknown_class",
        )


def _classes(store: Store, versions: Collection[str]) -> set[str]:
    found: set[str] = set()
    for sha256 in versions:
        data = store.get(f"models/{sha256}/{FILE_NAME}")
        if data is not None:
            found |= set(Served.model_validate_json(data).classes)
    return found
