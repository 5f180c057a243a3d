"""The stage `evaluate`: the served form on held-out rows, beside the dummy, the champion and the pinned best."""

import hashlib

import numpy as np
import polars as pl

from modelyard.bundle.blame import users_code
from modelyard.evaluation.judged import Judged, Reference, needs_cross_validation
from modelyard.evaluation.measure import evaluate as measure
from modelyard.evaluation.metrics import names_for
from modelyard.evaluation.own import own_metrics
from modelyard.evaluation.plots import draw
from modelyard.evaluation.results import Evaluation
from modelyard.loop.references import reference
from modelyard.loop.refits import Scores, cross_validated, shuffled
from modelyard.loop.results import EvaluateRecord, TrainRecord
from modelyard.loop.stages.gate import times_used
from modelyard.loop.stages.train import MODEL
from modelyard.loop.truth import truth
from modelyard.loop.work import Work
from modelyard.loop.workspace import write_atomically
from modelyard.routing.document import Ref
from modelyard.serving.scorer import Scorer
from modelyard.training.latency import latency

PLOTS = "plots"


def evaluate(work: Work, train: TrainRecord) -> EvaluateRecord:
    """Measure, draw the plots, and remember with whom the candidate was compared."""
    scorer = Scorer.load(work.trained.folder / MODEL, pipeline=work.pipeline.folder)
    served = scorer.served
    scores = _held_out(work, train, scorer)
    target = truth(scores.frame, work.config, served.classes)
    identity = _identity(work, scores)
    inputs = Judged(
        truth=np.tile(target, scores.repeats),
        scores=scores.values,
        frame=scores.frame,
        train_truth=truth(work.rows.side("train"), work.config, served.classes),
        latency=latency(scorer.score, scores.frame.head(1)),
        size_bytes=train.bytes,
        parity=train.parity,
        held_out_sha256=identity,
        used=times_used(work.context, identity, work.key),
        classes=served.classes,
        positive=served.positive,
        threshold=served.threshold,
        score=scorer.score,
        champion=_reference(work, "champion", work.champion, scores.frame),
        pinned=_reference(work, "pinned", work.pinned, scores.frame),
        hidden=work.personal,
        features=served.inputs,
        user_metrics=_own_metrics(work, target, scores),
        repeats=scores.repeats,
        shuffled=shuffled(work, train),
    )
    evaluation = measure(inputs, work.config)
    _draw(work, evaluation)
    record = EvaluateRecord(champion=work.champion, pinned=work.pinned, evaluation=evaluation)
    work.judged.save("evaluate", record)
    return record


def still_holds(record: EvaluateRecord, work: Work) -> bool:
    """Say whether an evaluation was made against today's champion and pinned best."""
    return (record.champion, record.pinned) == (work.champion, work.pinned)


def _held_out(work: Work, train: TrainRecord, scorer: Scorer) -> Scores:
    """Score the test side; where it is too small for a verdict, all rows by repeated cross-validation."""
    test = work.rows.side("test")
    if needs_cross_validation(truth(test, work.config, scorer.served.classes), work.config.task):
        found = cross_validated(work, train)
        if found is not None:
            return found
    return Scores(frame=test, values=scorer.score(test), repeats=1)


def _identity(work: Work, scores: Scores) -> str:
    text = f"{work.data.snapshot.id} {work.data.split.model_dump_json()} {scores.repeats} {scores.frame.height}"
    return hashlib.sha256(text.encode()).hexdigest()


def _reference(work: Work, role: str, ref: Ref | None, held_out: pl.DataFrame) -> Reference | None:
    return None if ref is None else reference(work.context, role, ref, held_out)


def _own_metrics(work: Work, target: np.ndarray, scores: Scores) -> dict[str, float]:
    """Ask the user's `metrics`; it judges rows once, so it is left out under repeated cross-validation."""
    if work.pipeline.metrics is None or scores.repeats > 1:
        return {}
    with users_code(work.pipeline.folder, "metrics()"):
        found = work.pipeline.metrics(target, scores.values)
    return own_metrics(found, names_for(work.config.task))


def _draw(work: Work, evaluation: Evaluation) -> None:
    folder = work.judged.fresh(PLOTS)
    for name, svg in draw(evaluation).items():
        write_atomically(folder / f"{name}.svg", svg.encode())
