"""The tables of the policies agree with the provider's SDK."""

import importlib
import inspect
import random

import pytest
from pydantic import ValidationError

from modelyard.infra.plan import sdk
from modelyard.infra.policy.checks.tagged import taggable
from modelyard.infra.policy.documents import IDENTITY, RESOURCE, TRUST
from modelyard.infra.policy.metrics import emitters
from modelyard.infra.policy.table import Row, table

PLACES = [(kind, name) for place in (IDENTITY, RESOURCE, TRUST) for kind, names in place.items() for name in names]


@pytest.mark.parametrize("row", table(), ids=lambda row: row.control)
def test_a_row_names_types_that_exist(row):
    aws = [kind for kind in row.types if kind.startswith("aws:")]

    assert [kind for kind in aws if sdk.shape(kind) is None] == []
    assert row.never or row.fix


@pytest.mark.parametrize(("kind", "name"), PLACES)
def test_documents_lie_where_the_sdk_has_them(kind, name):
    shape = sdk.shape(kind)

    assert shape is not None
    assert name in shape.inputs


def test_a_sample_of_the_taggable_types_takes_tags():
    for kind in random.Random(7).sample([k for k in sorted(taggable()) if k.startswith("aws:e")], 20):
        shape = sdk.shape(kind)
        assert shape is not None, kind
        assert "tags" in shape.inputs, kind


def test_emitters_that_are_resources_name_types_that_exist():
    assert [kind for one in emitters() for kind in one.types if sdk.shape(kind) is None] == []


def test_a_scope_that_does_not_exist_is_refused():
    good = table()[0].model_dump()

    with pytest.raises(ValidationError, match="scope 'dev'"):
        Row.model_validate({**good, "scope": "dev"})


def test_metrics_of_ours_are_those_that_the_components_emit():
    ours = importlib.import_module("modelyard.infra.components.monitoring.metrics").OURS
    known = {(one.namespace, metric): one.dimensions for one in emitters() for metric in one.metrics}

    for namespace, metrics in ours.items():
        for metric, dimensions in metrics.items():
            assert frozenset(dimensions) in known[namespace, metric]


def test_every_check_is_a_small_class():
    from modelyard.infra.policy.control import classes

    lengths = {row: len(inspect.getsource(one).splitlines()) for row, one in classes().items()}
    assert {row: length for row, length in lengths.items() if length > 25} == {}
