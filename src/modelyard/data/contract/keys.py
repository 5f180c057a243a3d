"""Counts distinct keys exactly, in memory that does not grow with the length of their texts."""

from collections.abc import Sequence

import polars as pl

from modelyard.data.contract.prepare import Field

_COUNT = "\x00count"
_HASH = "\x00hash"


def present(fields: Sequence[Field]) -> pl.Expr:
    """Return whether a row has every part of its key."""
    return pl.all_horizontal(_there(field) for field in fields)


def distinct(fields: Sequence[Field]) -> pl.Expr:
    """Count the distinct keys, plus one if a row lacks part of its key.

    Texts and composite keys are counted by a 64-bit hash. Equal keys have equal hashes, so no repeated hash
    means no repeated key; where a hash repeats, the second pass compares the keys themselves.
    """
    return _compact(fields).n_unique()


def is_hashed(fields: Sequence[Field]) -> bool:
    """Say whether `distinct` goes by hashes, so that what it finds must be confirmed."""
    return len(fields) > 1 or not _plain(fields[0])


def repeated(frame: pl.LazyFrame, fields: Sequence[Field]) -> pl.LazyFrame:
    """Return the whole keys that occur more than once, with how often they do in the last column.

    Only rows whose hash repeats are compared in full, so that memory follows the repeats, not the rows.
    """
    names = [field.column.name for field in fields]
    keys = frame.filter(present(fields)).select(
        [field.typed.alias(name) for name, field in zip(names, fields, strict=True)]
    )
    hashed = keys.with_columns(pl.struct(pl.all()).hash().alias(_HASH))
    suspects = hashed.select(_HASH).group_by(_HASH).len(name=_COUNT).filter(pl.col(_COUNT) > 1)
    same = hashed.join(suspects, on=_HASH, how="semi").drop(_HASH)
    return same.group_by(pl.all()).len(name=_COUNT).filter(pl.col(_COUNT) > 1)


def surplus(keys: pl.LazyFrame) -> pl.LazyFrame:
    """Return, as one value, how many rows repeat an earlier one, given what `repeated` returned."""
    return keys.select((pl.col(_COUNT) - 1).sum())


def _there(field: Field) -> pl.Expr:
    return field.typed.is_not_null() & field.typed.is_not_nan() if field.has_nan else field.typed.is_not_null()


def _plain(field: Field) -> bool:
    return field.column.type != "string" and not field.has_nan


def _compact(fields: Sequence[Field]) -> pl.Expr:
    if len(fields) == 1 and _plain(fields[0]):
        return fields[0].typed
    values = fields[0].typed if len(fields) == 1 else pl.struct(field.typed for field in fields)
    return pl.when(present(fields)).then(values.hash())
