"""Keeps a trained model between two commands: evaluate and refit may run in another process than train."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from modelyard.bundle.source import Pipeline
from modelyard.errors import OutcomeError
from modelyard.training.export import pickled
from modelyard.training.fitted import Fitted


def save(fitted: Fitted, path: Path) -> None:
    """Write `fitted` to `path`, without the user's code.

    Raises:
        OutcomeError: The estimator cannot be pickled.
    """
    state = {f.name: getattr(fitted, f.name) for f in fields(fitted) if f.name != "pipeline"}
    state["build"] = replace(fitted.build, parameters=dict(fitted.build.parameters))
    data = pickled(state, fitted.pipeline.module)
    work = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    work.write_bytes(data)
    work.replace(path)


def load(path: Path, pipeline: Pipeline) -> Fitted:
    """Read what `save` wrote in this project (never a file from elsewhere: a pickle can run anything).

    Raises:
        OutcomeError: It is absent or cannot be read by this environment.
    """
    import cloudpickle

    try:
        state: dict[str, Any] = cloudpickle.loads(path.read_bytes())
        return Fitted(**state, pipeline=pipeline)
    except Exception as error:  # unpickling runs any constructor
        raise OutcomeError(
            f"The trained model in {path} cannot be read: {type(error).__name__}: {error}",
            "Train again: `modelyard run train --force`.",
            code="no_trained_model",
        ) from error
