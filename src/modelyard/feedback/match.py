"""Finds the captured prediction that each outcome belongs to, file by file."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl

from modelyard import capture
from modelyard.data.store import Store
from modelyard.feedback.ids import texts
from modelyard.feedback.labels import Labels

_COLUMNS = ["request_id", "row", "entity", "event_time", "received_time", "version", "sha256", "role"]
_SHADOW = "shadow"
_SLACK = timedelta(days=1)


def match(store: Store, labels: Labels, horizon: timedelta) -> pl.DataFrame:
    """Return the labels with `captured_time` and `sha256` of their predictions, null where there is none.

    A label of an entity belongs to the entity's last prediction before the outcome, not older than `horizon`; the
    client named it beside the rows or in the row. A label without a row number belongs to the only row of its request.
    """
    numbered = labels.frame.with_row_index("label_index")
    by_request = labels.by == "request"
    found = _by_request(store, numbered) if by_request else _by_entity(store, numbered, horizon, labels.id)
    joined = numbered.drop("request_id", "row") if labels.by == "entity" else numbered.drop("row")
    return joined.join(found, on="label_index", how="left", maintain_order="left")


def _by_request(store: Store, labels: pl.DataFrame) -> pl.DataFrame:
    """Return `label_index`, `row`, `captured_time`, `sha256`; the row stays where there is no prediction."""
    keys = labels.select("label_index", "request_id", wanted=pl.col("row"))
    parts = [
        rows.join(keys, on="request_id").filter(pl.col("wanted").is_null() | (pl.col("wanted") == pl.col("row")))
        for rows in _answers(store, None, keys.select("request_id").unique())
    ]
    best = _last(parts, "label_index")
    found = keys.select("label_index", "wanted").join(best, on="label_index", how="left", maintain_order="left")
    return found.select("label_index", pl.coalesce("row", "wanted").alias("row"), "captured_time", "sha256")


def _by_entity(store: Store, labels: pl.DataFrame, horizon: timedelta, own: str | None) -> pl.DataFrame:
    keys = labels.select("label_index", "entity", "label_time")
    first, last = keys["label_time"].min(), keys["label_time"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return _last([], "label_index").select("label_index", "request_id", "row", "captured_time", "sha256")
    age = pl.col("label_time") - pl.col("captured_time")
    parts = [
        rows.join(keys, on="entity").filter((age >= pl.duration()) & (age <= horizon))
        for rows in _answers(store, (first - horizon, last + _SLACK), keys.select("entity").unique(), own)
    ]
    return _last(parts, "label_index").select("label_index", "request_id", "row", "captured_time", "sha256")


def _answers(
    store: Store, between: tuple[datetime, datetime] | None, wanted: pl.DataFrame, own: str | None = None
) -> Iterator[pl.DataFrame]:
    """Yield what was answered to the wanted requests or entities; a shadow's answers reached nobody."""
    since, until = between or (None, None)
    key = wanted.columns[0]
    columns = _COLUMNS if own is None else [*_COLUMNS, "inputs"]
    for frame in capture.read(store, since=since, until=until, columns=columns):
        answered = frame.filter(pl.col("role") != _SHADOW)
        rows = _named(answered, own).join(wanted, on=key, how="semi")
        if rows.height:
            yield rows.select(
                "request_id",
                "row",
                "entity",
                "sha256",
                "received_time",
                captured_time=pl.coalesce("event_time", "received_time"),
            )


def _named(rows: pl.DataFrame, own: str | None) -> pl.DataFrame:
    """Return each row under the entity beside it, and once more under the one that its own column names."""
    if own is None or not isinstance(rows.schema["inputs"], pl.Struct):
        return rows
    inputs, beside = rows["inputs"].struct.unnest(), rows.drop("inputs")
    if own not in inputs.columns:  # personal data, which is kept by another name or not at all
        return beside
    named = inputs.select(texts(own, inputs.schema[own]).alias("entity"))
    return pl.concat([beside, beside.with_columns(named.to_series())])


def _last(parts: list[pl.DataFrame], key: str) -> pl.DataFrame:
    """Return one prediction per label: the latest, and of a request that was sent again its last answer.

    A label that fits several rows of one request fits none.
    """
    schema = {"label_index": pl.UInt32, "request_id": pl.String, "row": pl.Int32, "captured_time": pl.Datetime("us"),
              "sha256": pl.String, "received_time": pl.Datetime("us")}  # fmt: skip
    kept = [part.select(list(schema)) for part in parts]
    rows = pl.concat(kept) if kept else pl.DataFrame(schema=schema)
    several = rows.group_by(key, "request_id").agg(pl.col("row").n_unique().alias("rows")).filter(pl.col("rows") > 1)
    rows = rows.join(several, on=[key, "request_id"], how="anti")
    order = ["captured_time", "received_time", "row"]
    return rows.sort(order).unique(key, keep="last", maintain_order=True)
