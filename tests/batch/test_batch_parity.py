"""Predictions of a batch are those of the server and of training's own evaluation, digit by digit."""

import polars as pl
import pytest
from projects_to_score import frame, project, scored, scorer

from modelyard.routing import Ref
from modelyard.serving.version import Version

FEATURES = "import polars as pl\n\n\ndef features(rows):\n    return rows.with_columns(twice=pl.col('a') * 2)\n"
TASKS = ["binary", "multiclass", "regression"]


def served(found, rows):
    """What the server's own path says of the rows, which it gets as JSON."""
    folder = next(p for p in (found.root / ".modelyard/models").iterdir() if p.is_dir())
    version = Version.load(Ref(version=1, sha256=folder.name), folder)
    body = b'{"rows":' + rows.write_json().encode() + b"}"
    return version.score(version.decoder.decode(body).rows)


def batch(found, rows):
    out, _ = scored(found, rows)
    names = [name for name in out.columns if name.startswith("probability_")]
    return out, out.select(names).to_numpy() if names else out["prediction"].to_numpy()


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("estimator", ["linear", "forest", "boosting", "xgboost", "lightgbm"])
def test_batch_server_and_evaluation_agree_on_every_estimator(tmp_path, estimator, task):
    rows = awkward(task)
    found = project(tmp_path / "p", rows, task=task, estimator=estimator)
    expected = scorer(found.root).score(rows)  # what the stage `evaluate` judges
    out, values = batch(found, rows)
    assert (values == expected).all()
    assert (served(found, rows) == expected).all()
    decisions = scorer(found.root).decide(expected)
    assert out["prediction"].to_list() == decisions


@pytest.mark.parametrize("estimator", ["linear", "forest"])
def test_they_agree_with_features_of_the_user(tmp_path, estimator):
    rows = awkward("binary")
    found = project(tmp_path / "p", rows, estimator=estimator, features=FEATURES)
    expected = scorer(found.root).score(rows)
    assert (batch(found, rows)[1] == expected).all()
    assert (served(found, rows) == expected).all()


def awkward(task):
    """Rows with missing values, words of other languages and dates."""
    rows = frame(240, task)
    i = pl.int_range(pl.len())
    start = pl.datetime(2024, 1, 31, 22)
    return rows.with_columns(
        a=pl.when(i % 7 == 0).then(None).otherwise("a"),
        b=pl.when(i % 11 == 0).then(None).when(i % 5 == 0).then(pl.lit("né")).otherwise("b"),
        when=pl.when(i % 13 != 0).then(start + pl.duration(hours=5) * i),
        yes=pl.when(i % 3 != 0).then(i % 2 == 0),
    )
