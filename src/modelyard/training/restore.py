"""Brings back a recipe from what `export` wrote, so that another process can refit it."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from modelyard.bundle.served import Served
from modelyard.bundle.source import Pipeline
from modelyard.config.model import ProjectConfig
from modelyard.training.build import BuildConfig
from modelyard.training.fitted import Fitted


def restore(  # noqa: PLR0913 - each is a part of the recipe
    served: Served,
    parameters: Mapping[str, Any],
    rows: int,
    schema: pl.Schema,
    config: ProjectConfig,
    pipeline: Pipeline,
) -> Fitted:
    """Return the recipe without its estimator: good for `refit`, not for scoring.

    Args:
        served: Of the evaluated form.
        parameters: The hyper-parameters in force, found by a search or configured.
        rows: It was fitted on.
        schema: The contract's.
        config: The project's configuration.
        pipeline: The user's code.
    """
    build = BuildConfig(
        task=served.task,
        estimator=config.training.estimator,
        parameters=dict(parameters),
        seed=config.training.seed,
        threads=config.training.threads,
        class_weight=config.training.class_weight,
        n_classes=len(served.classes),
        names=tuple(served.encoding.names),
        numeric=tuple(served.encoding.numeric),
        categorical=tuple(served.encoding.categorical),
        rows=rows,
        centre=served.centre,
    )
    return Fitted(
        task=served.task,
        encoding=served.encoding,
        estimator=None,
        classes=served.classes,
        positive=served.positive,
        threshold=served.threshold,
        calibration=served.calibration,
        build=build,
        inputs=served.inputs,
        schema=pl.Schema({name: schema[name] for name in served.inputs}),
        pipeline=pipeline,
        n_rows=rows,
    )
