import hashlib

import numpy as np
import polars as pl
import pytest
import tables

from modelyard.errors import OutcomeError
from modelyard.evaluation.metrics import measure
from modelyard.serving.scorer import Scorer
from modelyard.training.export import export
from modelyard.training.fit import fit, refit

pytestmark = pytest.mark.slow


def trained(frame, config, pipeline):
    return fit(frame, tables.parts(frame.height), None, config, pipeline, frame.schema)


def test_rows(frame):
    return frame.filter(tables.parts(frame.height) == "test")


test_rows.__test__ = False

CASES = [
    (estimator, task, table, rows)
    for estimator in tables.ESTIMATORS
    for task in tables.TASKS
    for table, rows in [
        ("awkward", 60),
        ("awkward", 1500),
        ("wide", 200),
        ("strings", 300),
        ("dates", 300),
        ("text", 400),
    ]
]


@pytest.mark.parametrize(("estimator", "task", "table", "rows"), CASES)
def test_every_built_in_converts_and_says_the_same_on_every_table(estimator, task, table, rows, template, tmp_path):
    frame = tables.TABLES[table](rows, task)
    config = tables.config(task, estimator, serving={"require_onnx": True})
    fitted = trained(frame, config, template)
    written = export(fitted, tmp_path / "out", config, rows=test_rows(frame))
    assert written.form == "onnx"
    assert written.parity.passed
    scores = Scorer.load(tmp_path / "out").score(test_rows(frame))
    assert scores == pytest.approx(fitted.score(test_rows(frame)), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic"])
@pytest.mark.parametrize(("estimator", "task"), [(e, t) for e in tables.ESTIMATORS for t in tables.TASKS[:2]])
def test_calibration_and_class_weights_are_part_of_the_graph(estimator, task, calibration, template, tmp_path):
    frame = tables.awkward(900, task)
    config = tables.config(task, estimator, calibration=calibration, class_weight="balanced")
    fitted = trained(frame, config, template)
    assert export(fitted, tmp_path, config, rows=test_rows(frame)).form == "onnx"
    scores = Scorer.load(tmp_path).score(test_rows(frame))
    assert scores.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert scores == pytest.approx(fitted.score(test_rows(frame)), abs=1e-4)


@pytest.mark.parametrize("estimator", tables.ESTIMATORS)
def test_training_twice_gives_the_same_file_and_the_same_scores(estimator, template, tmp_path):
    frame = tables.awkward(700, "binary")
    config = tables.config("binary", estimator)
    digests, scores = set(), []
    for name in ("one", "two"):
        fitted = trained(frame, config, template)
        export(fitted, tmp_path / name, config)
        digests.add(hashlib.sha256((tmp_path / name / "model.onnx").read_bytes()).hexdigest())
        scores.append(fitted.score(frame))
    assert len(digests) == 1
    assert np.array_equal(*scores)


@pytest.mark.parametrize("table", ["strings", "dates", "text"])
def test_tables_of_one_kind_of_column_give_models_worth_having(table, template):
    frame = tables.TABLES[table](1500, "binary")
    fitted = trained(frame, tables.config("binary"), template)
    truth = test_rows(frame)["y"].cast(int).to_numpy()
    assert measure("roc_auc", "binary", truth, fitted.score(test_rows(frame)), positive=1) > 0.8


KNN = """
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

def build(config):
    return make_pipeline(SimpleImputer(keep_empty_features=True), KNeighborsClassifier(5))
"""
OWN = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

class Prior(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_, counts = np.unique(y, return_counts=True)
        self.share = counts / len(y)
        return self

    def predict_proba(self, X):
        return np.tile(self.share, (len(X), 1))

def build(config):
    return Prior()
"""


@pytest.mark.parametrize("source", [KNN, OWN], ids=["knn", "own class"])
def test_any_estimator_with_scikit_learns_interface_is_served(source, pipeline, tmp_path):
    frame = tables.awkward(300, "multiclass")
    fitted = trained(frame, tables.config("multiclass"), pipeline(model=source))
    written = export(fitted, tmp_path / "out", tables.config("multiclass"), rows=test_rows(frame))
    assert written.parity.passed
    assert Scorer.load(tmp_path / "out").score(frame) == pytest.approx(fitted.score(frame), abs=1e-5)


def test_what_cannot_be_converted_is_served_natively_with_the_reason(pipeline, tmp_path):
    frame = tables.awkward(300, "binary")
    config = tables.config("binary", calibration="sigmoid")
    fitted = trained(frame, config, pipeline(model=OWN))
    written = export(fitted, tmp_path / "out", config, rows=test_rows(frame))
    assert written.form == "python"
    assert "Prior" in written.reason
    assert not (tmp_path / "out" / "model.onnx").exists()
    assert np.array_equal(Scorer.load(tmp_path / "out").score(frame), fitted.score(frame))


def test_what_cannot_be_converted_fails_where_onnx_is_required(pipeline, tmp_path):
    frame = tables.awkward(300, "binary")
    config = tables.config("binary", serving={"require_onnx": True})
    with pytest.raises(OutcomeError, match="require_onnx"):
        export(trained(frame, config, pipeline(model=OWN)), tmp_path / "out", config)


def test_the_refit_takes_all_rows_and_keeps_threshold_and_calibration(template, tmp_path):
    frame = tables.awkward(600, "binary")
    config = tables.config("binary", calibration="isotonic")
    first = trained(frame, config, template)
    second = refit(first, frame, config, template)
    assert (first.n_rows, second.n_rows) == (360, 600)
    assert (second.threshold, second.calibration) == (first.threshold, first.calibration)
    assert second.parameters == first.parameters
    assert not np.array_equal(first.score(frame), second.score(frame))
    assert export(second, tmp_path, config, rows=frame).form == "onnx"


def test_the_model_reads_features_only(template):
    frame = tables.awkward(300, "binary").with_columns(pl.Series("id", range(300)), pl.lit("x").alias("note"))
    config = tables.config("binary", data={"id": "id", "ignore": {"note": "no use"}})
    fitted = trained(frame, config, template)
    assert {"id", "note", "y"}.isdisjoint(fitted.inputs)
    assert np.array_equal(fitted.score(frame), fitted.score(frame.drop("id", "note", "y")))
