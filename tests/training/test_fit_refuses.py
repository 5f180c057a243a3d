import polars as pl
import pytest
import tables

from modelyard.errors import OutcomeError, RequestError
from modelyard.training.fit import fit
from modelyard.training.labels import classes, labels
from modelyard.training.rowwise import check

THREE_TIMES = """from sklearn.dummy import DummyClassifier


class Sure(DummyClassifier):
    def predict_proba(self, X):
        return 3 * super().predict_proba(X)


def build(config):
    return Sure()
"""


def trained(frame, config, pipeline):
    return fit(frame, tables.parts(frame.height), None, config, pipeline, frame.schema)


def small(**columns):
    return pl.DataFrame({"x": range(20), **columns})


@pytest.mark.parametrize(
    ("y", "task", "told"),
    [
        (["a"] * 20, "binary", "only the value 'a'"),
        ([None] * 20, "binary", "no value"),
        ([3.0] * 20, "regression", "always 3.0"),
        (["a"] * 4 + ["c"] + ["b"] * 15, "multiclass", "class 'c'.*1 of 20"),
        (["a", "b"] + [None] * 18, "binary", "Of 2 rows with a target, 2 are for training"),
        ([f"c{i}" for i in range(20)], "multiclass", "20 classes in 20 rows"),
    ],
)
def test_rows_that_cannot_give_a_model_are_refused_with_the_reason(y, task, told, template):
    dtype = pl.Float64 if task == "regression" else pl.String
    with pytest.raises(OutcomeError, match=told):
        trained(small(y=pl.Series(y, dtype=dtype)), tables.config(task), template)


@pytest.mark.parametrize(
    ("task", "data", "told"),
    [("binary", {}, "3 values"), ("multiclass", {"positive": "z"}, None), ("regression", {}, "type String")],
)
def test_a_task_that_does_not_fit_the_target_is_refused(task, data, told, template):
    frame = small(y=["a", "b", "c", "a"] * 5)
    if told is None:
        assert trained(frame, tables.config(task, data=data), template).classes == ["a", "b", "c"]
        return
    with pytest.raises(RequestError, match=told):
        trained(frame, tables.config(task, data=data), template)


def test_rows_without_a_target_are_left_out_and_counted(template):
    frame = tables.awkward(300, "binary").with_columns(
        pl.when(pl.int_range(300) % 20 == 0).then(None).otherwise("y").alias("y")
    )
    assert trained(frame, tables.config("binary"), template).left_out == 15


def test_a_table_without_any_value_in_its_features_is_refused(template):
    frame = pl.DataFrame({"x": pl.Series([None] * 20, dtype=pl.Float64), "y": ["a", "b"] * 10})
    with pytest.raises(OutcomeError, match="No feature column"):
        trained(frame, tables.config("binary"), template)


@pytest.mark.parametrize(
    ("values", "positive", "expected"),
    [
        (pl.Series([True, False]), None, ["False", "True"]),
        (pl.Series([1, 0, 10]), 0, None),
        (pl.Series([1.0, 0.0, None]), 0, ["1", "0"]),
        (pl.Series(["yes", "no"]), "no", ["yes", "no"]),
        (pl.Series([True, False]), False, ["True", "False"]),
        (pl.Series([9, 10]), None, ["9", "10"]),
        (pl.Series(["Yes", "no"]), False, ["Yes", "no"]),
        (pl.Series(["off", "on"]), True, ["off", "on"]),
        (pl.Series("^y$", [0.0, 1.0, None]), 1, ["0", "1"]),
    ],
)
def test_the_positive_class_comes_last(values, positive, expected):
    if expected is None:
        with pytest.raises(RequestError, match="3 values"):
            classes(labels(values), positive, "binary")
        return
    assert classes(labels(values), positive, "binary") == (expected, expected[1])


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def build(config):\n    return 1 / 0\n", r"build\(\) failed at .*model\.py:2"),
        ("def build(config):\n    return 3\n", "has no fit"),
        ("from sklearn.svm import SVC\ndef build(config):\n    return SVC\n", "the class SVC"),
        (THREE_TIMES, "no probabilities"),
        ("from sklearn.svm import LinearSVC\ndef build(config):\n    return LinearSVC()\n", "predict_proba"),
        ("from sklearn.linear_model import LogisticRegression as L\ndef build(config):\n    return L()\n", "NaN"),
    ],
)
def test_a_build_that_fails_is_told_with_file_and_line(source, told, pipeline):
    with pytest.raises(RequestError, match=f"(?s){told}"):
        trained(tables.awkward(200, "binary"), tables.config("binary"), pipeline(model=source))


def test_an_unknown_parameter_is_refused_with_the_nearest(template):
    with pytest.raises(RequestError) as caught:
        trained(tables.strings(100, "binary"), tables.config("binary", parameters={"max_itr": 3}), template)
    assert "max_itr" in caught.value.message
    assert "max_iter" in caught.value.hint


def test_a_parameter_that_lightgbm_would_ignore_is_refused_and_an_alias_is_not(template):
    rows, wanted = tables.strings(100, "binary"), {"num_leafs": 7}
    with pytest.raises(RequestError, match="num_leafs"):
        trained(rows, tables.config("binary", estimator="lightgbm", parameters=wanted), template)
    trained(
        rows, tables.config("binary", estimator="lightgbm", parameters={"num_leaf": 7, "n_estimators": 3}), template
    )


def test_a_parameter_that_the_estimator_refuses_leads_to_modelyard_yaml(template):
    with pytest.raises(RequestError) as caught:
        trained(tables.strings(100, "binary"), tables.config("binary", parameters={"max_iter": -3}), template)
    assert "training.parameters" in caught.value.hint


FEATURES = "import polars as pl\ndef features(rows):\n    return rows.with_columns({})\n"


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("(pl.col('x') - pl.col('x').mean()).alias('centred')", "'centred'"),
        ("pl.col('x').shift(1).alias('before')", "'before'"),
        ("pl.int_range(pl.len()).alias('place')", "'place'"),
        ("pl.Series('kind', [i or None for i in range(rows.height)])", "'kind'"),
        ("pl.lit(__import__('time').time()).alias('now')", "same rows"),
        ("pl.Series('dice', __import__('random').choices(range(99999), k=rows.height))", "same rows"),
    ],
)
def test_features_that_look_beyond_their_row_are_refused(expression, told, pipeline):
    with pytest.raises(OutcomeError, match=told):
        check(pipeline(features=FEATURES.format(expression)), small())


def test_features_of_one_row_pass(pipeline):
    check(pipeline(features=FEATURES.format("(pl.col('x') * 2.5).sqrt().alias('root')")), small())
