"""From rows to a trained model: search, fit, calibrate, choose the threshold; later refit on all rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from modelyard.bundle.source import Pipeline
from modelyard.config.model import ProjectConfig
from modelyard.data.encode import Encoding, learn
from modelyard.data.split import Split
from modelyard.progress import Progress, silent
from modelyard.training import threshold
from modelyard.training.build import BuildConfig
from modelyard.training.calibrate import calibrate
from modelyard.training.fitted import Fitted, pick
from modelyard.training.labels import codes
from modelyard.training.learner import learn as learn_estimator
from modelyard.training.search import search
from modelyard.training.targets import class_names, require_enough, target_of

__all__ = ["Fitted", "fit", "refit"]

_FAR = 50.0


def fit(  # noqa: PLR0913 - the signature is shared with the loop
    frame: pl.DataFrame,
    parts: pl.Series,
    split: Split,  # noqa: ARG001 - part of the agreed signature; the parts carry what is needed
    config: ProjectConfig,
    pipeline: Pipeline,
    schema: pl.Schema,
    *,
    study: Path | None = None,
    progress: Progress = silent,
) -> Fitted:
    """Train on the rows of part "train"; rows without a target are left out.

    Args:
        frame: All rows of the snapshot, typed by the contract.
        parts: "train", "validation" or "test" for each row.
        split: How the rows were divided.
        config: The project's configuration.
        pipeline: The user's code.
        schema: The contract's schema.
        study: Journal file of the search; a search that was cut off goes on from it.
        progress: Told of the search's trials.

    Raises:
        OutcomeError: The rows cannot give a model; says why.
        RequestError: Configuration or user's code is wrong.
    """
    target = target_of(frame, config)
    kept = target.is_not_null()
    target, parts = target.filter(kept), parts.filter(kept)
    names, positive = class_names(target, config)
    truth = codes(target, names) if names else target.to_numpy()
    inputs = _inputs(schema, config, pipeline)
    made = _features(frame.filter(kept) if not kept.all() else frame, inputs, schema, config, pipeline)
    train, validation = ((parts == part).to_numpy() for part in ("train", "validation"))
    require_enough(truth, parts, names, config)
    encoding = _encode(made.filter(pl.Series(train)), truth[train], config)
    build = _build_config(config, encoding, len(names), truth[train])
    matrices = encoding.apply(made.filter(pl.Series(train))), encoding.apply(made.filter(pl.Series(validation)))
    del made
    targets = truth[train], truth[validation]
    if config.training.search is not None:
        build = search(build, pipeline, matrices, targets, config, study=study, progress=progress)
    progress("fit", 0, 1)
    estimator = learn_estimator(build, pipeline, matrices[0], targets[0])
    progress("fit", 1, 1)
    bare = Fitted(
        task=config.task,
        encoding=encoding,
        estimator=estimator,
        classes=names,
        positive=positive,
        threshold=None,
        calibration=None,
        build=build,
        inputs=inputs,
        schema=pl.Schema({name: schema[name] for name in inputs}),
        pipeline=pipeline,
        n_rows=int(train.sum()),
        left_out=int((~kept).sum()),
    )
    return _decided(bare, matrices[1], targets[1], config) if names else bare


def refit(fitted: Fitted, frame: pl.DataFrame, config: ProjectConfig, pipeline: Pipeline) -> Fitted:
    """Train the same recipe on all rows; hyper-parameters, calibration and threshold stay as they are.

    Raises:
        OutcomeError: The rows hold a class that the recipe does not know, or lack one.
    """
    target = target_of(frame, config)
    kept = target.is_not_null()
    target = target.filter(kept)
    truth = codes(target, fitted.classes) if fitted.classes else target.to_numpy()
    rows = frame.filter(kept) if not kept.all() else frame
    made = _features(rows, fitted.inputs, fitted.schema, config, pipeline)
    encoding = _encode(made, truth, config)
    build = replace(fitted.build, **_shape(encoding))
    matrix = encoding.apply(made)
    del made
    estimator = learn_estimator(build, pipeline, matrix, truth)
    changed = {"encoding": encoding, "build": build, "estimator": estimator, "pipeline": pipeline}
    return replace(fitted, n_rows=len(truth), left_out=int((~kept).sum()), **changed)


def _inputs(schema: pl.Schema, config: ProjectConfig, pipeline: Pipeline) -> list[str]:
    """Columns that reach features(): the features, and the time column if features() does anything."""
    hidden = config.data.not_features - (set() if pipeline.identity else {config.data.time})
    return [name for name in schema.names() if name not in hidden]


def _features(
    rows: pl.DataFrame, inputs: list[str], schema: pl.Schema, config: ProjectConfig, pipeline: Pipeline
) -> pl.DataFrame:
    made = pipeline.make(pick(rows, inputs, schema))
    return made.select([made.get_column(c) for c in made.columns if c not in config.data.not_features])


def _encode(made: pl.DataFrame, truth: np.ndarray, config: ProjectConfig) -> Encoding:
    one_hot = config.training.estimator in {"linear", "forest"}
    least = 2 if made.height < 1000 else 5 if made.height < 100_000 else 20
    return learn(made, max_categories=50 if one_hot else 200, min_count=least, target=truth)


def _shape(encoding: Encoding) -> dict[str, tuple]:
    return {
        "names": tuple(encoding.names),
        "numeric": tuple(encoding.numeric),
        "categorical": tuple(encoding.categorical),
    }


def _centre(truth: np.ndarray) -> float:
    """Return the mean of numbers that lie far from zero for their spread: float32 would lose what tells them apart."""
    mean, spread = float(truth.mean()), float(truth.std())
    return float(np.round(mean)) if abs(mean) > _FAR * spread and abs(mean) > 1 else 0.0


def _build_config(config: ProjectConfig, encoding: Encoding, n_classes: int, truth: np.ndarray) -> BuildConfig:
    training = config.training
    return BuildConfig(
        task=config.task,
        estimator=training.estimator,
        parameters=training.parameters,
        seed=training.seed,
        threads=training.threads,
        class_weight=training.class_weight,
        n_classes=n_classes,
        rows=len(truth),
        centre=0.0 if n_classes else _centre(truth),
        **_shape(encoding),
    )


def _decided(fitted: Fitted, matrix: np.ndarray, truth: np.ndarray, config: ProjectConfig) -> Fitted:
    """Calibrate, then choose the threshold, both on validation rows."""
    notes = []
    if len(np.unique(truth)) < 2:
        notes.append("The validation rows hold one class only: no calibration, and the threshold is 0.5.")
    raw = fitted.score_matrix(matrix)
    calibration = calibrate(config.training.calibration, raw, truth) if len(truth) else None
    scores = raw if calibration is None else calibration.apply(raw)
    cut = None
    if fitted.task == "binary":
        cut = threshold.choose(config.training.threshold, scores[:, 1], truth)
    return replace(fitted, calibration=calibration, threshold=cut, notes=notes)
