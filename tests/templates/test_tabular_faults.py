"""The tests that come with a project notice what must never reach a model."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

Copy = Callable[[str], Path]
Notice = Callable[[Path], None]
FEATURES = {
    "wrong sign": "rows.with_columns(-pl.selectors.numeric(), ~pl.selectors.boolean())",
    "dropped column": "rows.drop(pl.selectors.by_name(rows.columns[0]))",
    "overwritten column": "rows.with_columns(pl.lit(None, rows.dtypes[-1]).alias(rows.columns[-1]))",
    "leak": "rows.with_columns(pl.selectors.by_name(TARGET).name.suffix(' hint'))",
    "cautious leak": "rows.with_columns(pl.selectors.by_name(TARGET, require_all=False).name.suffix('2'))",
    "shuffled rows": "rows.sample(fraction=1.0, shuffle=True, seed=1)",
    "batch mean": "rows.with_columns(pl.selectors.numeric() - pl.selectors.numeric().mean())",
    "batch size": "rows.with_columns(pl.lit(rows.height).alias('size'))",
    "row before": "rows.with_columns(pl.selectors.by_name(rows.columns[0]).shift(1).name.suffix(' before'))",
}
MODEL = {
    "wrong sign": '("model", Wrong(built_in(config)))',
    "shuffled target": '("model", Shuffled(built_in(config)))',
    "batch mean": '("centre", BatchMean()), ("model", built_in(config))',
}
TABLES = ("customers", "words", "iris", "diabetes")
NUMERIC = ("wrong sign", "batch mean")  # nothing to spoil in a table of texts
APPLICABLE = [(t, f) for t in TABLES for f in FEATURES if t != "words" or f not in NUMERIC]
CLASSES = """

import numpy as np
from sklearn.base import BaseEstimator as Base, TransformerMixin


class Wrapped(Base):
    def __init__(self, inner):
        self.inner = inner

    def fit(self, X, y):
        self.inner.fit(X, self.spoilt(y))
        self.classes_ = getattr(self.inner, "classes_", None)
        return self

    def spoilt(self, y):
        return y

    def predict(self, X):
        return self.inner.predict(X)

    def __getattr__(self, name):
        if name == "predict_proba" and hasattr(self.__dict__.get("inner"), name):
            return self.inner.predict_proba
        raise AttributeError(name)


class Wrong(Wrapped):
    def spoilt(self, y):
        return y.max() + y.min() - y


class Shuffled(Wrapped):
    def spoilt(self, y):
        return np.random.default_rng(0).permutation(y)


class BatchMean(TransformerMixin, Base):
    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        X = X.toarray() if hasattr(X, "toarray") else np.nan_to_num(X)
        return X - X.mean(axis=0)
"""


def spoil_features(project: Path, expression: str) -> None:
    path = project / "src/pipeline/features.py"
    target = yaml.safe_load((project / "modelyard.yaml").read_text(encoding="utf-8"))["data"]["target"]
    text = path.read_text(encoding="utf-8")
    assert text.endswith("    return rows\n")
    imports = f"import polars as pl\nimport polars.selectors\n\nTARGET = {target!r}\n"
    spoilt = text.replace("    return rows\n", f"    return {expression}\n").replace("import polars as pl\n", imports)
    path.write_text(spoilt, encoding="utf-8")


def spoil_model(project: Path, before: str, after: str) -> None:
    path = project / "src/pipeline/model.py"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after) + CLASSES, encoding="utf-8")


@pytest.fixture
def assert_noticed(run_own_tests: Callable[..., subprocess.CompletedProcess[str]]) -> Notice:
    def check(project: Path) -> None:
        done = run_own_tests(project, "-x")
        assert done.returncode == 1, done.stdout + done.stderr
        assert "1 failed" in done.stdout

    return check


@pytest.mark.parametrize("fault", ["wrong sign", "dropped column", "leak", "batch mean"])
def test_a_fault_in_the_features_is_noticed(copy_project: Copy, assert_noticed: Notice, fault: str) -> None:
    project = copy_project("customers")
    spoil_features(project, FEATURES[fault])
    assert_noticed(project)


@pytest.mark.parametrize("fault", ["wrong sign", "shuffled target"])
def test_a_fault_in_the_model_is_noticed(copy_project: Copy, assert_noticed: Notice, fault: str) -> None:
    project = copy_project("customers")
    spoil_model(project, '("model", built_in(config))', MODEL[fault])
    assert_noticed(project)


def test_a_column_that_the_model_drops_is_noticed(copy_project: Copy, assert_noticed: Notice) -> None:
    project = copy_project("customers")
    spoil_model(project, "list(config.numeric)", "list(config.numeric)[1:]")
    assert_noticed(project)


@pytest.mark.parametrize(("table", "fault"), APPLICABLE)
def test_features_are_guarded_on_any_table(copy_project: Copy, assert_noticed: Notice, table: str, fault: str) -> None:
    project = copy_project(table)
    spoil_features(project, FEATURES[fault])
    assert_noticed(project)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("fault", [*MODEL, "dropped column"])
def test_models_are_guarded_on_any_table(copy_project: Copy, assert_noticed: Notice, table: str, fault: str) -> None:
    project = copy_project(table)
    if fault == "dropped column":
        kind = "categorical" if table == "words" else "numeric"
        spoil_model(project, f"list(config.{kind})", f"list(config.{kind})[1:]")
    else:
        spoil_model(project, '("model", built_in(config))', MODEL[fault])
    assert_noticed(project)
