"""What is read of the input for each row, in columns of safe names, and what becomes of it in the output."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from modelyard.batch.model import Model
from modelyard.batch.rules import RowRule, check_columns, row_rules
from modelyard.data.contract import Column
from modelyard.data.contract.prepare import Prepared, prepare
from modelyard.data.load import Table
from modelyard.data.types import logical_type, polars_type

PREDICTION, VERSION, PROBABILITY = "prediction", "version", "probability_"


@dataclass(frozen=True)
class Plan:
    """How the rows are read and what they become.

    Attributes:
        frame: Input columns as `i0`, .., kept ones as `k0`, .., values to show as `v0`, .., broken rules as `b0`, ..
        inputs: The model's columns, in the order of `i0`, ..
        kept: Columns that go to the output, by the names they have there, in the order of `k0`, ..
        rules: What a row can break, in the order of `b0`, ..
        shown: For each rule the column `v..` that holds the value as read; None where it may not be shown.
        schema: Of the output.
    """

    frame: pl.LazyFrame
    inputs: list[str]
    kept: list[str]
    rules: list[RowRule]
    shown: list[str | None]
    schema: pl.Schema

    @classmethod
    def of(cls, model: Model, table: Table, keep: Sequence[str]) -> Self:
        """Lay the table beside the model.

        Args:
            model: What scores.
            table: The rows.
            keep: Columns that the output repeats where the table has them.

        Raises:
            OutcomeError: A column that the model reads is absent or of another type.
            RequestError: The table's header cannot be read.
        """
        there = table.frame.collect_schema()
        known = {column.name for column in model.contract.columns}
        kept = [name for name in dict.fromkeys(keep) if name in there]
        others = [Column(name=name, type=logical_type(there[name])) for name in kept if name not in known]
        contract = model.contract.model_copy(update={"columns": (*model.contract.columns, *others)})
        prepared = prepare(contract, table)
        check_columns(prepared, model.fields, table.source)
        rules = row_rules(model.contract, prepared, model.fields)
        values = _shown_columns(rules, prepared, model.contract.personal)
        typed = {
            name: field.typed.cast(polars_type(field.column.type), strict=False)
            for name, field in prepared.fields.items()
        }
        frame = prepared.frame.select(
            *(_input(model, prepared, typed, name).alias(f"i{i}") for i, name in enumerate(model.scorer.served.inputs)),
            *(typed[name].alias(f"k{i}") for i, name in enumerate(kept)),
            *(prepared.fields[name].raw.alias(alias) for name, alias in values.items()),
            *(rule.bad.alias(f"b{i}") for i, rule in enumerate(rules)),
        )
        named = _distinct(kept, model.scorer.served.classes)
        types = [polars_type(prepared.fields[name].column.type) for name in kept]
        return cls(
            frame=frame,
            inputs=list(model.scorer.served.inputs),
            kept=named,
            rules=rules,
            shown=[None if rule.column is None else values.get(rule.column) for rule in rules],
            schema=_schema(dict(zip(named, types, strict=True)), model.scorer.served.classes),
        )


def _input(model: Model, prepared: Prepared, typed: dict[str, pl.Expr], name: str) -> pl.Expr:
    """Return a column as training read it: NaN is null; one that may be absent is null throughout."""
    if name not in prepared.fields:
        kind = next(f.column.type for f in model.fields if f.column.name == name)
        return pl.lit(None, dtype=polars_type(kind))
    field = prepared.fields[name]
    return typed[name].fill_nan(None) if field.found.is_float() and field.column.type == "number" else typed[name]


def _shown_columns(rules: Sequence[RowRule], prepared: Prepared, personal: frozenset[str]) -> dict[str, str]:
    names = dict.fromkeys(rule.column for rule in rules if rule.column is not None and rule.column not in personal)
    return {name: f"v{i}" for i, name in enumerate(names) if name in prepared.fields}


def _distinct(kept: Sequence[str], classes: Sequence[str]) -> list[str]:
    """Return the kept columns' names; one that an own column of the output has is told as the input's."""
    taken = {PREDICTION, VERSION, *(f"{PROBABILITY}{name}" for name in classes)}
    found = []
    for name in kept:
        while name in taken:
            name = f"input_{name}"  # noqa: PLW2901
        taken.add(name)
        found.append(name)
    return found


def _schema(kept: dict[str, pl.DataType], classes: Sequence[str]) -> pl.Schema:
    probabilities = {f"{PROBABILITY}{name}": pl.Float64() for name in classes}
    prediction = pl.String() if classes else pl.Float64()
    return pl.Schema({**kept, PREDICTION: prediction, **probabilities, VERSION: pl.Int64()})
