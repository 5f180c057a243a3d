"""Judges a registered version again: on today's rows that its evaluated form never saw, against other versions."""

import polars as pl

from modelyard.data.split import parts
from modelyard.errors import OutcomeError
from modelyard.evaluation.judged import Judged, Reference
from modelyard.evaluation.measure import evaluate
from modelyard.evaluation.results import Evaluation, Parity
from modelyard.loop.context import Context
from modelyard.loop.models import local_bundle
from modelyard.loop.references import reference, seen_by
from modelyard.loop.stages.gate import times_used
from modelyard.loop.truth import truth
from modelyard.routing.document import Ref
from modelyard.serving.scorer import Scorer
from modelyard.training.latency import latency


def rejudge(  # noqa: PLR0913 - by keyword
    context: Context,
    ref: Ref,
    frame: pl.DataFrame,
    snapshot: str,
    *,
    champion: Ref | None,
    pinned: Ref | None,
    parity: Parity,
) -> Evaluation:
    """Evaluate `ref` on the rows of `frame` that are held out from it.

    Args:
        context: Whose store holds the bundles.
        ref: The version.
        frame: Labelled rows.
        snapshot: Their identity.
        champion: Compared with, where there is one.
        pinned: Likewise.
        parity: As it was found when the version was exported.

    Raises:
        OutcomeError: No row is held out from it, or a bundle cannot run here.
    """
    config = context.project.config
    folder = local_bundle(context, ref)
    scorer = Scorer.load(folder / "evaluated", pipeline=folder / "pipeline")
    side = parts(seen_by(folder).split, frame)
    held_out = frame.filter(side == "test")
    if held_out.is_empty():
        raise OutcomeError(
            f"No row of the table is held out from version {ref.version}.",
            "Give newer rows.",
            code="nothing_held_out",
        )
    others = {
        role: reference(context, role, other, held_out)
        for role, other in (("champion", champion), ("pinned", None if pinned == champion else pinned))
        if other is not None and other.sha256 != ref.sha256
    }
    return evaluate(
        _judged(context, scorer, held_out, frame.filter(side == "train"), snapshot, ref, others, parity),
        config,
    )


def _judged(  # noqa: PLR0913 - what an evaluation is made from
    context: Context,
    scorer: Scorer,
    held_out: pl.DataFrame,
    seen: pl.DataFrame,
    snapshot: str,
    ref: Ref,
    others: dict[str, Reference],
    parity: Parity,
) -> Judged:
    config, served = context.project.config, scorer.served
    identity = f"{snapshot}:{ref.sha256}"
    return Judged(
        truth=truth(held_out, config, served.classes),
        scores=scorer.score(held_out),
        frame=held_out,
        train_truth=truth(seen, config, served.classes),
        latency=latency(scorer.score, held_out.head(1)),
        size_bytes=_size(context, ref),
        parity=parity,
        held_out_sha256=identity,
        used=times_used(context, identity, ref.sha256),
        classes=served.classes,
        positive=served.positive,
        threshold=served.threshold,
        champion=others.get("champion"),
        pinned=others.get("pinned"),
        hidden=frozenset(c.name for c in context.contract().columns if c.personal),
        features=served.inputs,
    )


def _size(context: Context, ref: Ref) -> int:
    folder = local_bundle(context, ref)
    return max(p.stat().st_size for p in folder.iterdir() if p.name.startswith("model."))
