"""The bundle of a version: the recipe refitted on all rows, beside the form that was evaluated."""

import json

from modelyard.bundle import unpack
from modelyard.bundle.golden import FILE_NAME as GOLDEN
from modelyard.bundle.golden import Golden
from modelyard.bundle.served import read as read_served
from modelyard.loop.references import FILE_NAME as SEEN
from modelyard.loop.references import Seen, moment
from modelyard.loop.results import TrainRecord
from modelyard.loop.stages.train import MODEL
from modelyard.loop.work import Work
from modelyard.reference.profile import build as profile
from modelyard.serving.scorer import Scorer
from modelyard.training.export import export
from modelyard.training.fit import refit
from modelyard.training.restore import restore
from modelyard.training.targets import target_of


def bundle_files(work: Work, train: TrainRecord) -> dict[str, bytes]:
    """Return path -> content; times and ids stay outside, so that the same run gives the same sha256.

    Raises:
        OutcomeError: The refitted recipe cannot be exported in the form that serving requires.
    """
    evaluated = work.trained.folder / MODEL
    served = read_served(evaluated)
    recipe = restore(served, train.parameters, train.rows, work.schema, work.config, work.pipeline)
    fitted = refit(recipe, work.rows.frame, work.config, work.pipeline)
    folder = work.judged.fresh("refitted")
    held_out = work.rows.side("test")
    export(fitted, folder, work.config, rows=held_out, lock_sha256=work.code.lock)
    return {
        **unpack(folder),
        **{f"evaluated/{name}": content for name, content in unpack(evaluated).items()},
        **_sources(work),
        "contract.yaml": (work.context.project.root / work.config.data.contract).read_bytes(),
        GOLDEN: Golden.of(held_out, served.inputs, fitted.score).dump(),
        "profile.json": _profile(work, served.inputs),
        SEEN: _seen(work).model_dump_json(indent=1).encode(),
        "parameters.json": json.dumps(train.parameters, indent=1, sort_keys=True).encode(),
    }


def _sources(work: Work) -> dict[str, bytes]:
    folder = work.pipeline.folder
    return {f"pipeline/{p.relative_to(folder).as_posix()}": p.read_bytes() for p in sorted(folder.rglob("*.py"))}


def _profile(work: Work, features: list[str]) -> bytes:
    """Describe the training rows; the predictions are those on held-out rows."""
    scorer = Scorer.load(work.trained.folder / MODEL, pipeline=work.pipeline.folder)
    held_out, time = work.rows.side("test"), work.config.data.time
    predictions = scorer.score(held_out)
    seen = work.rows.side("train", "validation")
    described = profile(
        seen,
        work.contract,
        features,
        predictions=predictions,
        classes=scorer.served.classes,
        time=time,
        truth=target_of(seen, work.config),
        predicted_at=held_out.get_column(time) if time in held_out.columns else None,
    )
    return described.model_dump_json().encode()


def _seen(work: Work) -> Seen:
    parts = work.data.parts
    before = [p.ends for name, p in parts.items() if name != "test" and p.ends is not None]
    everything = [p.ends for p in parts.values() if p.ends is not None]
    return Seen(
        recipe=work.recipe,
        snapshot=work.data.snapshot.id,
        split=work.data.split,
        time=work.config.data.time,
        data_end=max(everything, key=moment, default=None),
        eval_data_end=max(before, key=moment, default=None),
    )
