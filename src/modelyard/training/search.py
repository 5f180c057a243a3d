"""Hyper-parameter search with Optuna: journalled, so that a search that was cut off ends as if it had not been."""

from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from modelyard.bundle.source import Pipeline
from modelyard.config.model import ProjectConfig
from modelyard.errors import OutcomeError, OutsideError, RequestError
from modelyard.evaluation.metrics import find, measure
from modelyard.progress import Progress
from modelyard.training import threshold
from modelyard.training.build import BuildConfig
from modelyard.training.fitted import predict
from modelyard.training.learner import learn
from modelyard.training.space import suggest

if TYPE_CHECKING:
    from optuna import Study, Trial

_REASON = "error"  # a trial with this attribute failed by itself; one without it was cut off


def search(  # noqa: PLR0913 - all of it is needed to train once
    build: BuildConfig,
    pipeline: Pipeline,
    matrices: tuple[np.ndarray, np.ndarray],
    targets: tuple[np.ndarray, np.ndarray],
    config: ProjectConfig,
    *,
    study: Path | None,
    progress: Progress,
) -> BuildConfig:
    """Return `build` with the parameters that do best on the validation rows.

    Args:
        build: Its parameters are fixed; the others are searched.
        pipeline: The user's code.
        matrices: Training and validation rows, encoded.
        targets: Their class codes or numbers.
        config: Names the metric, the number of trials and the time limit (seconds).
        study: Journal file; None keeps the search in memory.
        progress: Told after each trial.

    Raises:
        OutcomeError: No trial succeeded, or there are no validation rows.
    """
    wanted = config.training.search
    if wanted is None:
        return build
    if not len(targets[1]):
        raise OutcomeError("There are no validation rows to search on.", "Raise split.validation in modelyard.yaml.")
    trials = _open(study, build, config)
    end = monotonic() + (wanted.timeout_s or float("inf"))
    while (done := _finished(trials)) < wanted.trials and (monotonic() < end or not done):
        progress("search", done, wanted.trials)
        _one(trials, done, build, pipeline, matrices, targets, config)
    progress("search", done, wanted.trials)
    return replace(build, parameters=_best(trials))


def _open(path: Path | None, build: BuildConfig, config: ProjectConfig) -> "Study":
    import optuna
    from optuna.storages import InMemoryStorage, JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    greater = find(config.evaluation.metric, config.task).greater_is_better
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        storage = InMemoryStorage() if path is None else JournalStorage(JournalFileBackend(str(path)))
        name = f"{build.estimator} {config.evaluation.metric}"
        direction = "maximize" if greater else "minimize"
        study = optuna.create_study(storage=storage, study_name=name, direction=direction, load_if_exists=True)
        for trial in study.get_trials(deepcopy=False, states=[optuna.trial.TrialState.RUNNING]):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    except (OSError, ValueError, KeyError) as error:
        raise OutsideError(f"Cannot use the search's journal {path}: {error}", "Delete it to start over.") from error
    return study


def _finished(study: "Study") -> int:
    from optuna.trial import TrialState

    trials = study.get_trials(deepcopy=False)
    return sum(t.state == TrialState.COMPLETE or _REASON in t.user_attrs for t in trials)


def _one(  # noqa: PLR0913
    study: "Study",
    done: int,
    build: BuildConfig,
    pipeline: Pipeline,
    matrices: tuple[np.ndarray, np.ndarray],
    targets: tuple[np.ndarray, np.ndarray],
    config: ProjectConfig,
) -> None:
    """Run one trial; its suggestions depend on the seed and the finished trials only, not on this process."""
    from optuna.samplers import TPESampler
    from optuna.trial import TrialState

    study.sampler = TPESampler(seed=build.seed + done, constant_liar=False)
    trial = study.ask()
    tried = replace(build, parameters=_parameters(trial, build))
    trial.set_user_attr("parameters", dict(tried.parameters))
    try:
        estimator = learn(tried, pipeline, matrices[0], targets[0])
        scores = predict(estimator, matrices[1], tried, pipeline)
        value = _measure(scores, targets[1], config)
    except RequestError as error:
        trial.set_user_attr(_REASON, error.message)
        study.tell(trial, state=TrialState.FAIL)
        return
    if np.isfinite(value):
        study.tell(trial, value)
    else:
        trial.set_user_attr(_REASON, f"{config.evaluation.metric} is {value}")
        study.tell(trial, state=TrialState.FAIL)


def _parameters(trial: "Trial", build: BuildConfig) -> dict:
    return {**suggest(trial, build), **build.parameters}


def _measure(scores: np.ndarray, truth: np.ndarray, config: ProjectConfig) -> float:
    if config.task != "binary":
        return measure(config.evaluation.metric, config.task, truth, scores)
    cut = threshold.choose(config.training.threshold, scores[:, 1], truth)
    return measure(config.evaluation.metric, config.task, truth, scores, positive=1, threshold=cut)


def _best(study: "Study") -> dict:
    try:
        return dict(study.best_trial.user_attrs["parameters"])
    except ValueError:
        reasons = [t.user_attrs.get(_REASON, "") for t in study.get_trials(deepcopy=False)]
        raise OutcomeError(
            f"None of {len(reasons)} trials of the search gave a model. The last said: {reasons[-1]}",
            "Try without training.search first.",
            code="search_failed",
        ) from None
