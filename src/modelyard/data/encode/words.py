"""The words of a free text as indicator columns: which ones are worth a column, and filling it."""

import numpy as np
import polars as pl

MOST_WORDS = 64
_MOST_TEXTS = 50_000  # evenly spaced rows are enough to find the words that matter
_WORD = r"\w+"
_MOST_DISTINCT_TARGETS = 20


def indicators(texts: pl.Series, words: tuple[str, ...], out: np.ndarray) -> None:
    """Set `out[i, j]` to 1 where text i holds word j, else to 0; `out` has shape (texts, words)."""
    out[:] = 0
    if not words:
        return
    pairs = _pairs(texts).filter(pl.col("word").is_in(list(words)))
    columns = pairs.get_column("word").cast(pl.Enum(words)).to_physical().to_numpy()
    out[pairs.get_column("row").to_numpy(), columns] = 1


def choose(texts: pl.Series, target: np.ndarray | None, min_count: int) -> tuple[str, ...]:
    """Return up to `MOST_WORDS` words: those that tell most about `target`, or the most frequent ones.

    Args:
        texts: Training rows.
        target: Class codes or numbers of the same rows, if known.
        min_count: In how many rows a word must occur.
    """
    step = -(-len(texts) // _MOST_TEXTS)
    texts, target = texts.gather_every(step), None if target is None else target[::step]
    counts = _pairs(texts).unique().group_by("word").agg(pl.len().alias("n"), pl.col("row"))
    counts = counts.filter(pl.col("n").is_between(max(min_count, 2), 0.95 * len(texts)))
    if counts.is_empty():
        return ()
    worth = counts.get_column("n") if target is None else _worth(counts, target)
    best = counts.with_columns(worth.alias("worth")).sort(["worth", "word"], descending=[True, False])
    return tuple(best.get_column("word").head(MOST_WORDS).to_list())


def _pairs(texts: pl.Series) -> pl.DataFrame:
    found = texts.str.to_lowercase().str.extract_all(_WORD).alias("word")
    return pl.DataFrame([found]).with_row_index("row").explode("word").drop_nulls()


def _worth(counts: pl.DataFrame, target: np.ndarray) -> pl.Series:
    """How far the target's mean among a word's rows lies from its mean, in standard errors."""
    columns = _standardised(target)
    rows = counts.get_column("row").to_list()
    distance = [np.abs(columns[list(r)].mean(axis=0)).max() * np.sqrt(len(r)) for r in rows]
    return pl.Series(np.round(distance, 9))


def _standardised(target: np.ndarray) -> np.ndarray:
    values = np.unique(target)
    if np.issubdtype(target.dtype, np.integer) and len(values) <= _MOST_DISTINCT_TARGETS:
        columns = (target[:, None] == values[None, :]).astype(np.float64)
    else:
        columns = target.astype(np.float64)[:, None]
    spread = columns.std(axis=0)
    return (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
