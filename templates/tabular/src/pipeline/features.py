"""The features: rows as they arrive, to rows as the model sees them. Yours to change."""

import polars as pl


def features(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row of features for each row, in the same order.

    The same function runs in training, in batch scoring and in the server, so it may look at one row at a
    time only: a mean over `rows` is another number when a single request arrives. Missing values may stay
    missing, and text may stay text; encoding follows by itself and imputation in `model.py`. As long as it
    returns its argument, the server leaves it out.

    An honest example, known for each row at the moment of asking:

        return rows.with_columns(
            (pl.col("balance") / pl.col("limit")).alias("used_share"),
            pl.col("comment").str.contains("refund").alias("asks_for_refund"),
        )

    A column that plays no part belongs under `data.ignore` in modelyard.yaml, with its reason.
    """
    return rows
