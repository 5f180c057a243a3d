"""Labelled captures as rows of the training table, whatever its columns are called."""

from datetime import datetime

import answered
import polars as pl
import pytest

from modelyard.config.model import Data
from modelyard.data.contract import Column, Contract
from modelyard.monitoring.retraining.labelled import CLOCK, Wanted, distinct, keys, labelled, unknown_to
from modelyard.monitoring.retraining.selection import Selected
from modelyard.reference.profile import build

ODD = ["*", "^a$", "", "a b", "é.è", "rows", "version", 'quote"d']
NOON = datetime(2024, 1, 1, 12)


def joined(inputs, truth, **more):
    rows = answered.rows(inputs, [0.5] * inputs.height, **more)
    return rows.with_columns(truth=pl.Series(truth, dtype=pl.String), known=pl.lit(NOON), matured=pl.lit(value=True))


def wanted(columns, must=(), **data):
    named = {"source": "s", "target": "y", "id": "key", "time": "when", **data}
    return Wanted(tuple(Column(name=n, type=t) for n, t in columns.items()), Data(**named), frozenset(must))


def test_odd_names_stay_as_they_are():
    columns = {**dict.fromkeys(ODD, "integer"), "y": "string"}
    inputs = pl.DataFrame({name: [i, i + 1] for i, name in enumerate(ODD)})
    found, lacking = labelled(joined(inputs, ["a", "b"]), wanted(columns, ODD, id=None, time=None))
    assert found.select(pl.nth(range(len(ODD)))).equals(inputs)
    assert (found["y"].to_list(), lacking) == (["a", "b"], 0)
    data = Data(source="s", target="y")
    key = keys(list(columns), data)
    assert key == ODD
    assert distinct(pl.concat([found, found]), key, data).height == 2
    source = found.select(pl.nth(range(len(columns))))[:1].lazy()
    assert unknown_to(source, found, key, data)["y"].to_list() == ["b"]


def test_only_labelled_and_matured_rows_are_taken():
    frame = joined(pl.DataFrame({"a": [1.0, 2.0, 3.0]}), ["yes", None, "no"])
    frame = frame.with_columns(matured=pl.Series([True, True, False]))
    found, _ = labelled(frame, wanted({"a": "number", "y": "string"}))
    assert found["a"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("kind", "truth", "expected"),
    [
        ("boolean", ["True", "False"], [True, False]),
        ("integer", ["1", "-3"], [1, -3]),
        ("number", ["0.1", "1"], [0.1, 1.0]),
        ("string", ["NA", "1"], ["NA", "1"]),
    ],
)
def test_a_label_becomes_a_value_of_the_targets_type(kind, truth, expected):
    frame = joined(pl.DataFrame({"a": [1.0, 2.0]}), truth)
    assert labelled(frame, wanted({"y": kind}))[0]["y"].to_list() == expected


def test_id_and_time_come_from_the_row_or_from_beside_it():
    inputs = pl.DataFrame({"key": [7, None], "a": [1.0, 2.0]})
    frame = joined(inputs, ["u", "v"], entities=["9", "8"], times=[NOON, NOON])
    found, _ = labelled(frame, wanted({"key": "integer", "when": "timestamp", "a": "number", "y": "string"}))
    assert found["key"].to_list() == [7, 8]
    assert found["when"].to_list() == [NOON, NOON]


def test_personal_values_are_not_taken_even_as_hashes():
    columns = (Column(name="mail", type="string", personal=True), Column(name="y", type="string"))
    frame = joined(pl.DataFrame({"mail": ["0af3", "b"]}), ["u", "v"])
    data = Data(source="s", target="y")
    assert labelled(frame, Wanted(columns, data, frozenset()))[0]["mail"].to_list() == [None, None]
    assert labelled(frame, Wanted(columns, data, frozenset({"mail"})))[1] == 2


def test_a_model_without_inputs_has_labelled_rows_too():
    frame = joined(pl.DataFrame({"a": [1.0]}), ["u"]).with_columns(inputs=pl.lit(None, pl.String))
    assert labelled(frame, wanted({"a": "number", "y": "string"}))[0].rows()[0][:2] == (None, "u")


def test_rows_are_one_by_id_and_time_and_the_last_received_wins():
    times = [NOON, NOON, NOON.replace(hour=13), NOON]
    received = [datetime(2024, 2, day) for day in (2, 1, 1, 3)]
    inputs = pl.DataFrame({"key": [1, 1, 1, None], "a": [0, 1, 2, 3]})
    frame = joined(inputs, ["n", "o", "p", "q"], times=times, received=received)
    asked = wanted({"key": "integer", "when": "timestamp", "a": "integer", "y": "string"})
    found, _ = labelled(pl.concat([frame, frame]), asked)
    key = keys([c.name for c in asked.columns], asked.data)
    kept = distinct(found, key, asked.data)
    assert key == ["key", "when"]
    assert kept["a"].to_list() == [0, 3, 3, 2]  # without an id nobody knows whether two rows are one
    source = pl.LazyFrame({"key": [1, None], "when": [NOON, NOON], "a": [9, 9], "y": ["z", "z"]})
    assert unknown_to(source, kept, key, asked.data)["a"].to_list() == [3, 3, 2]
    assert CLOCK not in key


def test_labelled_rows_that_are_not_a_fair_sample_are_told():
    rows = pl.DataFrame({"size": [float(i) for i in range(200)], "*": ["a", "b"] * 100})
    contract = Contract(name="t", columns=(Column(name="size", type="number"), Column(name="*", type="string")))
    profile = build(rows, contract, ["size", "*"], predictions=None)
    fair, unfair = Selected(profile), Selected(profile)
    fair.add(joined(rows, ["y" if i % 4 < 2 else None for i in range(200)]))
    unfair.add(joined(rows, ["y" if i < 60 else None for i in range(200)]))
    assert fair.found(0.1) == []
    found = unfair.found(0.1)
    assert [each.name for each in found] == ["size"]
    assert found[0].distance == pytest.approx(0.7, abs=0.02)


def test_a_few_labels_are_not_judged():
    rows = pl.DataFrame({"size": [float(i) for i in range(200)]})
    contract = Contract(name="t", columns=(Column(name="size", type="number"),))
    selected = Selected(build(rows, contract, ["size"], predictions=None))
    selected.add(joined(rows, ["y" if i < 20 else None for i in range(200)]))
    assert selected.found(0.1) == []
    assert Selected(None).found(0.1) == []
